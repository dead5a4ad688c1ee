import { millis, type Millis } from './units.ts';

export interface Backoff { readonly first: Millis; readonly most: Millis }

/**
 * How long to wait before try number `attempt` (1 for the first repetition): doubles from `first` up to `most`, of
 * which half is jitter, so that many devices do not return at once.
 *
 * @param random - In `[0, 1)`.
 */
export function backoffDelay({ first, most }: Backoff, attempt: number, random: number): Millis {
  const full = Math.min(most, first * 2 ** Math.min(attempt - 1, 30));
  return millis(Math.round(full * (0.5 + random / 2)));
}
