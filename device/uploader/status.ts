/** What the uploader says of itself, for the bus and the device's page. */
import type { TargetName } from './open-target.ts';

export interface UploaderStatus {
  readonly target: TargetName;
  /** Which folder, bucket or server that is, without a secret; empty for `none`. */
  readonly to: string;
  /** Events of which something waits for its turn, or for the store. */
  readonly pending: number;
  /** Events of which the store has all that is to go. */
  readonly uploaded: number;
  /** Those of them that the fleet has checked and taken. */
  readonly acknowledged: number;
  /** Events of which something was turned down; still tried again. */
  readonly refused: number;
  /** Events that were put aside: they are here, and wait until somebody has them tried again. */
  readonly dead: number;
  /** Events that were deleted on this device before they had gone wholly. */
  readonly gone: number;
  /** Events that lie in the store that takes the place of the first. */
  readonly elsewhere: number;
  /** Where new events go: into the first store, or the one that takes its place. */
  readonly store: 'first' | 'fallback';
  /** Why only manifests and small pictures go at present, beside what was asked for. */
  readonly held_back: 'window' | 'metered' | null;
  /** Bytes a second that uploads may take; 0 for all there are. */
  readonly rate: number;
  /** Requests for footage that are worked on. */
  readonly requests: number;
  /** What stands in the way of all uploads at present. */
  readonly problem: UploadProblem | null;
  /**
   * The newest events that wait for a reason of their own, at most 10: turned down, or behind what lies in their place.
   */
  readonly refusals: readonly Refusal[];
}

export interface UploadProblem { readonly code: string; readonly message: string }

export interface Refusal {
  readonly event: string;
  readonly code: string;
  readonly reason: string;
  /** Unix seconds of the next try. */
  readonly retry_at: number;
}
