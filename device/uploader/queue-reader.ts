import { statSync } from 'node:fs';
import { seconds } from '../core/units.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { QUEUE_TERMS, QUEUE_VERSION } from './queue-file.ts';

/**
 * What must be so of an event before it may be deleted here. `acknowledged`: the fleet has checked and
 * taken it. Of a store to which no fleet ever answered nobody will acknowledge anything: there it is enough
 * that it is stored, as with `stored`.
 */
export type DeleteAfter = 'acknowledged' | 'stored';

const ANSWERED = "EXISTS (SELECT 1 FROM store WHERE store.place = item.place AND answers = 1)";
/** That its words alone go once more takes nothing back of what is known of its files. */
const STATE = 'coalesce(settled, state)';
const DONE: Readonly<Record<DeleteAfter, string>> = {
  acknowledged: `(${STATE} = 'acknowledged' OR (${STATE} = 'stored' AND NOT (manifest IS NOT NULL AND ${ANSWERED})))`,
  stored: `${STATE} IN ('stored', 'acknowledged')`,
};

/** What the uploader has done, for who only wants to know. The queue need not be there yet: then nothing has gone. */
export class QueueReader implements Disposable {
  readonly #file: string;
  readonly #done: string;
  #open: { readonly db: Sqlite; readonly inode: number } | undefined;
  constructor(file: string, deleteAfter: DeleteAfter) {
    this.#file = file;
    this.#done = DONE[deleteAfter];
  }

  /**
   * Events from `from` to `to`, both included, by id, that have gone wholly.
   * @throws {DeviceError} When the queue cannot be read.
   */
  uploaded(from: string, to: string): ReadonlySet<string> { return this.#ids(this.#done, from, to); }

  /**
   * Events from `from` to `to`, pieces of continuous recording among them, that are to go and have not, or not wholly.
   */
  waiting(from: string, to: string): ReadonlySet<string> { return this.#ids(`NOT ${this.#done}`, from, to); }

  /** Whether a fleet has ever answered this device; true where that cannot be known, for want of a queue. */
  hasFleet(): boolean {
    const row = this.#queue()?.get('SELECT EXISTS (SELECT 1 FROM store WHERE answers = 1) AS has');
    return row === undefined || row['has'] === 1;
  }

  [Symbol.dispose](): void {
    this.#open?.db[Symbol.dispose]();
    this.#open = undefined;
  }

  #ids(which: string, from: string, to: string): ReadonlySet<string> {
    const rows = this.#queue()?.all(
      `SELECT event_id FROM item WHERE event_id >= ? AND event_id <= ? AND ${which}`, from, to,
    ) ?? [];
    return new Set(rows.map((row) => String(row['event_id'])));
  }

  /** The queue as it now is: its owner may have had to begin another one. */
  #queue(): Sqlite | undefined {
    const inode = statSync(this.#file, { throwIfNoEntry: false })?.ino;
    if (this.#open?.inode !== inode) this[Symbol.dispose]();
    if (inode === undefined || this.#open !== undefined) return this.#open?.db;
    const db = Sqlite.openReader(this.#file, { busyTimeout: seconds(1), terms: QUEUE_TERMS });
    if (db.version !== QUEUE_VERSION) { // it is just being made, or brought up to date
      db[Symbol.dispose]();
      return undefined;
    }
    this.#open = { db, inode };
    return db;
  }
}
