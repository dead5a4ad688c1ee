/** Until when a child process may rest: for a time, or until one of some files or folders is another than it was. */
import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { systemCode } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';

export interface RestTerms {
  readonly longest: Millis;
  /**
   * What each looked like, by its path, before the child last looked into it: what changes after that look ends the
   * rest.
   */
  readonly watched: Stamps;
}
export type Stamps = Readonly<Record<string, string>>;

/** What `places` look like just now. */
export const stampsOf = (places: readonly string[]): Stamps =>
  Object.fromEntries(places.map((place) => [place, stampOf(() => statSync(place, { bigint: true }))]));

/** Whether any of them looks otherwise. */
export async function haveChanged(stamps: Stamps): Promise<boolean> {
  const now = await Promise.all(Object.keys(stamps).map(async (place) => {
    const found = await stat(place, { bigint: true }).catch((error: unknown) => error);
    return stampOf(() => { if (found instanceof Error) throw found; return found as BigIntStats; });
  }));
  return Object.values(stamps).some((stamp, index) => stamp !== now[index]);
}

/** Of a folder, it changes with the names in it. */
function stampOf(look: () => BigIntStats): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = look();
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return systemCode(error) ?? '';
  }
}
