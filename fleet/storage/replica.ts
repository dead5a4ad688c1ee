/** A replica of the library: what is set, what it is told, and what it tells. */
import type { TytoEvent } from '../../device/contract/event.ts';
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

/** What the index took in; see `index/port.ts`. */
export interface FiledNews {
  since(cursor: string, limit: number): Promise<{
    readonly news: readonly ({ readonly what: 'accepted' | 'updated'; readonly row: { readonly event: TytoEvent } } | { readonly what: string })[];
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
}
