import { millis, type Millis } from '../../device/core/units.ts';

export interface LinkTimes {
  readonly signedAt: Date;
  readonly seconds: number;
  /** Wall clock: `seconds` after `signedAt`. */
  readonly expiresAt: Millis;
}

/** When a link begins and ends for stores that count in whole seconds: it never lasts longer than `lasts` from now. */
export function linkTimes(lasts: Millis): LinkTimes {
  const begun = Math.floor(Date.now() / 1000);
  const seconds = Math.max(1, Math.floor(lasts / 1000));
  return { signedAt: new Date(begun * 1000), seconds, expiresAt: millis((begun + seconds) * 1000) };
}
