/** Every event that was ever to be uploaded, and how far each has come: durable, and the only memory of it. */
import type { TytoEvent } from '../contract/event.ts';
import { FILE_ROLES, type FileRole } from '../contract/manifest.ts';
import type { Log } from '../core/log.ts';
import { millis, type Millis } from '../core/units.ts';
import type { Sqlite, SqliteRow } from '../durable/sqlite.ts';
import type { CatalogueRow } from './ended-events.ts';
import { changedEvent, hasMore, stillStored, valueOf, type ItemState, type Progress } from './plan.ts';
import { openQueueFile } from './queue-file.ts';
import type { Refusal } from './status.ts';

type OpenState = Exclude<ItemState, 'uploaded'>;

export interface QueueItem extends Progress {
  readonly event: TytoEvent;
  readonly state: OpenState;
  /** Failures in a row. */
  readonly attempts: number;
}

export interface QueueFailure {
  readonly state: OpenState;
  readonly attempts: number;
  readonly nextAt: Millis;
  /** Whose fault it may be: `store` is forgiven when an outage is over. */
  readonly blame: 'event' | 'store';
  /** Of a refusal; null leaves what was noted before. */
  readonly code: string | null;
  readonly reason: string | null;
}

/** How far which catalogue was read: `seq` is 0 at the beginning. */
export interface Cursor { readonly generation: string; readonly seq: number }

const OPEN = "state <> 'uploaded'";
/** Due by its time, or by a clock that was set back since that time was written. */
const DUE = `${OPEN} AND (next_at <= :now OR next_at > :now + :longest)`;

/** Each method is one transaction; each throws a DeviceError `queue.failed` when the disk does not take it. */
export class UploadQueue implements Disposable {
  readonly #db: Sqlite;
  private constructor(db: Sqlite) { this.#db = db; }

  static open(file: string, log: Log): UploadQueue { return new UploadQueue(openQueueFile(file, log)); }

  get cursor(): Cursor {
    const [row] = this.#db.all('SELECT generation, seq FROM cursor');
    return row === undefined ? { generation: '', seq: 0 } : { generation: String(row['generation']), seq: Number(row['seq']) };
  }

  /**
   * Names the store that uploads go to. When it is another than before, what has gone of an unfinished event goes again: an
   * event lies whole in one store. Finished ones stay where they are.
   */
  useStore(name: string): void {
    if (this.#db.all('SELECT name FROM store')[0]?.['name'] === name) return;
    this.#db.transaction(() => {
      this.#db.run('INSERT OR REPLACE INTO store (one, name) VALUES (1, :name)', { name });
      this.#db.run(`UPDATE item SET stored = '', told = NULL, next_at = 0 WHERE ${OPEN}`);
    });
  }

  /** Takes in what the catalogue told and remembers how far, in one step: nothing is taken twice or passed over. */
  add(rows: readonly CatalogueRow[], generation: string): void {
    this.#db.transaction(() => {
      for (const { event } of rows) this.#take(event);
      this.#db.run('INSERT OR REPLACE INTO cursor (one, generation, seq) VALUES (1, :generation, :seq)',
        { generation, seq: rows.at(-1)?.seq ?? 0 });
    });
  }

  /**
   * The item to send, of those that are due at `now`; `longest` is the longest that any may have been told to wait. After a
   * failure the least tried one shows whether it was the item or the store that failed.
   */
  next(now: Millis, longest: Millis, first: 'newest' | 'least-tried'): QueueItem | undefined {
    const order = first === 'newest' ? 'value DESC' : 'attempts, value DESC';
    const [row] = this.#db.all(`SELECT * FROM item WHERE ${DUE} ORDER BY ${order} LIMIT 1`, { now, longest });
    return row === undefined ? undefined : itemOf(row);
  }

  /** When the next one that waits is due. */
  nextDueAt(): Millis | undefined {
    const at = this.#db.all(`SELECT min(next_at) AS at FROM item WHERE ${OPEN}`)[0]?.['at'];
    return typeof at === 'number' ? millis(at) : undefined;
  }

  /**
   * Counts a failure before the attempt is made: one that ends the whole process has then been counted too, and a disk that
   * takes no note of an upload is found out before the upload.
   */
  begin({ event, attempts }: QueueItem, nextAt: Millis): void {
    this.#db.run("UPDATE item SET attempts = :attempts, next_at = :nextAt, blame = 'event' WHERE event_id = :id",
      { id: event.id, attempts: attempts + 1, nextAt });
  }

  /** Takes `begin` back: the attempt was broken off and says nothing of the event. */
  release({ event, attempts }: QueueItem): void {
    this.#db.run('UPDATE item SET attempts = :attempts, next_at = 0 WHERE event_id = :id', { id: event.id, attempts });
  }

  progress({ event }: QueueItem, { stored, told }: Progress): void {
    this.#db.run('UPDATE item SET stored = :stored, told = :told WHERE event_id = :id',
      { id: event.id, stored: stored.join(), told: told?.join() ?? null });
  }

  /** All of it has arrived. The event itself is no longer needed here. */
  uploaded({ event }: QueueItem): void {
    this.#db.run(`UPDATE item SET state = 'uploaded', event = NULL, attempts = 0, next_at = 0, blame = NULL, code = NULL, reason = NULL
      WHERE event_id = :id`, { id: event.id });
  }

  /** The event was deleted: there is nothing left to send. */
  forget({ event }: QueueItem): void { this.#db.run('DELETE FROM item WHERE event_id = :id', { id: event.id }); }

  failed({ event }: QueueItem, { state, ...failure }: QueueFailure): void {
    this.#db.run(`UPDATE item SET state = :state, value = :value, attempts = :attempts, next_at = :nextAt, blame = :blame,
      code = coalesce(:code, code), reason = coalesce(:reason, reason)
      WHERE event_id = :id`, { id: event.id, state, value: valueOf(event, state), ...failure });
  }

  /** Makes due at once whatever failed while the store did. */
  forgive(): void { this.#db.run(`UPDATE item SET next_at = 0 WHERE ${OPEN} AND blame = 'store'`); }

  counts(): Readonly<Record<ItemState, number>> {
    const counts = { pending: 0, uploaded: 0, refused: 0 };
    const rows = this.#db.all('SELECT state, count(*) AS count FROM item GROUP BY state');
    for (const { state, count } of rows) counts[state as ItemState] = Number(count);
    return counts;
  }

  refusals(limit: number): readonly Refusal[] {
    const rows = this.#db.all("SELECT event_id, code, reason, next_at FROM item WHERE state = 'refused' ORDER BY value DESC LIMIT :limit", { limit });
    return rows.map(({ event_id: event, code, reason, next_at: nextAt }) => ({
      event: String(event), code: String(code), reason: String(reason), retry_at: Math.round(Number(nextAt) / 1000),
    }));
  }

  [Symbol.dispose](): void { this.#db[Symbol.dispose](); }

  #take(event: TytoEvent): void {
    const [row] = this.#db.all('SELECT * FROM item WHERE event_id = :id', { id: event.id });
    if (row === undefined) return this.#wait(event, []);
    const stored = rolesOf(String(row['stored']));
    if (row['state'] === 'uploaded') return hasMore(event, stored) ? this.#wait(event, []) : undefined;
    const before = itemOf(row).event;
    const now = changedEvent(before, event);
    if (JSON.stringify(now) !== JSON.stringify(before)) this.#wait(now, stillStored(before, now, stored));
  }

  #wait(event: TytoEvent, stored: readonly FileRole[]): void {
    this.#db.run("INSERT OR REPLACE INTO item (event_id, event, state, value, stored) VALUES (:id, :event, 'pending', :value, :stored)",
      { id: event.id, event: JSON.stringify(event), value: valueOf(event, 'pending'), stored: stored.join() });
  }
}

const itemOf = (row: SqliteRow): QueueItem => ({
  event: JSON.parse(String(row['event'])) as TytoEvent,
  state: row['state'] as OpenState,
  attempts: Number(row['attempts']),
  stored: rolesOf(String(row['stored'])),
  told: row['told'] === null ? undefined : rolesOf(String(row['told'])),
});

const rolesOf = (text: string): readonly FileRole[] => FILE_ROLES.filter((role) => text.split(',').includes(role));
