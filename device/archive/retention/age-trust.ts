/** Whether the wall clock may be believed when it says that recordings are old. */
import { minutes, type Millis } from '../../core/units.ts';
import type { Sqlite } from '../../durable/sqlite.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';

/** A clock that is set moves by less; a device that was off for longer waits for a day, which harms nobody. */
const JUMP: Millis = minutes(24 * 60);
/** Time for a person, or for the network, to set a clock right that leapt into the future. */
const REST: Millis = minutes(24 * 60);
const KEY = 'ages_rest_until';

/**
 * A clock that leaps forward makes everything look old. So no age is judged for a day after such a leap, also when the
 * process is started anew in between.
 */
export class AgeTrust {
  readonly #db: Sqlite;
  /** The latest time that was lived through. */
  #known: TwoClocks;
  /** Wall clock. */
  #restUntil: number;

  /** @param known - Unix milliseconds of the latest moment that the catalogue tells of; undefined in a new one. */
  constructor(db: Sqlite, known: number | undefined, now: TwoClocks) {
    this.#db = db;
    this.#restUntil = Number(db.get('SELECT value FROM meta WHERE key = ?', KEY)?.['value'] ?? 0);
    this.#known = { wall: known ?? now.wall, steady: now.steady };
  }

  /**
   * To be told every few seconds.
   * @returns By how many milliseconds the clock leapt forward just now; 0 when it did not.
   */
  word(now: TwoClocks): number {
    const leap = now.wall - (this.#known.wall + now.steady - this.#known.steady);
    const wasSetRight = this.#restUntil - now.wall > REST;
    if (leap > JUMP) this.#rest(now.wall + REST);
    else if (wasSetRight) this.#rest(0);
    if (now.wall >= this.#known.wall || wasSetRight) this.#known = now;
    return leap > JUMP ? leap : 0;
  }

  /** @param wall - Unix milliseconds. */
  mayJudge(wall: number): boolean { return wall >= this.#restUntil; }

  #rest(until: number): void {
    this.#restUntil = until;
    this.#db.run(
      'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      KEY, String(until),
    );
  }
}
