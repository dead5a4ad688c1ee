/** What of an event is uploaded without anybody asking: pure. */
import { isContinuous, type TytoEvent } from '../contract/event.ts';
import { ruleMatches } from '../contract/event-rule.ts';
import { FILE_ROLES, type FileRole } from '../contract/manifest.ts';
import type { UploadAmount, UploadRule } from '../contract/upload-rules.ts';

const PICTURES: readonly FileRole[] = ['thumbnail', 'snapshot'];

export interface UploadPolicy {
  /** The same for as long as it says the same of every event. */
  readonly name: string;
  /** Whether pieces of continuous recording go by themselves. */
  readonly sendsContinuous: boolean;
  /** Files that are to go of this event, whether it has them or not. */
  wants(event: TytoEvent, isAsked: boolean): readonly FileRole[];
}

/** @param rules - The first one that an event fits says what goes of it; `what` where none does. */
export function uploadPolicy(what: UploadAmount, rules: readonly UploadRule[] = []): UploadPolicy {
  const sendsContinuous = what === 'all';
  return {
    name: JSON.stringify([what, rules]),
    sendsContinuous,
    wants: (event, isAsked) => {
      if (isAsked) return FILE_ROLES;
      if (isContinuous(event)) return sendsContinuous ? FILE_ROLES : [];
      const amount = rules.find(({ when }) => ruleMatches(when, event))?.what ?? what;
      return amount === 'all' || amount === 'events' ? FILE_ROLES : PICTURES;
    },
  };
}

