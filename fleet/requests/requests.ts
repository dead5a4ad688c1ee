/**
 * Footage on demand: keeps what was asked, puts it where the device finds it, hears how it goes, and knows by the index
 * when it has come. Every call leaves the register as it is to be; what has to be put into the landing or removed
 * follows from it, also after a kill.
 */
import { randomInt } from 'node:crypto';
import { backoffDelay, type Backoff } from '../../device/core/backoff.ts';
import { describeError, isAbort, RemoteError } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { oneAtATime } from '../../device/core/one-at-a-time.ts';
import { hours, inSeconds, millis, minutes, seconds, type Millis } from '../../device/core/units.ts';
import { withFoundFaces } from '../../device/contract/fleet-findings.ts';
import { LONGEST_REQUEST_S, requestKey, type Report } from '../../device/contract/mail.ts';
import { EMPTY_OBJECT } from '../../device/landing/empty-object.ts';
import type { LandingReader, LandingWriter } from '../../device/landing/port.ts';
import { Bell } from '../../device/runtime/bell.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { supervise } from '../../device/runtime/supervise.ts';
import { ruleFor, type AskRule } from './ask-rules.ts';
import { awaited, isWhole, looked, reported, withdrawn, type Change } from './decide.ts';
import {
  isOpen, type KnownEvents, type NewsOfEvents, type RequestQuery, type RequestRegister, type RequestRow, type TrailLine,
  type Wanted,
} from './port.ts';
import { readReport, removeReport } from './read-reports.ts';

export interface RequestsParts {
  readonly register: RequestRegister;
  readonly index: KnownEvents & NewsOfEvents;
  readonly landing: Pick<LandingReader, 'remove'> & Pick<LandingWriter, 'put'>;
  /** Where reports are read from when no ingest hands them to `take`. */
  readonly reports?: Pick<LandingReader, 'open' | 'remove'>;
  readonly rules: readonly AskRule[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Why something is not asked. `code` is stable. */
class NotAsked extends RemoteError {}

const DEFAULT_LASTS = hours(7 * 24);
/** Open at a time, of one device: a person who asks for everything asks for times. */
const MOST_OPEN = 500;
const LOOK_EVERY = seconds(2);
const READ_REPORTS_EVERY = seconds(10);
const LOOK_AT_ALL_EVERY = seconds(30);
const BATCH = 200;
const MOST_POSTED = 10_000;
const AFTER_FAILURE: Backoff = { first: seconds(2), most: minutes(5) };

export class Requests {
  readonly #parts: RequestsParts;
  readonly #post = new Bell();
  #revision = 0;
  #fault: string | undefined;
  /** The last report of each open request that was read. */
  readonly #heard = new Map<string, string>();
  /** Monotonic: when all open requests are looked at again. */
  #lookAtAll = millis(0);
  /** One change at a time: each reads a row before it writes it. */
  readonly #alone = oneAtATime(<T>(work: () => Promise<T>) => work());
  constructor(parts: RequestsParts) { this.#parts = parts; }

  /** Another number whenever something changed. */
  get revision(): number { return this.#revision; }

  /**
   * Asks a device for footage. What is asked already is not asked twice.
   * @param who - `owner`, `account farm`, `rule front`.
   * @throws {NotAsked} `requests.unknown-event`, `requests.nothing-held`, `requests.bad-time`, `requests.too-many`.
   */
  ask(
    device: string, wanted: Wanted, { who, lasts = DEFAULT_LASTS }: { readonly who: string; readonly lasts?: Millis },
  ): Promise<{ readonly row: RequestRow; readonly isNew: boolean }> {
    return this.#alone(async () => {
      const { register, clock } = this.#parts;
      await this.#check(device, wanted);
      const open = await register.open(device);
      const same = open.find((row) => isSame(row.wanted, wanted));
      if (same !== undefined) return { row: same, isNew: false };
      if (open.length >= MOST_OPEN)
        throw new NotAsked(
          'requests.too-many',
          `${device} has ${MOST_OPEN} requests to deal with; withdraw some, or ask for a time that holds them`,
        );
      const now = clock.now();
      const row: RequestRow = {
        id: requestId(now), device, who, askedAt: now, wanted, until: millis(now + lasts), state: 'asked',
        bytes: 0, sentBytes: 0, events: [], isSent: false,
        reason: '', changedAt: now, mail: 'to-put',
      };
      await this.#save({ row, line: { at: now, who, what: 'asked', detail: '' } });
      return { row, isNew: true };
    });
  }

  /**
   * Takes a request back. One that is over stays as it is.
   * @returns It as it is now; undefined when there is none of this id.
   */
  withdraw(id: string, who: string): Promise<RequestRow | undefined> {
    return this.#alone(async () => {
      const row = await this.#parts.register.get(id);
      const change = row === undefined ? undefined : withdrawn(row, who, this.#parts.clock.now());
      if (change !== undefined) await this.#save(change);
      return change?.row ?? row;
    });
  }

  /** What a device reports. Of a request that is not its own, or that nobody made, nothing comes. */
  take(device: string, report: Report): Promise<void> {
    return this.#alone(async () => {
      const { register, clock } = this.#parts;
      const row = await register.get(report.request);
      const change = row?.device === device ? reported(row, report, clock.now()) : undefined;
      if (change === undefined) return;
      await this.#save(change);
      await this.#look(change.row);
    });
  }

  /** Newest first. */
  list(query: RequestQuery): Promise<readonly RequestRow[]> { return this.#parts.register.list(query); }

  async get(id: string): Promise<{ readonly row: RequestRow; readonly trail: readonly TrailLine[] } | undefined> {
    const row = await this.#parts.register.get(id);
    return row === undefined ? undefined : { row, trail: await this.#parts.register.trail(id) };
  }

  /**
   * Where the rules begin to read: what the index has by now is not theirs. Call it before anything new is taken in.
   * @throws {TytoError} When register or index cannot be read.
   */
  async begin(): Promise<void> {
    const { register, index } = this.#parts;
    if (await register.cursor() === undefined) await register.setCursor(await index.latest());
  }

  /** Keeps landing, index and register together until `signal` aborts. What fails is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    await supervise({
      post: (stop) =>
        this.#again(stop, (until) => this.#postAll(until), (wait) =>
          this.#post.wait(wait, this.#parts.clock, stop), minutes(1)),
      ...(this.#parts.reports === undefined ? {} : {
        reports: (stop: AbortSignal) =>
          this.#again(stop, (until) => this.#readReports(until), (wait) =>
            this.#parts.clock.wait(wait, stop), READ_REPORTS_EVERY),
      }),
      follow: (stop) =>
        this.#again(stop, () => this.#follow(), (wait) => this.#parts.clock.wait(wait, stop), LOOK_EVERY),
    }, signal);
  }

  /** Does `work` again and again, with `rest` in between; longer after failures. */
  async #again(signal: AbortSignal, work: (
    signal: AbortSignal,
  ) => Promise<void>, rest: (wait: Millis) => Promise<void>, every: Millis): Promise<void> {
    try {
      for (let failures = 0; ;) {
        try {
          await work(signal);
          failures = 0;
          this.#fault = undefined;
        } catch (error) {
          signal.throwIfAborted();
          failures += 1;
          this.#tell(error);
        }
        await rest(failures === 0 ? every : backoffDelay(AFTER_FAILURE, failures, Math.random()));
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }

  async #postAll(signal: AbortSignal): Promise<void> {
    const faults: unknown[] = [];
    for (const row of await this.#parts.register.toPost(MOST_POSTED)) {
      // What cannot be put for one device keeps nothing from another.
      await this.#postOne(row, signal).catch((error: unknown) => { faults.push(error); });
      signal.throwIfAborted();
    }
    if (faults.length > 0) throw faults[0];
  }

  async #postOne(row: RequestRow, signal: AbortSignal): Promise<void> {
    const { register, landing, clock } = this.#parts;
    const key = requestKey(row.device, { id: row.id, until: Math.floor(inSeconds(row.until)), ...row.wanted });
    if (row.mail === 'to-put') await landing.put(key, EMPTY_OBJECT, signal);
    else await landing.remove(key, signal);
    const what = row.mail === 'to-put' ? 'put' : 'removed';
    await this.#alone(async () => {
      const now = await register.get(row.id);
      if (now === undefined) return;
      // Over while it was being put: it is removed with the next look. That it was put is told all the same.
      await this.#save({
        row: now.mail === row.mail ? { ...now, mail: what } : now,
        line: { at: clock.now(), who: 'fleet', what, detail: '' },
      });
    });
  }

  /** Each report once, as long as it is the same. */
  async #readReports(signal: AbortSignal): Promise<void> {
    const { register, reports } = this.#parts;
    if (reports === undefined) return;
    const rows = await register.open();
    for (const id of this.#heard.keys()) if (!rows.some((row) => row.id === id)) this.#heard.delete(id);
    for (const row of rows) {
      const report = await readReport(row, reports, signal);
      const text = JSON.stringify(report);
      if (report === undefined || this.#heard.get(row.id) === text) continue;
      await this.take(row.device, report);
      this.#heard.set(row.id, text);
      const now = await register.get(row.id);
      if (now !== undefined && !isOpen(now.state)) await removeReport(row, reports, signal);
    }
  }

  /** Lets the rules see what is new, finishes what has come, and ends what nobody waits for any more. */
  async #follow(): Promise<void> {
    const { register, index, rules, clock } = this.#parts;
    const touched = new Set<string>();
    for (let more = true; more;) {
      const cursor = await register.cursor() ?? '';
      const page = await index.since(cursor, BATCH);
      for (const news of page.news) {
        if (news.what === 'rejected') continue;
        const { event, held, findings } = news.row;
        touched.add(event.device);
        const rule = ruleFor(rules, withFoundFaces(event, findings?.faces), held);
        if (rule !== undefined) await this.#askOnce(event.device, event.id, `rule ${rule.name}`);
      }
      // A page may be empty and lead on: of what was deleted since, nothing is told any more.
      if (page.cursor !== cursor) await register.setCursor(page.cursor);
      more = page.more && page.cursor !== cursor;
    }
    // Now and then at all of them: some are out of date.
    const isTime = clock.monotonic() >= this.#lookAtAll;
    if (isTime) this.#lookAtAll = millis(clock.monotonic() + LOOK_AT_ALL_EVERY);
    const rows = isTime ? await register.open()
      : (await Promise.all([...touched].map((device) => register.open(device)))).flat();
    for (const { id } of rows) await this.#alone(async () => this.#look(await register.get(id)));
  }

  /** A rule asks for an event once, whatever came of it. */
  async #askOnce(device: string, event: string, who: string): Promise<void> {
    if ((await this.#parts.register.list({ device, event, limit: 1 })).length > 0) return;
    try {
      await this.ask(device, { event }, { who });
    } catch (error) {
      if (!(error instanceof NotAsked)) throw error;
      this.#parts.log.warn('a rule could not ask for a clip', { device, event, reason: error.message });
    }
  }

  async #look(row: RequestRow | undefined): Promise<void> {
    if (row === undefined) return;
    const { index, clock } = this.#parts;
    const arrived = new Set<string>();
    for (const event of awaited(row)) {
      if (!isWhole(await index.event(row.device, event))) break; // one that is missing is enough to wait on
      arrived.add(event);
    }
    const change = looked(row, (event) => arrived.has(event), clock.now());
    if (change !== undefined) await this.#save(change);
  }

  async #check(device: string, wanted: Wanted): Promise<void> {
    if ('event' in wanted) {
      const known = await this.#parts.index.event(device, wanted.event);
      if (known === undefined) throw new NotAsked('requests.unknown-event', 'there is no such event in the library');
      if (isWhole(known))
        throw new NotAsked(
          'requests.nothing-held', 'the library has all of this event: its device holds nothing more of it',
        );
      return;
    }
    const { from, to } = wanted;
    const now = inSeconds(this.#parts.clock.now());
    if (from >= to) throw new NotAsked('requests.bad-time', '`from` must be before `to`');
    if (to - from > LONGEST_REQUEST_S)
      throw new NotAsked('requests.bad-time', 'a request may span a day at most; ask for each day by itself');
    if (from > now) throw new NotAsked('requests.bad-time', '`from` lies ahead: there is no footage of it yet');
  }

  async #save({ row, line }: Change): Promise<void> {
    await this.#parts.register.save(row, line);
    this.#revision++;
    if (row.mail === 'to-put' || row.mail === 'to-remove') this.#post.ring();
  }

  #tell(error: unknown): void {
    const fault = describeError(error);
    if (fault !== this.#fault)
      this.#parts.log.warn('requests for footage cannot be followed just now; it is tried again', { reason: fault });
    this.#fault = fault;
  }
}

const isSame = (one: Wanted, other: Wanted): boolean => ('event' in one
  ? 'event' in other && one.event === other.event
  : 'from' in other && one.from === other.from && one.to === other.to);

/** Sorts by time. */
const requestId = (now: Millis): string =>
  `${String(Math.floor(now / 1000)).padStart(10, '0')}-${randomInt(36 ** 6).toString(36).padStart(6, '0')}`;
