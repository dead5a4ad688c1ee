/** An SQLite file: statements are kept prepared, a commit is durable when it returns, and errors are ours. */
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import type { Millis } from '../core/units.ts';
import { damagedFault, sqliteFault, type SqliteTerms } from './sqlite-fault.ts';

export type SqliteRow = Readonly<Record<string, SQLOutputValue>>;

/** For `?` in their order; or one object, for `:name`. */
export type SqliteValues = readonly SQLInputValue[] | readonly [Readonly<Record<string, SQLInputValue>>];

export interface SqliteOptions {
  /** How long a call may wait, and its thread with it, for another connection to let go of the file. */
  readonly busyTimeout: Millis;
  readonly terms: SqliteTerms;
}

/** The `application_id` of a file whose free pages hold nothing any more: `tyto`. */
const OVERWRITTEN = 0x7479746f;

/** @throws {DeviceError | BugError} As `sqliteFault`, from every method; a call that throws has changed nothing. */
export class Sqlite implements Disposable {
  readonly file: string;
  readonly #terms: SqliteTerms;
  readonly #db: DatabaseSync;
  readonly #isReader: boolean;
  readonly #statements = new Map<string, StatementSync>();
  private constructor(file: string, db: DatabaseSync, { terms, isReader }: {
    readonly terms: SqliteTerms; readonly isReader: boolean;
  }) {
    this.file = file;
    this.#isReader = isReader;
    this.#db = db;
    this.#terms = terms;
  }

  /**
   * Opens `file` for reading and writing; makes it if need be. Readers beside it neither wait for it nor hold it up.
   */
  static openWriter(file: string, options: SqliteOptions): Sqlite {
    const database = Sqlite.#open(file, options, false);
    try {
      // What is deleted is overwritten, on pages that become free, too: a name that was forgotten is to be gone. It
      // costs 17 kB more for an event of 6 kB that goes, and nothing for one that comes or changes.
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON',
      );
      return database;
    } catch (error) {
      database[Symbol.dispose]();
      throw error;
    }
  }

  /** Opens `file`, which must be there, for reading. */
  static openReader(file: string, options: SqliteOptions): Sqlite { return Sqlite.#open(file, options, true); }

  static #open(file: string, { busyTimeout, terms }: SqliteOptions, readOnly: boolean): Sqlite {
    try {
      const db = new DatabaseSync(file, { readOnly, timeout: busyTimeout });
      return new Sqlite(file, db, { terms, isReader: readOnly });
    } catch (cause) {
      throw sqliteFault(cause, file, terms);
    }
  }

  /** The file's own number for the form of its tables; 0 in a new one. */
  get version(): number { return Number(this.get('PRAGMA user_version')?.['user_version']); }

  exec(sql: string): void { this.#mapped(() => this.#db.exec(sql)); }

  /**
   * Like `exec`, for `sql` that alters tables: it may also edit the text that the file keeps
   * of them (`PRAGMA writable_schema`).
   */
  alter(sql: string): void {
    this.#mapped(() => {
      this.#db.enableDefensive(false);
      try {
        this.#db.exec(sql);
      } finally {
        this.#db.enableDefensive(true);
      }
    });
  }

  run(sql: string, ...values: SqliteValues): void { this.#mapped(() => this.#prepared(sql).run(...forSqlite(values))); }

  get(sql: string, ...values: SqliteValues): SqliteRow | undefined {
    return this.#mapped(() => this.#prepared(sql).get(...forSqlite(values)));
  }

  all(sql: string, ...values: SqliteValues): SqliteRow[] {
    return this.#mapped(() => this.#prepared(sql).all(...forSqlite(values)));
  }

  /** All that `work` writes is written together or not at all. One inside another is part of it. */
  transaction<T>(work: () => T): T {
    if (this.#db.isTransaction) return work();
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#rollBack();
      throw error;
    }
  }

  /** Reads all of the file: takes long for a large one. @throws {DeviceError} When it is damaged: see `isCorrupt`. */
  check(): void {
    const verdict = String(this.get('PRAGMA quick_check(1)')?.['quick_check']);
    if (verdict !== 'ok') throw this.damaged(verdict);
  }

  /**
   * Clears free pages of a file that is sound: an earlier version left there what it deleted. Once, and marked in the
   * file's header; where the disk is full or somebody else writes, at a later call.
   */
  overwriteFreed(): void {
    const read = (what: string): number => Number(this.#db.prepare(`PRAGMA ${what}`).get()?.[what]);
    const isDone = (): boolean => read('application_id') === OVERWRITTEN;
    try {
      if (isDone()) return;
      this.transaction(() => {
        if (isDone()) return;
        if (read('freelist_count') > 0) this.exec('CREATE TABLE overwriting (zeros BLOB)');
        for (let free = read('freelist_count'); free > 0; free = read('freelist_count'))
          this.exec(`INSERT INTO overwriting VALUES (zeroblob(${Math.min(free, 256) * read('page_size')}))`);
        this.exec(`DROP TABLE IF EXISTS overwriting; PRAGMA application_id = ${OVERWRITTEN}`);
      });
    } catch { /* whoever opens it next does it */ }
  }

  /** The error that says that the file is unsound, for what only its owner can know. */
  damaged(why: string, options?: ErrorOptions): Error { return damagedFault(why, this.file, this.#terms, options); }

  [Symbol.dispose](): void {
    if (!this.#db.isOpen) return;
    try {
      // Who reads it still would keep SQLite from emptying its journal, where what was deleted stands.
      if (!this.#isReader) this.#db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch { /* whoever opens it next does it */ }
    this.#db.close();
  }

  #rollBack(): void {
    try { this.#db.exec('ROLLBACK'); } catch { /* closing it rolls back too; the first error tells why */ }
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
      throw sqliteFault(cause, this.file, this.#terms);
    }
  }
}

/** Node's types have an overload for each of the two forms, and none for either. */
const forSqlite = (values: SqliteValues): SQLInputValue[] => values as SQLInputValue[];
