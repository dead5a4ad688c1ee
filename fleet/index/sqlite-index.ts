/** The index in SQLite: for a fleet that one machine serves. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { TytoEvent } from '../../device/contract/event.ts';
import { millis } from '../../device/core/units.ts';
import { openDatabase } from './open-database.ts';
import type { DeviceRow, EventQuery, FleetIndex, IndexedEvent, Page, Rejection } from './port.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

export class SqliteIndex implements FleetIndex, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  #revision = 0;

  /** @throws {ConfigError} As `openDatabase`. */
  static open(file: string): SqliteIndex { return new SqliteIndex(openDatabase(file)); }
  private constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  get revision(): number { return this.#revision; }

  events({ device, before, limit }: EventQuery): Page<IndexedEvent> {
    const [id, of] = readCursor(before);
    const rows = device === undefined
      ? this.#statements.events.all(id, id, of, limit + 1)
      : this.#statements.eventsOf.all(device, id, limit + 1);
    return page(rows, limit, readEvent, (row) => `${String(row['id'])}_${String(row['device'])}`);
  }

  event(device: string, id: string): IndexedEvent | undefined {
    const row = this.#statements.event.get(id, device);
    return row === undefined ? undefined : readEvent(row);
  }

  devices(): readonly DeviceRow[] {
    return this.#statements.devices.all().map((row) => ({
      device: String(row['device']), events: Number(row['events']),
      firstSeen: millis(Number(row['first_seen'])), lastSeen: millis(Number(row['last_seen'])), lastEventAt: millis(Number(row['last_event_at'])),
    }));
  }

  rejected({ before, limit }: { readonly before?: string; readonly limit: number }): Page<Rejection> {
    const rows = this.#statements.rejected.all(before === undefined ? Number.MAX_SAFE_INTEGER : Number(before), limit + 1);
    return page(rows, limit, readRejection, (row) => String(row['number']));
  }

  accepted(device: string, id: string): TytoEvent | undefined { return this.event(device, id)?.event; }

  accept({ event, folder, ingestedAt }: IndexedEvent, keys: readonly string[]): void {
    this.#transaction(() => {
      const text = JSON.stringify(event);
      const { changes } = this.#statements.addEvent.run(event.id, event.device, text, folder, ingestedAt);
      if (changes === 1) this.#statements.sawDevice.run(event.device, ingestedAt, ingestedAt, Math.round(event.start_time * 1000));
      else this.#statements.changeEvent.run(text, event.id, event.device);
      for (const key of keys) this.#statements.forgetRejection.run(key);
    });
  }

  unfinishedRejection(key: string): Rejection | undefined {
    const row = this.#statements.unfinished.get(key);
    return row === undefined ? undefined : readRejection(row);
  }

  reject({ key, device, code, message, rejectedAt, folder, objects, delivery }: Rejection): void {
    this.#transaction(() => {
      this.#statements.forgetRejection.run(key); // and not replaced in place: the newest stands on top
      this.#statements.addRejection.run(key, device, code, message, rejectedAt, folder, JSON.stringify(objects), delivery);
    });
  }

  finishRejection(key: string): void { this.#statements.finish.run(key); }

  [Symbol.dispose](): void { this.#database.close(); }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
      this.#revision++;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

const prepare = (database: DatabaseSync) => {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    events: sql('SELECT * FROM events WHERE id < ? OR (id = ? AND device < ?) ORDER BY id DESC, device DESC LIMIT ?'),
    eventsOf: sql('SELECT * FROM events WHERE device = ? AND id < ? ORDER BY id DESC LIMIT ?'),
    devices: sql('SELECT * FROM devices ORDER BY device'),
    rejected: sql('SELECT * FROM rejected WHERE number < ? ORDER BY number DESC LIMIT ?'),
    event: sql('SELECT * FROM events WHERE id = ? AND device = ?'),
    addEvent: sql('INSERT INTO events (id, device, event, folder, ingested_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'),
    changeEvent: sql('UPDATE events SET event = ? WHERE id = ? AND device = ?'),
    sawDevice: sql(`INSERT INTO devices (device, first_seen, last_seen, events, last_event_at) VALUES (?, ?, ?, 1, ?)
      ON CONFLICT DO UPDATE SET last_seen = max(last_seen, excluded.last_seen), events = events + 1,
      last_event_at = max(last_event_at, excluded.last_event_at)`),
    unfinished: sql('SELECT * FROM rejected WHERE key = ? AND finished = 0'),
    addRejection: sql(`INSERT INTO rejected (key, device, code, message, rejected_at, folder, objects, delivery, finished)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`),
    forgetRejection: sql('DELETE FROM rejected WHERE key = ?'),
    finish: sql('UPDATE rejected SET finished = 1 WHERE key = ?'),
  };
};

/** `<event id>_<device>`: neither holds a `_`. An id alone will do, too. */
function readCursor(cursor: string | undefined): readonly [id: string, device: string] {
  if (cursor === undefined) return ['~', '']; // behind every digit
  const [id = '', device = ''] = cursor.split('_');
  return [id, device];
}

function page<T>(rows: readonly Row[], limit: number, read: (row: Row) => T, cursorOf: (row: Row) => string): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown.map(read), next: rows.length > limit && last !== undefined ? cursorOf(last) : undefined };
}

const readEvent = (row: Row): IndexedEvent => ({
  event: JSON.parse(String(row['event'])) as TytoEvent, // written by `accept` alone
  folder: String(row['folder']),
  ingestedAt: millis(Number(row['ingested_at'])),
});

const readRejection = (row: Row): Rejection => ({
  key: String(row['key']), device: String(row['device']), code: String(row['code']), message: String(row['message']),
  rejectedAt: millis(Number(row['rejected_at'])), folder: String(row['folder']), delivery: String(row['delivery']),
  objects: JSON.parse(String(row['objects'])) as Rejection['objects'],
});
