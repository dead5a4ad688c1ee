/**
 * What is to be delivered to whom, and what became of it: durable, one queue for each output, in
 * the order in which things happened.
 */
import type { EventMessage } from '../contract/event.ts';
import type { Phase } from '../contract/outputs.ts';
import type { DeliveryView, OutputCounts } from '../contract/outputs-view.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import type { Sqlite, SqliteRow } from '../durable/sqlite.ts';
import { openOutboxFile } from './outbox-file.ts';

export type DropReason = 'throttled' | 'quiet' | 'stale' | 'overflow';

export interface Due {
  readonly output: string;
  readonly phase: Phase;
  readonly message: EventMessage;
  /** Wall clock: when it happened, or when it was heard of. */
  readonly at: Millis;
}

export interface Waiting extends Due {
  readonly seq: number;
  readonly skipped: number;
  /** Failures so far. */
  readonly attempts: number;
}

export interface Tried { readonly now: Millis; readonly ms: number; readonly result: string }

/** How far which catalogue was read: `seq` is 0 at the beginning. */
export interface Cursor { readonly generation: string; readonly seq: number }

/** More wait for no output: the oldest give way. */
const MOST_WAITING = 20_000;
/** More are put aside for no output: the oldest are forgotten. */
const MOST_DEAD = 1000;
const MOST_RESULT = 300;
/** Held back by the throttle since the last that was taken: the next one tells. */
const SKIPPED = 'skipped';

/** Each method is one transaction; each throws a DeviceError `outbox.failed` when the disk does not take it. */
export class Outbox implements Disposable {
  readonly #db: Sqlite;
  readonly #mostWaiting: number;
  /** The last that an earlier run left. */
  readonly #before: number;
  private constructor(db: Sqlite, mostWaiting: number) {
    this.#db = db;
    this.#mostWaiting = mostWaiting;
    this.#before = Number(db.get('SELECT max(seq) AS last FROM delivery')?.['last'] ?? 0);
  }

  static open(file: string, log: Log, mostWaiting = MOST_WAITING): Outbox {
    return new Outbox(openOutboxFile(file, log), mostWaiting);
  }

  /** All of `work` becomes durable together. */
  together<T>(work: () => T): T { return this.#db.transaction(work); }

  get cursor(): Cursor {
    const row = this.#db.get('SELECT generation, seq FROM cursor');
    return row === undefined ? { generation: '', seq: 0 }
      : { generation: String(row['generation']), seq: Number(row['seq']) };
  }

  setCursor({ generation, seq }: Cursor): void {
    this.#db.run(
      'INSERT OR REPLACE INTO cursor (one, generation, seq) VALUES (1, :generation, :seq)', { generation, seq },
    );
  }

  /** Since when there is an output of this name: `now` when it is new. */
  introduce(output: string, now: Millis): Millis {
    this.#db.run('INSERT OR IGNORE INTO output (name, since) VALUES (?, ?)', output, Math.round(now));
    return Number(this.#db.get('SELECT since FROM output WHERE name = ?', output)?.['since']) as Millis;
  }

  /** What became of this phase of the event; undefined when it was not taken in. */
  stateOf(output: string, event: string, phase: Phase): DeliveryView['state'] | undefined {
    const row = this.#db.get(
      'SELECT state FROM delivery WHERE output = ? AND event_id = ? AND phase = ?', output, event, phase,
    );
    return row && row['state'] as DeliveryView['state'];
  }

  /** How many events were begun to be told since `since`. */
  toldSince(output: string, since: Millis): number {
    return Number(this.#db.get(
      "SELECT count(DISTINCT event_id) AS n FROM delivery WHERE output = ? AND at > ? AND state <> 'dropped'",
      output, since,
    )?.['n']);
  }

  add(due: Due): void {
    this.together(() => {
      const { output } = due;
      const skipped =
        Number(this.#db.get('SELECT count FROM count WHERE output = ? AND what = ?', output, SKIPPED)?.['count'] ?? 0);
      if (skipped > 0) this.#db.run('DELETE FROM count WHERE output = ? AND what = ?', output, SKIPPED);
      this.#insert(due, 'waiting', { skipped, result: '' });
      this.#makeRoom(output, due.at);
    });
  }

  /** Notes that it was not to be told. */
  drop(due: Due, why: DropReason): void {
    this.together(() => {
      this.#insert(due, 'dropped', { skipped: 0, result: why });
      this.#count(due.output, why);
      if (why === 'throttled') this.#count(due.output, SKIPPED);
    });
  }

  next(output: string): Waiting | undefined {
    const row = this.#db.get(
      "SELECT * FROM delivery WHERE output = ? AND state = 'waiting' ORDER BY seq LIMIT 1", output,
    );
    return row === undefined ? undefined : waitingOf(row);
  }

  delivered({ output, seq }: Waiting, tried: Tried): void {
    this.together(() => {
      this.#db.run(
        "UPDATE delivery SET state = 'delivered', message = NULL, attempts = attempts + 1, ms = ?, result = ?, changed_at = ? WHERE seq = ?",
        Math.round(tried.ms), tried.result.slice(0, MOST_RESULT), tried.now, seq,
      );
      this.#count(output, 'delivered');
    });
  }

  /** It is tried again, or put aside as `dead`. */
  failed({ output, seq }: Waiting, state: 'waiting' | 'dead', tried: Tried): void {
    this.together(() => {
      this.#db.run(
        'UPDATE delivery SET state = ?, attempts = attempts + 1, ms = ?, result = ?, changed_at = ? WHERE seq = ?',
        state, Math.round(tried.ms), tried.result.slice(0, MOST_RESULT), tried.now, seq,
      );
      if (state === 'dead') this.#db.run(`DELETE FROM delivery WHERE seq IN
        (SELECT seq FROM delivery WHERE output = ? AND state = 'dead' ORDER BY seq DESC LIMIT -1 OFFSET ${MOST_DEAD})`,
        output);
    });
  }

  /** It waited for too long. */
  tooOld({ output, seq }: Waiting, now: Millis): void {
    this.together(() => {
      this.#db.run(
        "UPDATE delivery SET state = 'dropped', message = NULL, result = 'stale', changed_at = ? WHERE seq = ?",
        now, seq,
      );
      this.#count(output, 'stale');
    });
  }

  /**
   * Tries anew, as if it had just happened, what was put aside; but no beginning of what the receiver knows to have
   * ended, for a light would stay on. @returns How many.
   */
  redrive(output: string, now: Millis): number {
    return this.together(() => {
      const before = this.#countOf(output, 'dead');
      this.#db.run(
        `UPDATE delivery SET state = 'waiting', attempts = 0, at = ?, changed_at = ? WHERE output = ? AND state = 'dead'
        AND NOT (phase = 'new' AND EXISTS (SELECT 1 FROM delivery AS ended WHERE ended.output = delivery.output
          AND ended.event_id = delivery.event_id AND ended.phase = 'end' AND ended.state = 'delivered'))`,
        now, now, output,
      );
      return before - this.#countOf(output, 'dead');
    });
  }

  /**
   * The wall clock was set by so much: what waits of this run has not become older by that. What an
   * earlier run left is as old as it is.
   */
  shift(by: Millis): void {
    this.#db.run("UPDATE delivery SET at = at + ? WHERE state = 'waiting' AND seq > ?", Math.round(by), this.#before);
  }

  /**
   * Forgets what was settled before `before`; and all of outputs that are not in `outputs` any more.
   * @returns How many were still waiting for those.
   */
  tidy(before: Millis, outputs: readonly string[]): number {
    return this.together(() => {
      let waiting = 0;
      this.#db.run(
        "DELETE FROM delivery WHERE state IN ('delivered', 'dropped') AND changed_at < ? AND at < ?", before, before,
      );
      for (const { name: output } of this.#db.all(
        'SELECT name FROM output UNION SELECT DISTINCT output FROM delivery',
      )) {
        if (outputs.includes(String(output))) continue;
        waiting += this.#countOf(String(output), 'waiting');
        this.#db.run('DELETE FROM delivery WHERE output = ?', String(output));
        this.#db.run('DELETE FROM count WHERE output = ?', String(output));
        this.#db.run('DELETE FROM output WHERE name = ?', String(output));
      }
      return waiting;
    });
  }

  counts(output: string): OutputCounts {
    const rows = this.#db.all('SELECT what, count FROM count WHERE output = ?', output);
    const of = (what: string): number => Number(rows.find((row) => row['what'] === what)?.['count'] ?? 0);
    return {
      waiting: this.#countOf(output, 'waiting'), delivered: of('delivered'), dead: this.#countOf(output, 'dead'),
      throttled: of('throttled'), quiet: of('quiet'), stale: of('stale'), overflow: of('overflow'),
    };
  }

  /** Newest first: what was tried, put aside or dropped. */
  last(output: string, limit: number): readonly DeliveryView[] {
    return this.#db.all(
      "SELECT * FROM delivery WHERE output = ? AND (state <> 'waiting' OR attempts > 0) ORDER BY changed_at DESC, seq DESC LIMIT ?",
      output, limit,
    )
      .map((row) => ({
        event: String(row['event_id']), phase: String(row['phase']),
        state: row['state'] as DeliveryView['state'], time: Number(row['changed_at']) / 1000,
        attempts: Number(row['attempts']),
        ms: row['ms'] === null ? null : Number(row['ms']), result: String(row['result']),
      }));
  }

  [Symbol.dispose](): void { this.#db[Symbol.dispose](); }

  #insert(
    { output, phase, message, at }: Due, state: 'waiting' | 'dropped',
    { skipped, result }: { readonly skipped: number; readonly result: string },
  ): void {
    this.#db.run(`INSERT INTO delivery (output, event_id, phase, state, message, skipped, at, changed_at, result)
      VALUES (:output, :id, :phase, :state, :message, :skipped, :at, :at, :result)`, {
      output, id: message.after.id, phase, state,
      message: state === 'waiting' ? JSON.stringify(message) : null, skipped, at: Math.round(at), result,
    });
  }

  #makeRoom(output: string, now: Millis): void {
    if (this.#countOf(output, 'waiting') <= this.#mostWaiting) return;
    this.#db.run(`UPDATE delivery SET state = 'dropped', message = NULL, result = 'overflow', changed_at = ? WHERE seq =
      (SELECT seq FROM delivery WHERE output = ? AND state = 'waiting' ORDER BY seq LIMIT 1)`, now, output);
    this.#count(output, 'overflow');
  }

  #countOf(output: string, state: 'waiting' | 'dead'): number {
    return Number(
      this.#db.get(`SELECT count(*) AS n FROM delivery WHERE output = ? AND state = '${state}'`, output)?.['n'],
    );
  }

  #count(output: string, what: DropReason | 'delivered' | typeof SKIPPED): void {
    this.#db.run(
      'INSERT INTO count (output, what, count) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1',
      output, what,
    );
  }
}

const waitingOf = (row: SqliteRow): Waiting => ({
  seq: Number(row['seq']), output: String(row['output']),
  phase: row['phase'] as Phase, message: JSON.parse(String(row['message'])) as EventMessage,
  at: Number(row['at']) as Millis, skipped: Number(row['skipped']), attempts: Number(row['attempts']),
});
