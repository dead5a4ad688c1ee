import { statSync } from 'node:fs';
import { systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { reading } from './archive-file.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { emptyView, Queries, type ArchiveView } from './archive-view.ts';

/**
 * The catalogue for processes that only read it. It need not be there yet, and may be made anew by its writer at any
 * time: take `view` afresh for every question.
 */
export class ArchiveReader implements Disposable {
  readonly #file: string;
  readonly #log: Log;
  #open: { readonly db: Sqlite; readonly view: ArchiveView; readonly identity: string } | undefined;
  constructor(file: string, log: Log) { this.#file = file; this.#log = log; }

  /** @throws {DeviceError} When the catalogue is there but cannot be read. */
  get view(): ArchiveView {
    const identity = identityOf(this.#file);
    if (this.#open?.identity !== identity) this[Symbol.dispose]();
    if (identity === undefined) return emptyView;
    if (this.#open !== undefined) return this.#open.view;
    const db = Sqlite.openReader(this.#file, reading);
    if (db.version < SCHEMA_VERSION) { // its writer is just making it, or bringing it up to date
      db[Symbol.dispose]();
      return emptyView;
    }
    this.#open = { db, view: new Queries(db, this.#log), identity };
    return this.#open.view;
  }

  [Symbol.dispose](): void {
    this.#open?.db[Symbol.dispose]();
    this.#open = undefined;
  }
}

/** Another one when another file stands in its place. */
function identityOf(file: string): string | undefined {
  try {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
