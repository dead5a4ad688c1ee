import { existsSync } from 'node:fs';
import type { Millis } from '../core/units.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { QUEUE_TERMS } from './queue-file.ts';

/** What the uploader has done, for who only wants to know. The queue need not be there yet: then nothing has gone. */
export class QueueReader {
  readonly #file: string;
  constructor(file: string) { this.#file = file; }

  /** Events from `from` to `to`, both included, by id, that have gone wholly. @throws {DeviceError} When the queue cannot be read. */
  uploaded(from: string, to: string): ReadonlySet<string> {
    if (!existsSync(this.#file)) return new Set();
    using db = Sqlite.openReader(this.#file, { busyTimeout: 1000 as Millis, terms: QUEUE_TERMS });
    if (db.version === 0) return new Set(); // it is just being made
    const rows = db.all(`SELECT event_id FROM item WHERE event_id >= ? AND event_id <= ? AND state = 'uploaded'`, from, to);
    return new Set(rows.map((row) => String(row['event_id'])));
  }
}
