/** Requests in SQLite: for a fleet that one machine serves. Nothing is ever deleted from it. */
import { millis } from '../../device/core/units.ts';
import { openKeptDatabase } from '../../device/durable/kept-database.ts';
import type { SqliteTerms } from '../../device/durable/sqlite-fault.ts';
import type { Sqlite, SqliteRow } from '../../device/durable/sqlite.ts';
import type { RequestQuery, RequestRegister, RequestRow, RequestState, TrailLine } from './port.ts';

const TERMS: SqliteTerms = {
  code: (trouble) => `requests.${trouble}`,
  what: 'the register of requests', meanwhile: 'nothing can be asked of devices until then',
  mend: 'put a backup in its place, or move it away to begin an empty one (what was asked before is then forgotten)',
};

const SCHEMA = `
  CREATE TABLE request (
    id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    event TEXT,                      -- id; null where a time is asked for
    state TEXT NOT NULL,
    mail TEXT NOT NULL,
    row TEXT NOT NULL                -- JSON: all of it
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX of_device ON request (device, id);
  CREATE INDEX of_event ON request (device, event, id) WHERE event IS NOT NULL;
  CREATE INDEX open ON request (device, id) WHERE state IN ('asked', 'accepted', 'sending');
  CREATE INDEX to_post ON request (id) WHERE mail IN ('to-put', 'to-remove');
  CREATE TABLE trail (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    request TEXT NOT NULL,
    at INTEGER NOT NULL,             -- unix milliseconds
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX trail_of ON trail (request, number);
  CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), value TEXT NOT NULL) STRICT;
`;

/** @throws {DeviceError} From every method, when the disk or the file fails; nothing is changed then. */
export class SqliteRegister implements RequestRegister, Disposable {
  readonly #db: Sqlite;
  private constructor(db: Sqlite) { this.#db = db; }

  /**
   * @throws {ConfigError} `requests.damaged` and `requests.newer`: a person has to decide what becomes of it.
   * @throws {DeviceError} When it cannot be used just now.
   */
  static open(file: string): SqliteRegister {
    return new SqliteRegister(
      openKeptDatabase(file, { terms: TERMS, steps: [SCHEMA], code: (what) => `requests.${what}` }),
    );
  }

  async get(id: string): Promise<RequestRow | undefined> {
    const row = this.#db.get('SELECT row FROM request WHERE id = ?', id);
    return row === undefined ? undefined : rowOf(row);
  }

  async list({ device, event, before = '~', limit }: RequestQuery): Promise<readonly RequestRow[]> {
    const where = [
      'id < ?', ...(device === undefined ? [] : ['device = ?']), ...(event === undefined ? [] : ['event = ?']),
    ].join(' AND ');
    const values = [before, ...(device === undefined ? [] : [device]), ...(event === undefined ? [] : [event])];
    return this.#db.all(`SELECT row FROM request WHERE ${where} ORDER BY id DESC LIMIT ?`, ...values, limit).map(rowOf);
  }

  async open(device?: string): Promise<readonly RequestRow[]> {
    const all = "SELECT row FROM request WHERE state IN ('asked', 'accepted', 'sending')";
    return (device === undefined ? this.#db.all(all) : this.#db.all(`${all} AND device = ?`, device)).map(rowOf);
  }

  async toPost(limit: number): Promise<readonly RequestRow[]> {
    return this.#db.all("SELECT row FROM request WHERE mail IN ('to-put', 'to-remove') ORDER BY id LIMIT ?", limit)
      .map(rowOf);
  }

  async trail(id: string): Promise<readonly TrailLine[]> {
    return this.#db.all('SELECT * FROM trail WHERE request = ? ORDER BY number', id).map((row) => ({
      at: millis(Number(row['at'])), who: String(row['who']),
      what: row['what'] as RequestState | 'put' | 'removed', detail: String(row['detail']),
    }));
  }

  async save(row: RequestRow, line: TrailLine | undefined): Promise<void> {
    const { id, device, state, mail, wanted } = row;
    this.#db.transaction(() => {
      this.#db.run('INSERT OR REPLACE INTO request (id, device, event, state, mail, row) VALUES (?, ?, ?, ?, ?, ?)',
        id, device, 'event' in wanted ? wanted.event : null, state, mail, JSON.stringify(row));
      if (line !== undefined) {
        this.#db.run(
          'INSERT INTO trail (request, at, who, what, detail) VALUES (?, ?, ?, ?, ?)',
          id, Math.round(line.at), line.who, line.what, line.detail,
        );
      }
    });
  }

  async cursor(): Promise<string | undefined> {
    const value = this.#db.get('SELECT value FROM cursor')?.['value'];
    return value === undefined ? undefined : String(value);
  }

  async setCursor(cursor: string): Promise<void> {
    this.#db.run('INSERT OR REPLACE INTO cursor (one, value) VALUES (1, ?)', cursor);
  }

  [Symbol.dispose](): void { this.#db[Symbol.dispose](); }
}

/** Written by `save` alone. */
const rowOf = (row: SqliteRow): RequestRow => JSON.parse(String(row['row'])) as RequestRow;
