/**
 * A file that says that something has happened to the one it stands beside, for who is not always there to
 * see it: it is another one each time.
 */
import { writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';

export const doorbellOf = (file: string): string => `${file}.bell`;

/** A disk that takes no note of it does no harm: who is rung for looks by himself now and then. */
export function ringDoorbell(file: string): void {
  try {
    writeFileSync(doorbellOf(file), randomUUID());
  } catch { /* see above */ }
}
