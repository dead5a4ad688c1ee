/** The index in SQLite: for a fleet that one machine serves. */
import { isDeepStrictEqual } from 'node:util';
import type { ClipDamage } from '../../device/contract/clip-damage.ts';
import type { TytoEvent } from '../../device/contract/event.ts';
import { hours, millis, type Millis } from '../../device/core/units.ts';
import type { Sqlite, SqliteRow } from '../../device/durable/sqlite.ts';
import { openDatabase } from './open-database.ts';
import type { DeviceRow, EventQuery, FleetIndex, IndexedEvent, News, NewsFeed, NewsPage, Page, Rejection } from './port.ts';

/** For so long it is remembered what came in which order. */
const NEWS_KEPT = hours(8 * 24);

/** @throws {DeviceError} From every method, when the disk or the file fails; nothing is changed then. */
export class SqliteIndex implements FleetIndex, NewsFeed, Disposable {
  readonly #database: Sqlite;
  #revision = 0;

  /** @throws {ConfigError | DeviceError} As `openDatabase`. */
  static open(file: string): SqliteIndex { return new SqliteIndex(openDatabase(file)); }
  private constructor(database: Sqlite) { this.#database = database; }

  get revision(): number { return this.#revision; }

  async events({ device, before, limit }: EventQuery): Promise<Page<IndexedEvent>> {
    const [id, of] = readCursor(before);
    const rows = device === undefined
      ? this.#database.all(SQL.events, id, id, of, limit + 1)
      : this.#database.all(SQL.eventsOf, device, id, limit + 1);
    return page(rows, limit, readEvent, (row) => `${String(row['id'])}_${String(row['device'])}`);
  }

  async event(device: string, id: string): Promise<IndexedEvent | undefined> { return this.#event(device, id); }

  async devices(): Promise<readonly DeviceRow[]> { return this.#database.all(SQL.devices).map(readDevice); }

  async rejected({ before, limit }: { readonly before?: string; readonly limit: number }): Promise<Page<Rejection>> {
    const rows = this.#database.all(
      SQL.rejected,
      before === undefined ? Number.MAX_SAFE_INTEGER : Number(before),
      limit + 1,
    );
    return page(rows, limit, readRejection, (row) => String(row['number']));
  }

  async accepted(device: string, id: string): Promise<TytoEvent | undefined> { return this.#event(device, id)?.event; }

  async accept({ event, folder, ingestedAt, damage, sealed }: IndexedEvent, keys: readonly string[]): Promise<void> {
    const text = JSON.stringify(event);
    const harm = damage === null ? null : JSON.stringify(damage);
    this.#change(() => {
      const known = this.#event(event.device, event.id);
      if (known === undefined) {
        const isFirst = this.#database.get(SQL.device, event.device) === undefined;
        this.#tell({ at: ingestedAt, what: 'accepted', device: event.device, subject: event.id, isFirst });
        this.#database.run(SQL.addEvent, event.id, event.device, text, folder, ingestedAt, harm, Number(sealed));
        this.#database.run(SQL.sawDevice, event.device, ingestedAt, ingestedAt, Math.round(event.start_time * 1000));
      } else {
        this.#database.run(SQL.changeEvent, text, harm, Number(sealed), event.id, event.device);
        if (isDeepStrictEqual(known, this.#event(event.device, event.id))) return;
        this.#tell({ at: ingestedAt, what: 'updated', device: event.device, subject: event.id, isFirst: false });
      }
      for (const key of keys) this.#database.run(SQL.forgetRejection, key);
    });
  }

  async unfinishedRejection(key: string): Promise<Rejection | undefined> {
    const row = this.#database.get(SQL.unfinished, key);
    return row === undefined ? undefined : readRejection(row);
  }

  async reject({ key, device, code, message, rejectedAt, folder, objects, delivery }: Rejection): Promise<void> {
    this.#change(() => {
      this.#database.run(SQL.forgetRejection, key); // and not replaced in place: the newest stands on top
      this.#database.run(
        SQL.addRejection,
        key,
        device,
        code,
        message,
        rejectedAt,
        folder,
        JSON.stringify(objects),
        delivery,
      );
      this.#tell({ at: rejectedAt, what: 'rejected', device, subject: key, isFirst: false });
    });
  }

  async finishRejection(key: string): Promise<void> { this.#database.run(SQL.finish, key); }

  async since(cursor: string, limit: number): Promise<NewsPage> {
    const { generation, last } = this.#newest();
    const [of, number] = cursor.split('.');
    const known = of === generation && Number(number) <= last ? Number(number) : 0;
    const rows = this.#database.all(SQL.news, known, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      news: shown.flatMap((row) => this.#newsOf(row)),
      cursor: `${generation}.${Number(shown.at(-1)?.['number'] ?? known)}`,
      more: rows.length > limit,
    };
  }

  async latest(): Promise<string> {
    const { generation, last } = this.#newest();
    return `${generation}.${last}`;
  }

  [Symbol.dispose](): void { this.#database[Symbol.dispose](); }

  #event(device: string, id: string): IndexedEvent | undefined {
    const row = this.#database.get(SQL.event, id, device);
    return row === undefined ? undefined : readEvent(row);
  }

  #newest(): { readonly generation: string; readonly last: number } {
    const row = this.#database.get(SQL.newest);
    return { generation: String(row?.['id']), last: Number(row?.['last'] ?? 0) };
  }

  #newsOf(row: SqliteRow): readonly News[] {
    const [at, subject] = [time(row['at']), String(row['subject'])];
    if (row['what'] === 'rejected') {
      const found = this.#database.get(SQL.rejection, subject);
      return found === undefined ? [] : [{ at, what: 'rejected', rejection: readRejection(found) }];
    }
    const found = this.#event(String(row['device']), subject);
    return found === undefined ? [] : [{ at, what: row['what'] === 'updated' ? 'updated' : 'accepted', row: found, isFirst: row['first'] === 1 }];
  }

  /** Notes what happened, within the transaction in which it does; and forgets a little of what is old. */
  #tell({ at, what, device, subject, isFirst }: {
    readonly at: Millis; readonly what: News['what']; readonly device: string; readonly subject: string; readonly isFirst: boolean;
  }): void {
    this.#database.run(SQL.addNews, at, what, device, subject, Number(isFirst));
    this.#database.run(SQL.forgetNews, at - NEWS_KEPT);
  }

  #change(work: () => void): void {
    this.#database.transaction(work);
    this.#revision++;
  }
}

const SQL = {
  events: 'SELECT * FROM events WHERE id < ? OR (id = ? AND device < ?) ORDER BY id DESC, device DESC LIMIT ?',
  eventsOf: 'SELECT * FROM events WHERE device = ? AND id < ? ORDER BY id DESC LIMIT ?',
  event: 'SELECT * FROM events WHERE id = ? AND device = ?',
  addEvent: 'INSERT INTO events (id, device, event, folder, ingested_at, damage, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)',
  changeEvent: 'UPDATE events SET event = ?, damage = coalesce(?, damage), sealed = max(?, sealed) WHERE id = ? AND device = ?',
  devices: 'SELECT * FROM devices ORDER BY device',
  device: 'SELECT 1 FROM devices WHERE device = ?',
  sawDevice: `INSERT INTO devices (device, first_seen, last_seen, events, last_event_at) VALUES (?, ?, ?, 1, ?)
    ON CONFLICT DO UPDATE SET last_seen = max(last_seen, excluded.last_seen), events = events + 1,
    last_event_at = max(last_event_at, excluded.last_event_at)`,
  rejected: 'SELECT * FROM rejected WHERE number < ? ORDER BY number DESC LIMIT ?',
  unfinished: 'SELECT * FROM rejected WHERE key = ? AND finished = 0',
  addRejection: `INSERT INTO rejected (key, device, code, message, rejected_at, folder, objects, delivery, finished)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  forgetRejection: 'DELETE FROM rejected WHERE key = ?',
  rejection: 'SELECT * FROM rejected WHERE key = ?',
  news: 'SELECT * FROM news WHERE number > ? ORDER BY number LIMIT ?',
  newest: `SELECT id, (SELECT seq FROM sqlite_sequence WHERE name = 'news') AS last FROM generation`,
  addNews: 'INSERT INTO news (at, what, device, subject, first) VALUES (?, ?, ?, ?, ?)',
  forgetNews: 'DELETE FROM news WHERE number IN (SELECT number FROM news ORDER BY number LIMIT 10) AND at < ?',
  finish: 'UPDATE rejected SET finished = 1 WHERE key = ?',
} as const;

/** `<event id>_<device>`: neither holds a `_`. An id alone will do, too. */
function readCursor(cursor: string | undefined): readonly [id: string, device: string] {
  if (cursor === undefined) return ['~', '']; // behind every digit
  const [id = '', device = ''] = cursor.split('_');
  return [id, device];
}

function page<T>(
  rows: readonly SqliteRow[], limit: number, read: (row: SqliteRow) => T, cursorOf: (row: SqliteRow) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { rows: shown.map(read), next: rows.length > limit && last !== undefined ? cursorOf(last) : undefined };
}

const time = (value: SqliteRow[string] | undefined) => millis(Number(value));

const readEvent = (row: SqliteRow): IndexedEvent => ({
  event: JSON.parse(String(row['event'])) as TytoEvent, // written by `accept` alone
  folder: String(row['folder']),
  ingestedAt: time(row['ingested_at']),
  damage: typeof row['damage'] === 'string' ? JSON.parse(row['damage']) as ClipDamage : null,
  sealed: row['sealed'] === 1,
});

const readDevice = (row: SqliteRow): DeviceRow => ({
  device: String(row['device']),
  events: Number(row['events']),
  firstSeen: time(row['first_seen']),
  lastSeen: time(row['last_seen']),
  lastEventAt: time(row['last_event_at']),
});

const readRejection = (row: SqliteRow): Rejection => ({
  key: String(row['key']),
  device: String(row['device']),
  code: String(row['code']),
  message: String(row['message']),
  rejectedAt: time(row['rejected_at']),
  folder: String(row['folder']),
  delivery: String(row['delivery']),
  objects: JSON.parse(String(row['objects'])) as Rejection['objects'],
});
