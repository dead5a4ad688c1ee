/**
 * What was put aside, for who looks at it and has it tried again. Works beside the uploader, which notices by
 * itself or is woken, and without it.
 */
import { existsSync } from 'node:fs';
import type { DeadUpload } from '../contract/uploads-view.ts';
import { ringDoorbell } from '../durable/doorbell.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { QUEUE_OPTIONS, QUEUE_VERSION } from './queue-file.ts';

/**
 * Tries again one event, or all.
 * @returns How many.
 * @throws {DeviceError} `queue.failed` when the queue cannot be written.
 */
export function redrive(file: string, id: string | undefined): number {
  using db = openQueue(file, 'write');
  const count = db === undefined ? 0 : redriveIn(db, id);
  if (count > 0) ringDoorbell(file); // the uploader may be at rest
  return count;
}

/** Tries again what was put aside: one event, or all. @returns How many. */
export function redriveIn(db: Sqlite, id: string | undefined): number {
  return db.transaction(() => {
    const which = `state = 'dead' AND event IS NOT NULL${id === undefined ? '' : ' AND event_id = :id'}`;
    const values = id === undefined ? {} : { id };
    const count = Number(db.get(`SELECT count(*) AS n FROM item WHERE ${which}`, values)?.['n']);
    if (count > 0) {
      db.run(
        `UPDATE item SET state = 'pending', attempts = 0, strikes = 0, next_at = 0, faulty = '', code = NULL, reason = NULL, died_at = NULL WHERE ${which}`,
        values,
      );
    }
    return count;
  });
}

/** Those that were put aside last, at most `limit`. @throws {DeviceError} `queue.failed` */
export function deadUploads(file: string, limit: number): readonly DeadUpload[] {
  using db = openQueue(file, 'read');
  const rows = db?.all(
    "SELECT event_id, code, reason, died_at FROM item WHERE state = 'dead' ORDER BY died_at DESC LIMIT ?", limit,
  ) ?? [];
  return rows.map((row) => ({
    event: String(row['event_id']), code: String(row['code']),
    reason: String(row['reason']), time: Number(row['died_at']) / 1000,
  }));
}

function openQueue(file: string, to: 'read' | 'write'): Sqlite | undefined {
  if (!existsSync(file)) return undefined;
  const db = to === 'write' ? Sqlite.openWriter(file, QUEUE_OPTIONS) : Sqlite.openReader(file, QUEUE_OPTIONS);
  if (db.version === QUEUE_VERSION) return db;
  db[Symbol.dispose](); // the uploader is just making it, or bringing it up to date
  return undefined;
}
