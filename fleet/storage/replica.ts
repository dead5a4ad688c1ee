/** A replica of the library: what is set, what it is told, and what it tells. */
import { revisionOf, type TytoEvent } from '../../device/contract/event.ts';
import { FINDINGS_FOLDER, findingFiles, type FleetFindings } from '../../device/contract/fleet-findings.ts';
import { manifestFiles } from '../../device/contract/manifest.ts';
import type { Forward } from './forward-rule.ts';
import type { ObjectStore } from './port.ts';
import type { ReplicaCounts } from './replica-queue.ts';

export interface ReplicaSpec {
  /** For people, and for whoever asks for something to be forwarded. */
  readonly name: string;
  readonly store: ObjectStore;
  /** Where that is, for people: `s3://bucket/prefix`. */
  readonly place: string;
  readonly forward: Forward;
}

/** An event whose files lie in the library. */
export interface FiledEvent { readonly event: TytoEvent; readonly findings?: FleetFindings }

/** What the index took in; see `index/port.ts`. */
export interface FiledNews {
  event(device: string, id: string): Promise<FiledEvent | undefined>;
  since(cursor: string, limit: number): Promise<{
    readonly news: readonly ({ readonly what: 'accepted' | 'updated'; readonly row: FiledEvent } | {
      readonly what: string;
    })[];
    readonly cursor: string;
    readonly more: boolean;
  }>;
  latest(): Promise<string>;
}

export interface ReplicaStatus extends ReplicaCounts {
  readonly name: string;
  readonly place: string;
  /** Why nothing goes just now, for people; undefined when it does. */
  readonly trouble: string | undefined;
  /** The library is still being looked through for it, since it is new. */
  readonly isNew: boolean;
  /** Everything goes there by itself. */
  readonly takesAll: boolean;
}

/** What lies in the library of an event beside its manifest, by its place below the event's folder. */
export const filesOf = ({ event, findings = {} }: FiledEvent): readonly string[] =>
  [...manifestFiles(event).map(({ name }) => name), ...findingFiles(findings)
    .map(({ name }) => FINDINGS_FOLDER + name)];

/** The event with whom the fleet itself found in it, for rules. */
export const asFound = ({ event, findings }: FiledEvent): TytoEvent =>
  findings?.faces === undefined ? event : { ...event, faces: [...event.faces, ...findings.faces] };

/** Whether somebody in it was named, renamed or forgotten since it came: by its device, or here. */
export const isRevised = ({ event, findings }: FiledEvent): boolean =>
  revisionOf(event) > 0 || findings?.forgotten !== undefined;
