/** What a device uploads by itself: the settings `upload.what` and `upload.rules`. */
import { z } from 'zod';
import { eventRuleFields } from './event-rule.ts';
import { inBraces } from './setting-fields.ts';

/**
 * `all`: events with all of their files, and continuous recording. `events`: events alone. `pictures`: of an event its
 * manifest and pictures; the rest when it is asked for. `on_demand`: the same, where that is expected.
 */
const UPLOAD_AMOUNTS = ['all', 'events', 'pictures', 'on_demand'] as const;
export type UploadAmount = (typeof UPLOAD_AMOUNTS)[number];

const AMOUNTS = 'must be events or pictures';

const uploadRule = z.strictObject({
  when: z.strictObject(eventRuleFields, { error: inBraces }),
  /** What goes of such an event, whatever `upload.what` says. */
  what: z.enum(['events', 'pictures'], AMOUNTS),
}, { error: inBraces });
export type UploadRule = Readonly<z.infer<typeof uploadRule>>;

/** The first one that an event fits is the one for it. */
export const uploadRulesSchema = z.array(uploadRule, 'must be a list').max(64, 'must be at most 64').readonly();
