/**
 * What is to be told to whom, and what became of it: durable, one queue for each subscriber,
 * in the order in which things came.
 */
import type { Millis } from '../../device/core/units.ts';
import type { PutAside } from '../../device/durable/put-aside.ts';
import type { Sqlite, SqliteRow } from '../../device/durable/sqlite.ts';
import type { Draft } from './message.ts';
import { openOutboxFile } from './outbox-file.ts';

export interface Waiting {
  readonly seq: number;
  readonly draft: Draft;
  /** Wall clock: since when it waits. */
  readonly at: Millis;
  /** Failures so far. */
  readonly attempts: number;
}

export interface Failed { readonly seq: number; readonly result: string; readonly isDead: boolean }

export interface Counts {
  readonly waiting: number;
  readonly told: number;
  readonly dead: number;
  /** Put aside, and given up since for want of room. */
  readonly forgotten: number;
  /** Wall clock: since when the oldest waits; undefined when none does. */
  readonly waitingSince: Millis | undefined;
}

export interface DeadLetter {
  readonly id: string; readonly device: string; readonly attempts: number; readonly result: string;
  /** Wall clock: when it was put aside. */
  readonly at: Millis;
}

/** More are put aside for no subscriber: the oldest are given up, and counted. */
const MOST_DEAD = 10_000;
const MOST_RESULT = 300;

/** Each method is one transaction; each throws a DeviceError `events.outbox-failed` when the disk does not take it. */
export class Outbox implements Disposable {
  readonly #db: Sqlite;
  readonly #mostDead: number;
  private constructor(db: Sqlite, mostDead: number) {
    this.#db = db;
    this.#mostDead = mostDead;
  }

  /** @param now - Wall clock. @param onPutAside - Told when the file was damaged and a new one is begun. */
  static open(file: string, now: Millis, onPutAside: (event: PutAside) => void, mostDead = MOST_DEAD): Outbox {
    return new Outbox(openOutboxFile(file, now, onPutAside), mostDead);
  }

  /** All of `work` becomes durable together. */
  together<T>(work: () => T): T { return this.#db.transaction(work); }

  /** How far the news were read; undefined in a new outbox. */
  get cursor(): string | undefined {
    const value = this.#db.get('SELECT value FROM cursor')?.['value'];
    return value === undefined ? undefined : String(value);
  }

  set cursor(value: string | undefined) {
    this.#db.run('INSERT OR REPLACE INTO cursor (one, value) VALUES (1, ?)', value ?? '');
  }

  /** Nothing where the subscriber has it already. @returns Whether it was added. */
  add(subscriber: string, draft: Draft, now: Millis): boolean {
    return this.together(() => {
      const { id, device } = draft.message;
      if (this.#db.get('SELECT 1 FROM telling WHERE subscriber = ? AND id = ?', subscriber, id) !== undefined)
        return false;
      this.#db.run(
        `INSERT INTO telling (subscriber, id, device, state, draft, at, changed_at) VALUES (?, ?, ?, 'waiting', ?, ?, ?)`,
        subscriber, id, device, JSON.stringify(draft), Math.round(now), Math.round(now),
      );
      return true;
    });
  }

  /** The oldest that wait, in order. */
  next(subscriber: string, limit: number): readonly Waiting[] {
    return this.#db.all(
      `SELECT * FROM telling WHERE subscriber = ? AND state = 'waiting' ORDER BY seq LIMIT ?`, subscriber, limit,
    )
      .map(waitingOf);
  }

  /** What became of an attempt. */
  settle(
    subscriber: string, { told, failed }: { readonly told: readonly number[]; readonly failed: readonly Failed[] },
    now: Millis,
  ): void {
    this.together(() => {
      for (const seq of told) {
        this.#db.run(
          `UPDATE telling SET state = 'told', draft = NULL, attempts = attempts + 1, result = '', changed_at = ? WHERE seq = ?`,
          Math.round(now), seq,
        );
      }
      for (const { seq, result, isDead } of failed) {
        this.#db.run('UPDATE telling SET state = ?, attempts = attempts + 1, result = ?, changed_at = ? WHERE seq = ?',
          isDead ? 'dead' : 'waiting', result.slice(0, MOST_RESULT), Math.round(now), seq);
      }
      this.#count(subscriber, told.length, failed.some(({ isDead }) => isDead) ? this.#giveUp(subscriber) : 0);
    });
  }

  /** Tries anew what was put aside. @returns How many. */
  redrive(subscriber: string, now: Millis): number {
    return this.together(() => {
      const { dead } = this.counts(subscriber);
      this.#db.run(
        `UPDATE telling SET state = 'waiting', attempts = 0, at = ?, changed_at = ? WHERE subscriber = ? AND state = 'dead'`,
        Math.round(now), Math.round(now), subscriber,
      );
      return dead;
    });
  }

  /**
   * Forgets what was told before `before`, and all of subscribers that are not in `subscribers` any more.
   * @returns How many were still to be told to those.
   */
  tidy(before: Millis, subscribers: readonly string[]): number {
    return this.together(() => {
      this.#db.run(`DELETE FROM telling WHERE state = 'told' AND changed_at < ?`, Math.round(before));
      let lost = 0;
      for (const { subscriber } of this.#db.all('SELECT DISTINCT subscriber FROM telling')) {
        const name = String(subscriber);
        if (subscribers.includes(name)) continue;
        const { waiting, dead } = this.counts(name);
        lost += waiting + dead;
        this.#db.run('DELETE FROM telling WHERE subscriber = ?', name);
        this.#db.run('DELETE FROM count WHERE subscriber = ?', name);
      }
      return lost;
    });
  }

  counts(subscriber: string): Counts {
    const sum = this.#db.get('SELECT told, forgotten FROM count WHERE subscriber = ?', subscriber);
    const since = this.#db.get(
      `SELECT at FROM telling WHERE subscriber = ? AND state = 'waiting' ORDER BY seq LIMIT 1`, subscriber,
    )?.['at'];
    return {
      waiting: this.#countOf(subscriber, 'waiting'), dead: this.#countOf(subscriber, 'dead'),
      told: Number(sum?.['told'] ?? 0), forgotten: Number(sum?.['forgotten'] ?? 0),
      waitingSince: since === undefined ? undefined : Number(since) as Millis,
    };
  }

  /** Newest first. */
  dead(subscriber: string, limit: number): readonly DeadLetter[] {
    return this.#db.all(
      `SELECT * FROM telling WHERE subscriber = ? AND state = 'dead' ORDER BY seq DESC LIMIT ?`, subscriber, limit,
    ).map((row) => ({
      id: String(row['id']), device: String(row['device']),
      attempts: Number(row['attempts']), result: String(row['result']),
      at: Number(row['changed_at']) as Millis,
    }));
  }

  [Symbol.dispose](): void { this.#db[Symbol.dispose](); }

  /** @returns How many dead letters had to go. */
  #giveUp(subscriber: string): number {
    const surplus = this.#countOf(subscriber, 'dead') - this.#mostDead;
    if (surplus <= 0) return 0;
    this.#db.run(
      `DELETE FROM telling WHERE seq IN (SELECT seq FROM telling WHERE subscriber = ? AND state = 'dead' ORDER BY seq LIMIT ?)`,
      subscriber, surplus,
    );
    return surplus;
  }

  #count(subscriber: string, told: number, forgotten: number): void {
    if (told + forgotten === 0) return;
    this.#db.run(`INSERT INTO count (subscriber, told, forgotten) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET told = told + excluded.told, forgotten = forgotten + excluded.forgotten`,
      subscriber, told, forgotten);
  }

  #countOf(subscriber: string, state: 'waiting' | 'dead'): number {
    return Number(
      this.#db.get(`SELECT count(*) AS n FROM telling WHERE subscriber = ? AND state = '${state}'`, subscriber)?.['n'],
    );
  }
}

const waitingOf = (row: SqliteRow): Waiting => ({
  seq: Number(row['seq']), draft: JSON.parse(String(row['draft'])) as Draft,
  at: Number(row['at']) as Millis, attempts: Number(row['attempts']),
});
