/**
 * What the fleet says of events that lie in its landing: which it has taken, which it
 * refused, and of which it says nothing.
 */
import type { TytoEvent } from '../contract/event.ts';
import type { Answer } from '../contract/mail.ts';
import { hours, type Millis } from '../core/units.ts';
import type { Place } from './queue-item.ts';
import type { UploadQueue } from './queue.ts';

export interface Heard {
  readonly place: Place;
  /** When the answer was put, by the store's clock. */
  readonly at: Millis;
  readonly now: Millis;
  /** The event as the catalogue has it. */
  readonly find: (id: string) => TytoEvent | undefined;
}

/** The fleet's code for files that did not come with their manifest. */
const MISSING = 'file.missing';
const FLEET_REFUSED = 'the fleet looked at what arrived and refused it; its page tells more';

/**
 * Noted in the queue. Each method is one transaction; each throws a DeviceError
 * `queue.failed` when the disk does not take it.
 */
export class Answers {
  readonly #queue: UploadQueue;
  constructor(queue: UploadQueue) { this.#queue = queue; }

  /** Whether an answer is to come to anything that lies in this store. */
  awaited(place: Place): boolean {
    return this.#queue.db.get(
      "SELECT 1 FROM item WHERE state = 'stored' AND manifest IS NOT NULL AND place = ? LIMIT 1", place,
    ) !== undefined;
  }

  /**
   * The fleet has said something of an event. What it refused is put aside with `find` of it, and
   * goes whole when it is tried again.
   * @returns What came of it; undefined when it is of no manifest that waits for one.
   */
  heard(
    { event: id, verdict, sha256, code }: Answer, { place, at, now, find }: Heard,
  ): 'acknowledged' | 'dead' | undefined {
    const { db } = this.#queue;
    return db.transaction(() => {
      db.run('UPDATE store SET answers = 1 WHERE place = ? AND answers = 0', place);
      const row = db.get(`SELECT state, event, settled, refused_at FROM item
        WHERE event_id = ? AND manifest = ? AND state IN ('stored', 'pending', 'refused')`, id, sha256);
      if (row === undefined) return undefined;
      if (verdict === 'taken') {
        if (row['state'] !== 'stored') return undefined; // more of it is still to go, and is answered then
        db.run("UPDATE item SET state = 'acknowledged' WHERE event_id = ?", id);
        return 'acknowledged';
      }
      if (code === MISSING && row['settled'] === 'acknowledged') {
        if (row['state'] !== 'stored') return undefined; // the next one is on its way
        // It had taken the files, and has let go of them since: nothing there bears the old name.
        db.run("UPDATE item SET state = 'acknowledged', event = NULL WHERE event_id = ?", id);
        return 'acknowledged';
      }
      if (at <= Number(row['refused_at'] ?? -1)) return undefined; // that is known, and the event was put again since
      const event = row['event'] === null ? find(id) : undefined;
      if (row['event'] === null && event === undefined) this.#queue.forget(id);
      db.run(
        `UPDATE item SET state = 'dead', event = coalesce(event, ?), class = 0, stored = '', told = NULL, faulty = '', manifest = NULL, settled = NULL,
        refused_at = ?, died_at = ?, code = ?, reason = ? WHERE event_id = ?`,
        event === undefined ? null : JSON.stringify(event), at, now, `fleet.${code === '' ? 'refused' : code}`,
        FLEET_REFUSED, id,
      );
      return 'dead';
    });
  }

  /** Events that a fleet that answers should have said something of by `now`. */
  overdue(place: Place, now: Millis, limit: number): readonly string[] {
    return this.#queue.db.all(
      `SELECT event_id FROM item JOIN store USING (place) WHERE state = 'stored' AND manifest IS NOT NULL
      AND answers = 1 AND place = ? AND next_at <= ? ORDER BY next_at LIMIT ?`,
      place, now, limit,
    ).map(({ event_id: id }) => String(id));
  }

  /** The manifest lies there still: whoever empties the landing has not come to it. */
  waitOn(id: string, now: Millis): void {
    this.#queue.db.run("UPDATE item SET next_at = ? WHERE event_id = ? AND state = 'stored'", now + hours(1), id);
  }
}
