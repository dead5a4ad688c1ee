/** Messages that the house's broker has not taken yet: on disk, in order, so that none is lost while it is away. */
import { millis, seconds } from '../../core/units.ts';
import { describeError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { PutAside } from '../../durable/put-aside.ts';
import { openQueueDatabase } from '../../durable/queue-database.ts';
import type { Sqlite, SqliteOptions } from '../../durable/sqlite.ts';

export interface OutboxMessage {
  /** Grows with each message. */
  readonly id: number;
  /** Below the prefix. */
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Years of events; beyond it the oldest give way, which is counted and said. */
const MOST_WAITING = 100_000;
const VERSION = 1;
const SCHEMA =
  'CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, payload BLOB NOT NULL) STRICT';
const options: SqliteOptions = {
  busyTimeout: seconds(5),
  terms: {
    code: () => 'house.outbox-failed',
    what: 'the outbox for the house\'s broker', meanwhile: 'messages go out only while that broker is there',
    mend: 'restart Tyto: it is put aside and begun anew',
  },
};

export class Outbox implements Disposable {
  readonly #db: Sqlite;
  readonly #most: number;
  #waiting: number;
  #dropped = 0;

  private constructor(db: Sqlite, most: number) {
    this.#db = db;
    this.#most = most;
    this.#waiting = Number(db.get('SELECT count(*) AS n FROM outbox')?.['n']);
  }

  /** @throws {DeviceError} `house.outbox-failed` when `file` cannot be opened or made; a damaged one is put aside. */
  static open(file: string, log: Log, most: number = MOST_WAITING): Outbox {
    const onPutAside = ({ place, why }: PutAside): void => {
      log.error('the outbox for the house\'s broker was damaged; messages that waited in it are not sent', {
        kept: place, reason: describeError(why),
      });
    };
    const db = openQueueDatabase({ file, options, schema: SCHEMA, version: VERSION, onPutAside }, millis(Date.now()));
    return new Outbox(db, most);
  }

  get waiting(): number { return this.#waiting; }
  /** How many gave way since the start. */
  get dropped(): number { return this.#dropped; }

  /** Durable when it returns. */
  add(topic: string, payload: Uint8Array): void {
    const isFull = this.#waiting >= this.#most;
    this.#db.transaction(() => {
      this.#db.run('INSERT INTO outbox (topic, payload) VALUES (?, ?)', topic, payload);
      if (isFull) this.#db.run('DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox)');
    });
    if (isFull) this.#dropped += 1; // counted only once it is on the disk
    else this.#waiting += 1;
  }

  /** The oldest, in order. */
  next(limit: number): readonly OutboxMessage[] {
    return this.#db.all('SELECT id, topic, payload FROM outbox ORDER BY id LIMIT ?', limit)
      .map(({ id, topic, payload }) =>
        ({
          id: Number(id), topic: String(topic), payload: payload instanceof Uint8Array ? payload : new Uint8Array(),
        }));
  }

  /** It was taken. */
  sent(id: number): void {
    this.#db.run('DELETE FROM outbox WHERE id = ?', id);
    this.#waiting = Math.max(0, this.#waiting - 1);
  }

  [Symbol.dispose](): void { this.#db[Symbol.dispose](); }
}
