import { statSync } from 'node:fs';
import { seconds } from '../core/units.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { QUEUE_TERMS } from './queue-file.ts';

/** What the uploader has done, for who only wants to know. The queue need not be there yet: then nothing has gone. */
export class QueueReader implements Disposable {
  readonly #file: string;
  #open: { readonly db: Sqlite; readonly inode: number } | undefined;
  constructor(file: string) { this.#file = file; }

  /** Events from `from` to `to`, both included, by id, that have gone wholly. @throws {DeviceError} When the queue cannot be read. */
  uploaded(from: string, to: string): ReadonlySet<string> {
    const rows = this.#queue()?.all(`SELECT event_id FROM item WHERE event_id >= ? AND event_id <= ? AND state = 'uploaded'`, from, to) ?? [];
    return new Set(rows.map((row) => String(row['event_id'])));
  }

  [Symbol.dispose](): void {
    this.#open?.db[Symbol.dispose]();
    this.#open = undefined;
  }

  /** The queue as it now is: its owner may have had to begin another one. */
  #queue(): Sqlite | undefined {
    const inode = statSync(this.#file, { throwIfNoEntry: false })?.ino;
    if (this.#open?.inode !== inode) this[Symbol.dispose]();
    if (inode === undefined || this.#open !== undefined) return this.#open?.db;
    const db = Sqlite.openReader(this.#file, { busyTimeout: seconds(1), terms: QUEUE_TERMS });
    if (db.version === 0) { // it is just being made
      db[Symbol.dispose]();
      return undefined;
    }
    this.#open = { db, inode };
    return db;
  }
}
