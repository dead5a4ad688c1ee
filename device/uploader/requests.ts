/**
 * Footage that the fleet asks for: what each request means here, how far it has come, and what is told of that.
 * Durable.
 */
import { createHash } from 'node:crypto';
import type { TytoEvent } from '../contract/event.ts';
import { MAX_REPORT_BYTES, reportKey, type FootageRequest, type Report } from '../contract/mail.ts';
import { FILE_ROLES, type FileRole } from '../contract/manifest.ts';
import { inSeconds, millis, seconds, type Millis } from '../core/units.ts';
import type { Lane } from './lane.ts';
import type { MailParts } from './mail-parts.ts';
import { rolesOf, type Place, type QueueItem } from './queue-item.ts';

type State = Report['state'] | 'withdrawn';

interface Request {
  readonly id: string;
  readonly wish: FootageRequest;
  readonly state: State;
}

/** How far what was asked for has come. */
interface Account {
  readonly bytes: number;
  readonly left: number;
  readonly failed: number;
  readonly waiting: number;
  readonly events: readonly string[];
}

/** As many as a report may name. */
const MOST_EVENTS = 4096;
/** Further requests wait until some are done. */
const MOST_ACTIVE = 32;
/** What was just recorded is complete by then. */
const SETTLED_AFTER_S = 90;
/** That more has gone is told so often. */
const TELL_EVERY = seconds(10);
/** What is over is remembered so long beyond its time: a key that lies on must not begin it anew. */
const REMEMBERED_S = 7 * 86_400;

export class Requests {
  readonly #parts: MailParts;
  #working = 0;
  /** Whether something may have to be told: an idle device asks its disk nothing. */
  #hasNews = true;
  /** Bytes that have gone of the file under way. */
  #partial: { readonly event: string; readonly bytes: number } | undefined;
  /** Monotonic. */
  #tellAt = -Infinity;
  constructor(parts: MailParts) { this.#parts = parts; }

  get working(): number { return this.#working; }

  dueIn(): Millis {
    if (this.#hasNews) return millis(0);
    return millis(this.#working === 0 ? Infinity : this.#tellAt - this.#parts.clock.monotonic());
  }

  sending({ event }: QueueItem, bytes: number): void { this.#partial = { event: event.id, bytes }; }
  sent({ event }: QueueItem): void { if (this.#partial?.event === event.id) this.#partial = undefined; }

  /** What lies in the folder of requests just now: new ones are taken in, those that are gone were withdrawn. */
  take(found: readonly FootageRequest[], place: Place): void {
    const { queue: { db }, log } = this.#parts;
    const lying = new Set(found.map(({ id }) => id));
    for (const wish of found) {
      if (db.get('SELECT 1 FROM request WHERE id = ?', wish.id) !== undefined) continue;
      if (this.#count() >= MOST_ACTIVE) break;
      db.run(
        "INSERT INTO request (id, wish, until, state, place) VALUES (?, ?, ?, 'accepted', ?)",
        wish.id, JSON.stringify(wish), wish.until, place,
      );
      log.info('the fleet asks for footage', { request: wish.id, ...described(wish) });
      this.#hasNews = true;
    }
    for (const { id } of this.#active(place))
      if (!lying.has(id)) this.#end(id, this.#isSent(id) ? 'done' : 'withdrawn', '');
    for (const { id } of db.all(
      'SELECT id FROM request WHERE place = ? AND until < ?', place, inSeconds(this.#parts.clock.now()) - REMEMBERED_S,
    )) {
      if (!lying.has(String(id))) db.run('DELETE FROM request WHERE id = ?', String(id));
    }
  }

  /** Brings each request as far as it has come. */
  step(): void {
    const { clock } = this.#parts;
    if (this.dueIn() > 0) return;
    this.#hasNews = false;
    this.#tellAt = clock.monotonic() + TELL_EVERY;
    const active = this.#active();
    this.#working = active.length; // what fails on the way is tried again by that
    for (const request of active) this.#advance(request);
    this.#working = this.#count();
  }

  /** Tells the fleet what is new. */
  async report({ place, store: { landing } }: Lane, signal: AbortSignal): Promise<void> {
    const { queue: { db }, device, clock } = this.#parts;
    for (const row of db.all("SELECT id, report FROM request WHERE place = ? AND report <> told", place)) {
      const [id, report] = [String(row['id']), String(row['report'])];
      const data = Buffer.from(JSON.stringify({ ...JSON.parse(report) as Report, at: inSeconds(clock.now()) }));
      const sha256 = createHash('sha256').update(data).digest('hex');
      await landing.put(reportKey(device, id), {
        content: { data }, bytes: data.byteLength, sha256, contentType: 'application/json',
      }, signal);
      db.run('UPDATE request SET told = ? WHERE id = ?', report, id);
    }
  }

  #advance({ id, wish, state }: Request): void {
    const { queue: { db }, clock } = this.#parts;
    const now = inSeconds(clock.now());
    if (wish.until <= now) return this.#end(id, 'expired', '');
    if (db.get('SELECT 1 FROM request_item WHERE request = ? LIMIT 1', id) === undefined) {
      if (wish.to !== undefined && wish.to + SETTLED_AFTER_S > now) return this.#note(id, 'accepted', '');
      const refusal = this.#resolve(id, wish);
      if (refusal !== undefined) return this.#end(id, 'refused', refusal);
    }
    const account = this.#account(id);
    if (account.waiting > 0)
      return this.#note(
        id, account.left < account.bytes ? 'sending' : state === 'sending' ? 'sending' : 'accepted', '',
      );
    const { failed, events } = account;
    if (failed === 0) return this.#end(id, 'done', '');
    const reason = `${failed} of ${events.length} could not be sent: they are gone, or were refused; the device's page tells more`;
    this.#end(id, failed === events.length ? 'refused' : 'done', reason);
  }

  /** Puts what is asked for at its place in the queue. @returns Why it cannot be had. */
  #resolve(id: string, { event, from = 0, to = 0 }: FootageRequest): string | undefined {
    const { queue, events } = this.#parts;
    const found = event === undefined
      ? events.within({ from: millis(from * 1000), to: millis(to * 1000) }, MOST_EVENTS + 1)
      : [events.find(event)].filter((one) => one !== undefined);
    if (found.length === 0 && event !== undefined) {
      const why = events.whyGone(event);
      return why === undefined ? 'this device has no such event that has ended' : `the event was deleted here: ${why}`;
    }
    if (found.length === 0) return 'nothing of that time is here: it was not recorded, or was deleted since';
    if (found.length > MOST_EVENTS) return `more than ${MOST_EVENTS} recordings are of that time: ask for less at once`;
    queue.db.transaction(() => {
      for (const one of found) {
        queue.ask(one);
        queue.db.run(
          'INSERT INTO request_item (event_id, request, bytes) VALUES (?, ?, ?)',
          one.id, id, this.#left(one.id)?.bytes ?? 0,
        );
      }
    });
    return undefined;
  }

  #account(id: string): Account {
    const rows = this.#parts.queue.db.all(
      'SELECT event_id, bytes FROM request_item WHERE request = ? ORDER BY event_id', id,
    );
    let [bytes, left, failed, waiting] = [0, 0, 0, 0];
    for (const row of rows) {
      const at = this.#left(String(row['event_id']));
      bytes += Number(row['bytes']);
      if (at === undefined || at.state === 'dead') failed++;
      else if (at.bytes > 0 || at.state === 'pending' || at.state === 'refused') waiting++;
      left += Math.min(at?.bytes ?? 0, Number(row['bytes']));
    }
    return { bytes, left, failed, waiting, events: rows.map((row) => String(row['event_id'])) };
  }

  /** Whether the fleet may have all of it, and has taken its request away for that. */
  #isSent(id: string): boolean {
    const { events, waiting, failed } = this.#account(id);
    return events.length > 0 && waiting + failed === 0;
  }

  /** What of an event is still to go; undefined when it is no more. */
  #left(eventId: string): { readonly state: string; readonly bytes: number } | undefined {
    const row = this.#parts.queue.db.get('SELECT state, event, stored FROM item WHERE event_id = ?', eventId);
    if (row === undefined) return undefined;
    const state = String(row['state']);
    if (row['event'] === null || state === 'stored' || state === 'acknowledged') return { state, bytes: 0 };
    const event = JSON.parse(String(row['event'])) as TytoEvent;
    const bytes = missing(event, rolesOf(String(row['stored'])));
    return { state, bytes: Math.max(0, bytes - (this.#partial?.event === eventId ? this.#partial.bytes : 0)) };
  }

  #end(id: string, state: State, reason: string): void {
    const { queue, log } = this.#parts;
    this.#note(id, state, reason);
    log.info('a request for footage is over', { request: id, state, ...(reason === '' ? {} : { reason }) });
    queue.db.transaction(() => {
      const items = queue.db.all('SELECT event_id FROM request_item WHERE request = ?', id)
        .map((row) => String(row['event_id']));
      queue.db.run('DELETE FROM request_item WHERE request = ?', id);
      if (state === 'done' || state === 'refused') return;
      for (const event of items)
        if (queue.db.get('SELECT 1 FROM request_item WHERE event_id = ? LIMIT 1', event) === undefined)
          queue.unask(event);
    });
  }

  #note(id: string, state: State, reason: string): void {
    const { db } = this.#parts.queue;
    const { bytes, left, events } = this.#account(id);
    const report = {
      version: 1, request: id, state, at: 0, bytes, sent_bytes: bytes - left, events, reason: reason.slice(0, 500),
    };
    const text = JSON.stringify(report);
    const told = state === 'withdrawn' ? ''
      : text.length > MAX_REPORT_BYTES ? JSON.stringify({ ...report, events: [] }) : text;
    db.run(
      'UPDATE request SET state = ?, reason = ?, report = ?, told = CASE ? WHEN \'\' THEN \'\' ELSE told END WHERE id = ?',
      state, reason, told, told, id,
    );
  }

  #count(): number {
    return Number(
      this.#parts.queue.db.get("SELECT count(*) AS n FROM request WHERE state IN ('accepted', 'sending')")?.['n'],
    );
  }

  #active(place?: Place): readonly Request[] {
    const rows = this.#parts.queue.db.all(
      "SELECT * FROM request WHERE state IN ('accepted', 'sending') AND (:place IS NULL OR place = :place) ORDER BY id",
      { place: place ?? null },
    );
    return rows.map((row) => ({
      id: String(row['id']), wish: JSON.parse(String(row['wish'])) as FootageRequest, state: row['state'] as State,
    }));
  }
}

const missing = (event: TytoEvent, stored: readonly FileRole[]): number =>
  FILE_ROLES.reduce((sum, role) => sum + (stored.includes(role) ? 0 : event[role]?.bytes ?? 0), 0);

const described = ({ event, from, to, until }: FootageRequest): Readonly<Record<string, string>> => ({
  ...(event === undefined ? { from: moment(from), to: moment(to) } : { event }), until: moment(until),
});
const moment = (unixSeconds: number | undefined): string => new Date((unixSeconds ?? 0) * 1000).toISOString();
