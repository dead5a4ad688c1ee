/**
 * What is on its way into the library: uploads in pieces, and what lies in the landing and counts for an
 * account until ingest has taken it.
 */
import { randomUUID } from 'node:crypto';
import { millis, type Millis } from '../../../device/core/units.ts';
import type { Sqlite, SqliteRow } from '../../../device/durable/sqlite.ts';

export interface Upload {
  readonly id: string;
  readonly account: string;
  readonly device: string;
  readonly bytes: number;
  /** What becomes of it once it is whole. */
  readonly job: unknown;
  /** What became of it; undefined until it is durable in the landing. */
  readonly result: unknown;
  readonly createdAt: Millis;
}

/** `at`: from then on it is either in the landing, or has been taken out of it. */
export interface Arrival { readonly key: string; readonly account: string; readonly bytes: number; readonly at: Millis }

/** @throws {DeviceError} From every method, when the disk or the file fails; nothing is changed then. */
export class Arrivals {
  readonly #database: Sqlite;
  readonly #now: () => Millis;
  constructor(database: Sqlite, now: () => Millis) { this.#database = database; this.#now = now; }

  /** Bytes that are promised or lie in the landing. */
  pendingBytes(account: string): number {
    const row = this.#database.get(`SELECT
      (SELECT coalesce(sum(bytes), 0) FROM uploads WHERE account = :account AND result IS NULL)
      + (SELECT coalesce(sum(bytes), 0) FROM arrivals WHERE account = :account) AS bytes`, { account });
    return Number(row?.['bytes'] ?? 0);
  }

  begin({ id, account, device, bytes, job }: Omit<Upload, 'result' | 'createdAt'>): void {
    this.#database.run('INSERT INTO uploads (id, account, device, bytes, job, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      id, account, device, bytes, JSON.stringify(job), this.#now());
  }

  upload(id: string): Upload | undefined {
    const row = this.#database.get('SELECT * FROM uploads WHERE id = ?', id);
    return row === undefined ? undefined : readUpload(row);
  }

  /** Holds room for `bytes` that come in one piece. @returns What gives it back. */
  hold(account: string, device: string, bytes: number): Disposable {
    const id = `plain-${randomUUID()}`;
    this.begin({ id, account, device, bytes, job: { type: 'plain' } });
    return { [Symbol.dispose]: () => this.forget(id) };
  }

  /** What came in one piece when the last run ended was never answered for. */
  forgetHeld(): void { this.#database.run("DELETE FROM uploads WHERE id LIKE 'plain-%'"); }

  /** Those that are not in the landing yet. */
  unfinished(): readonly Upload[] {
    return this.#database.all('SELECT * FROM uploads WHERE result IS NULL').map(readUpload);
  }

  begunBefore(time: Millis): readonly Upload[] {
    return this.#database.all('SELECT * FROM uploads WHERE created_at < ?', time).map(readUpload);
  }

  finish(id: string, result: unknown): void {
    this.#database.run('UPDATE uploads SET result = ? WHERE id = ?', JSON.stringify(result), id);
  }

  forget(id: string): void { this.#database.run('DELETE FROM uploads WHERE id = ?', id); }

  /**
   * Once it was put, or before a device puts it by itself: what is not there is forgotten by whoever looks into the
   * landing. Of a key that is expected already, the larger and the later count: what was let in before may still come.
   * @param within - For how long it may not be there yet.
   */
  expect(key: string, account: string, bytes: number, within = millis(0)): void {
    this.#database.run(EXPECT, key, account, bytes, this.#now() + within);
  }

  /** Those that came first, `most` at most. */
  expectedBefore(time: Millis, most: number): readonly Arrival[] {
    return this.#database.all('SELECT * FROM arrivals WHERE at < ? ORDER BY at LIMIT ?', time, most).map((row) => ({
      key: String(row['key']), account: String(row['account']),
      bytes: Number(row['bytes']), at: millis(Number(row['at'])),
    }));
  }

  /** Whose the object under `key` is, as long as it may lie in the landing. */
  accountOf(key: string): string | undefined {
    const account = this.#database.get('SELECT account FROM arrivals WHERE key = ?', key)?.['account'];
    return typeof account === 'string' ? account : undefined;
  }

  /** It is not looked for again before `time`. */
  later({ key }: Arrival, time: Millis): void {
    this.#database.run('UPDATE arrivals SET at = ? WHERE key = ?', time, key);
  }

  /** Unless it was expected anew since. */
  arrived({ key, at }: Arrival): void { this.#database.run('DELETE FROM arrivals WHERE key = ? AND at = ?', key, at); }

  /** Under which name `account` finds an event again. */
  nameFile(
    account: string, name: string, { device, event }: { readonly device: string; readonly event: string },
  ): void {
    this.#database.run(
      'INSERT OR REPLACE INTO files (account, name, device, event) VALUES (?, ?, ?, ?)', account, name, device, event,
    );
  }

  file(account: string, name: string): { readonly device: string; readonly event: string } | undefined {
    const row = this.#database.get('SELECT device, event FROM files WHERE account = ? AND name = ?', account, name);
    return row === undefined ? undefined : { device: String(row['device']), event: String(row['event']) };
  }

  forgetFiles({ device, event }: { readonly device: string; readonly event: string }): void {
    this.#database.run('DELETE FROM files WHERE device = ? AND event = ?', device, event);
  }
}

/** What is expected already keeps the larger size and the later time. */
const EXPECT = `INSERT INTO arrivals (key, account, bytes, at) VALUES (?, ?, ?, ?)
  ON CONFLICT (key) DO UPDATE SET account = excluded.account,
    bytes = max(bytes, excluded.bytes), at = max(at, excluded.at)`;

const readUpload = (row: SqliteRow): Upload => ({
  id: String(row['id']), account: String(row['account']), device: String(row['device']), bytes: Number(row['bytes']),
  job: JSON.parse(String(row['job'])),
  result: typeof row['result'] === 'string' ? JSON.parse(row['result']) : undefined,
  createdAt: millis(Number(row['created_at'])),
});
