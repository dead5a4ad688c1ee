/** Every event that was ever to be uploaded, and how far each has come: durable, and the only memory of it. */
import { revisionOf, type TytoEvent } from '../contract/event.ts';
import type { FileRole } from '../contract/manifest.ts';
import type { Log } from '../core/log.ts';
import { hours, minutes, type Millis } from '../core/units.ts';
import type { Sqlite, SqliteRow } from '../durable/sqlite.ts';
import { changeStore } from './change-store.ts';
import type { CatalogueRow } from './ended-events.ts';
import {
  changedEvent, hasAll, hasMore, ITEM_STATES, nextStep, stillStored, type ItemState, type UploadClass,
} from './plan.ts';
import type { UploadPolicy } from './policy.ts';
import { OPEN, openQueueFile } from './queue-file.ts';
import {
  classNumber, itemOf, rolesOf, valueOf, type Advance, type Place, type QueueFailure, type QueueItem,
} from './queue-item.ts';
import { redriveIn } from './redrive.ts';
import type { Refusal } from './status.ts';

/** How far which catalogue was read: `seq` is 0 at the beginning. */
export interface Cursor { readonly generation: string; readonly seq: number }
/** What is read of the catalogue, each with a count of its own. */
export type Followed = 'events' | 'pieces';

/** Each method is one transaction; each throws a DeviceError `queue.failed` when the disk does not take it. */
export class UploadQueue implements Disposable {
  /** For what else is kept in the same file. */
  readonly db: Sqlite;
  readonly #policy: UploadPolicy;
  private constructor(db: Sqlite, policy: UploadPolicy) {
    this.db = db;
    this.#policy = policy;
    this.#heedPolicy();
  }

  static open(file: string, policy: UploadPolicy, log: Log): UploadQueue {
    return new UploadQueue(openQueueFile(file, log), policy);
  }

  /** Another one once anybody, another process included, has changed anything here. */
  get stamp(): string {
    const own = this.db.get('SELECT total_changes() AS n')?.['n'];
    return `${String(own)} ${String(this.db.get('PRAGMA data_version')?.['data_version'])}`;
  }

  cursor(what: Followed): Cursor {
    const row = this.db.get('SELECT generation, seq FROM cursor WHERE what = ?', what);
    return row === undefined ? { generation: '', seq: 0 }
      : { generation: String(row['generation']), seq: Number(row['seq']) };
  }

  /** Names the store that uploads go to. */
  useStore(place: Place, name: string): void { changeStore(this.db, place, name); }

  /** The second store is no more: what lies there unfinished begins anew elsewhere. */
  dropStore(place: Place): void {
    if (this.db.get('SELECT 1 FROM store WHERE place = ?', place) === undefined) return;
    this.db.transaction(() => {
      this.useStore(place, '');
      this.db.run('DELETE FROM store WHERE place = ?', place);
    });
  }

  /** Takes in what the catalogue told and remembers how far, in one step: nothing is taken twice or passed over. */
  add(what: Followed, rows: readonly CatalogueRow[], generation: string): void {
    this.db.transaction(() => {
      for (const { event } of rows) this.take(event);
      this.db.run(
        'INSERT OR REPLACE INTO cursor (what, generation, seq) VALUES (?, ?, ?)',
        what, generation, rows.at(-1)?.seq ?? 0,
      );
    });
  }

  /** Takes in an event, or what is new of it. */
  take(event: TytoEvent): void {
    const row = this.db.get('SELECT * FROM item WHERE event_id = ?', event.id);
    if (row === undefined) return this.#put(event, { stored: [], told: undefined, isAsked: false });
    const [stored, isAsked] = [rolesOf(String(row['stored'])), row['asked'] === 1];
    const state = row['state'] as ItemState;
    if (state === 'stored' || state === 'acknowledged') {
      const isMore = hasMore(event, stored, this.#policy.wants(event, isAsked));
      // Where no fleet has taken them, words that name fewer files would take the place of those that name all.
      const isRevised = revisionOf(event) > Number(row['revision'])
        && (state === 'acknowledged' || hasAll(event, stored));
      if (row['place'] === null && isMore) return this.#put(event, { stored: [], told: undefined, isAsked });
      // What lies in a store that uploads no longer go to stays as it is.
      if (row['place'] === null || !(isMore || isRevised)) return;
      return this.#put(event, {
        stored, told: isRevised ? undefined : stored, isAsked, settled: isMore ? null : row['settled'] ?? state,
      });
    }
    const { event: before, told } = itemOf(row);
    const now = changedEvent(before, event);
    if (JSON.stringify(now) === JSON.stringify(before) && state !== 'pending') return;
    const still = stillStored(before, now, stored);
    const isMore = hasMore(now, still, this.#policy.wants(now, isAsked));
    // Unless a file changed, the manifest in the landing is still right about what it names.
    this.#put(now, {
      stored: still, told: JSON.stringify(now) === JSON.stringify(before) ? told : undefined, isAsked,
      settled: isMore ? null : row['settled'],
    });
  }

  /** Somebody asks for all of the event: it goes soon, also what was put aside of it. */
  ask(event: TytoEvent): void {
    this.db.transaction(() => {
      const isKnown = this.db.get('SELECT 1 FROM item WHERE event_id = ?', event.id) !== undefined;
      if (!isKnown) this.#put(event, { stored: [], told: undefined, isAsked: true });
      this.db.run('UPDATE item SET asked = 1, next_at = 0 WHERE event_id = ?', event.id);
      redriveIn(this.db, event.id);
      this.take(event);
    });
  }

  /** Nobody waits for all of it any more: what is left of it goes by the rules. */
  unask(id: string): void { this.db.run('UPDATE item SET asked = 0 WHERE event_id = ?', id); }

  /**
   * Counts a failure before the attempt is made: one that ends the whole process has then been counted too, and a disk
   * that takes no note of an upload is found out before the upload.
   */
  begin({ event, attempts }: QueueItem, nextAt: Millis): void {
    this.db.run("UPDATE item SET attempts = :attempts, next_at = :nextAt, blame = 'event' WHERE event_id = :id",
      { id: event.id, attempts: attempts + 1, nextAt });
  }

  /** Takes `begin` back: the attempt was broken off and says nothing of the event. */
  release({ event, attempts }: QueueItem): void {
    this.db.run('UPDATE item SET attempts = :attempts, next_at = 0 WHERE event_id = :id', { id: event.id, attempts });
  }

  /** Notes what the store has by now. Of an event that changed meanwhile the manifest is still to go. */
  progress({ event }: QueueItem, { stored: all, told: named, faulty, place, manifest }: Advance): void {
    this.db.transaction(() => {
      const now = this.#changedMeanwhile(event);
      const [stored, told] = now === undefined ? [all, named] : [stillStored(event, now, all), undefined];
      this.db.run(
        `UPDATE item SET stored = :stored, told = :told, faulty = :faulty, place = :place, manifest = :manifest,
        code = iif(state = 'refused', code, NULL), reason = iif(state = 'refused', reason, NULL) WHERE event_id = :id`,
        {
          id: event.id, stored: stored.join(), told: told?.join() ?? null, faulty: faulty.join(), place,
          manifest: manifest ?? null,
        },
      );
      for (const role of stored) this.db.run('DELETE FROM checkpoint WHERE event_id = ? AND role = ?', event.id, role);
    });
  }

  /** A step is done: what is left of the event goes when its class is due. */
  goOn({ event }: QueueItem, next: UploadClass): void {
    this.db.run(
      `UPDATE item SET state = 'pending', class = :class, attempts = 0, next_at = 0, blame = NULL,
      code = iif(state = 'refused', NULL, code), reason = iif(state = 'refused', NULL, reason) WHERE event_id = :id`,
      { id: event.id, class: classNumber(next) },
    );
  }

  /** All of it has arrived that is to go, and an answer is to come. The event itself is no longer needed here. */
  stored(item: QueueItem, now: Millis): void {
    const { event } = item;
    this.db.transaction(() => {
      if (this.#changedMeanwhile(event) !== undefined) return this.goOn(item, 'news');
      this.db.run(
        `UPDATE item SET state = 'stored', event = NULL, revision = :revision, attempts = 0, strikes = 0, blame = NULL, code = NULL,
        reason = NULL, next_at = :now + min(:first * (1 << min(retold, 16)), :most) WHERE event_id = :id`,
        { id: event.id, revision: revisionOf(event), now, first: minutes(1), most: hours(24) },
      );
    });
  }

  /**
   * The manifest lies there no more: it goes once more.
   * @returns False when somebody has said meanwhile what became of it.
   */
  tellAgain(event: TytoEvent): boolean {
    return this.db.transaction(() => {
      const row = this.db.get(
        "SELECT stored, asked, settled FROM item WHERE event_id = ? AND state = 'stored'", event.id,
      );
      if (row === undefined) return false;
      this.#put(event, {
        stored: rolesOf(String(row['stored'])), told: undefined, isAsked: row['asked'] === 1, settled: row['settled'],
      });
      this.db.run('UPDATE item SET retold = retold + 1 WHERE event_id = ?', event.id);
      return true;
    });
  }

  /** The event was deleted: there is nothing left to send. */
  forget(id: string): void {
    this.db.transaction(() => {
      this.db.run('DELETE FROM item WHERE event_id = ?', id);
      this.db.run('DELETE FROM checkpoint WHERE event_id = ?', id);
    });
  }

  /** The event was deleted here before it had gone wholly. */
  gone(id: string): void {
    this.db.transaction(() => {
      this.forget(id);
      this.db.run(
        "INSERT INTO meta (key, value) VALUES ('gone', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1",
      );
    });
  }

  /** How many `gone` was told of, ever. */
  get goneCount(): number { return Number(this.db.get("SELECT value FROM meta WHERE key = 'gone'")?.['value'] ?? 0); }

  failed({ event }: QueueItem, { state, now, ...failure }: QueueFailure): void {
    this.db.run(
      `UPDATE item SET state = :state, attempts = :attempts, strikes = :strikes, next_at = :nextAt, blame = :blame,
      code = coalesce(:code, code), reason = coalesce(:reason, reason), died_at = :diedAt WHERE event_id = :id`,
      { id: event.id, state, diedAt: state === 'dead' ? now : null, ...failure },
    );
  }

  /** Makes due at once whatever failed while the store did, and holds no refusal of that time against it. */
  forgive(place: Place): void {
    this.db.run(
      `UPDATE item SET next_at = 0, strikes = 0 WHERE ${OPEN} AND blame = 'store' AND (place = ? OR place IS NULL)`,
      place,
    );
  }

  counts(): Readonly<Record<ItemState, number>> {
    const found = new Map(this.db.all('SELECT state, count FROM tally')
      .map(({ state, count }) => [String(state), Number(count)]));
    return Object.fromEntries(ITEM_STATES.map((state) => [state, found.get(state) ?? 0])) as Record<ItemState, number>;
  }

  /** How many events lie in the store that took the place of the first. */
  elsewhere(): number { return Number(this.db.get('SELECT count(*) AS n FROM item WHERE place = 1')?.['n']); }

  /** Those that wait for a reason of their own, the newest first. */
  refusals(limit: number): readonly Refusal[] {
    const rows = this.db.all(
      `SELECT event_id, code, reason, next_at FROM item WHERE ${OPEN} AND code IS NOT NULL ORDER BY value DESC LIMIT ?`,
      limit,
    );
    return rows.map(({ event_id: event, code, reason, next_at: nextAt }) => ({
      event: String(event), code: String(code), reason: String(reason), retry_at: Math.round(Number(nextAt) / 1000),
    }));
  }

  [Symbol.dispose](): void { this.db[Symbol.dispose](); }

  /** Other rules: the catalogue is read anew, for what was not to go may be by now. */
  #heedPolicy(): void {
    const { name } = this.#policy;
    const before = this.db.get("SELECT value FROM meta WHERE key = 'policy'")?.['value'];
    if (before === name) return;
    this.db.transaction(() => {
      if (before !== undefined) this.db.run('DELETE FROM cursor');
      this.db.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('policy', ?)", name);
    });
  }

  /** As it is to go now; undefined where it is still what is on its way. */
  #changedMeanwhile(event: TytoEvent): TytoEvent | undefined {
    const now = this.db.get('SELECT event FROM item WHERE event_id = ?', event.id)?.['event'];
    return typeof now !== 'string' || now === JSON.stringify(event) ? undefined : JSON.parse(now) as TytoEvent;
  }

  /** @param settled - How far its files had come, where its words alone go once more. */
  #put(event: TytoEvent, { stored, told, isAsked, settled = null }: {
    readonly stored: readonly FileRole[];
    readonly told: readonly FileRole[] | undefined;
    readonly isAsked: boolean;
    readonly settled?: SqliteRow[string] | undefined;
  }): void {
    const step = nextStep({ event, stored, told, faulty: [], isAsked }, this.#policy.wants(event, isAsked));
    this.db.run(
      `INSERT INTO item (event_id, event, state, class, value, asked, stored, told, settled)
        VALUES (:id, :event, 'pending', :class, :value, :asked, :stored, :told, :settled)
      ON CONFLICT (event_id) DO UPDATE SET (event, state, class, value, stored, told, settled, faulty, attempts, strikes, next_at, blame, code, reason, died_at)
        = (excluded.event, 'pending', excluded.class, excluded.value, excluded.stored, excluded.told, excluded.settled, '', 0, 0, 0, NULL, NULL, NULL, NULL)`,
      {
        id: event.id, event: JSON.stringify(event), class: classNumber(step?.class ?? 'news'),
        value: valueOf(event), asked: isAsked ? 1 : 0,
        stored: stored.join(), told: told?.join() ?? null, settled: settled ?? null,
      },
    );
  }
}
