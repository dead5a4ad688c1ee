/** What follows the end of a child process: pure. */
import { backoffDelay } from '../core/backoff.ts';
import { millis, seconds, type Millis } from '../core/units.ts';

export interface ChildEnded {
  /**
   * Whether the device stops when this child refuses to start; without that, the others go on and it is tried again.
   */
  readonly vital: boolean;
  /** It ended for a mistake that only the user can mend: a setting, a damaged file, a port in use. */
  readonly refused: boolean;
  /** It has done its work at least once since the device started. */
  readonly wasReady: boolean;
  /** Ends in a row, this one included; from 1. */
  readonly failures: number;
}

export type AfterEnd =
  | { readonly do: 'stop-device' }
  | { readonly do: 'start-again'; readonly after: Millis };

const RESTART = { first: seconds(0.5), most: seconds(30) };
/** Only a person can end a refusal: often enough for whoever has just mended it. */
const REFUSED_AGAIN = seconds(30);

/** @param random - From 0 to 1, for the jitter of the back-off. */
export function afterEnd({ vital, refused, wasReady, failures }: ChildEnded, random: number): AfterEnd {
  if (refused && !wasReady) return vital ? { do: 'stop-device' } : { do: 'start-again', after: REFUSED_AGAIN };
  return { do: 'start-again', after: failures === 1 ? millis(0) : backoffDelay(RESTART, failures - 1, random) };
}
