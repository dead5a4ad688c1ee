/** What the fleet's HTTP API says of its stores. Times are unix seconds. */

export interface ReplicaView {
  readonly name: string;
  /** `s3://bucket/prefix` */
  readonly place: string;
  /** Events and removals that are still to go, and since when the oldest waits. */
  readonly waiting: number;
  readonly waiting_since: number | null;
  /** The library is still being looked through for it. */
  readonly is_new: boolean;
  /** Everything goes there by itself: nothing has to be asked for. */
  readonly takes_all: boolean;
  readonly copied: number;
  readonly removed: number;
  readonly bytes: number;
  /** When something last went there. */
  readonly last_at: number | null;
  /** Why nothing goes just now, for people. */
  readonly trouble: string | null;
  /** What it refuses again and again, longest first, a hundred at most; all else goes. */
  readonly stuck: readonly {
    readonly key: string;
    readonly attempts: number;
    readonly reason: { readonly code: string; readonly message: string };
  }[];
}

/** `GET /api/stores` */
export interface StorageView { readonly library: string; readonly replicas: readonly ReplicaView[] }

/** `POST /api/stores/validate` */
export interface ValidationView {
  readonly stores: readonly {
    readonly name: string;
    readonly place: string;
    readonly steps: readonly {
      readonly step: string;
      readonly state: 'good' | 'failed' | 'skipped';
      readonly code?: string;
      readonly problem?: string;
    }[];
  }[];
}
