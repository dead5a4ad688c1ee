import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { archiveFault } from './archive-fault.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** A writer waits this long for another program to let go of the catalogue. */
const BUSY_TIMEOUT_MS = 5000;

/** An SQLite file: statements are kept prepared, and errors are ours. */
export class Database implements Disposable {
  readonly file: string;
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #isInTransaction = false;
  private constructor(file: string, db: DatabaseSync) { this.file = file; this.#db = db; }

  /**
   * Opens `file` for reading and writing; makes it if need be. A commit is durable when it returns.
   * @throws {DeviceError} As `archiveFault`.
   */
  static openWriter(file: string): Database {
    const db = Database.#open(file, false);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY');
    return db;
  }

  /** Opens `file`, which must be there, for reading. @throws {DeviceError} As `archiveFault`. */
  static openReader(file: string): Database { return Database.#open(file, true); }

  static #open(file: string, readOnly: boolean): Database {
    try {
      return new Database(file, new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS }));
    } catch (cause) {
      throw archiveFault(cause, file);
    }
  }

  exec(sql: string): void { this.#mapped(() => this.#db.exec(sql)); }

  run(sql: string, ...values: readonly SQLInputValue[]): void { this.#mapped(() => this.#prepared(sql).run(...values)); }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined { return this.#mapped(() => this.#prepared(sql).get(...values)); }

  all(sql: string, ...values: readonly SQLInputValue[]): Row[] { return this.#mapped(() => this.#prepared(sql).all(...values)); }

  /** All that `work` writes is written together or not at all. One inside another is part of it. */
  transaction<T>(work: () => T): T {
    if (this.#isInTransaction) return work();
    this.exec('BEGIN IMMEDIATE');
    this.#isInTransaction = true;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      try { this.exec('ROLLBACK'); } catch { /* SQLite rolled back by itself: the first error tells why */ }
      throw error;
    } finally {
      this.#isInTransaction = false;
    }
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #mapped<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw archiveFault(cause, this.file);
    }
  }
}
