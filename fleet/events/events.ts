/**
 * Tells others what the fleet takes in: reads the index's news into an outbox, and has a teller for each subscriber.
 */
import { FINDINGS_FOLDER } from '../../device/contract/fleet-findings.ts';
import { describeError, isAbort } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { hours, millis, seconds, type Millis } from '../../device/core/units.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { supervise } from '../../device/runtime/supervise.ts';
import { kerberosMessage } from './kerberos-message.ts';
import { matches } from './matches.ts';
import { draftsOf, type Draft, type MessageLinks } from './message.ts';
import { Outbox } from './outbox.ts';
import type { LinkMaker, News } from './ports.ts';
import type { Publisher } from './publishers/port.ts';
import type { SubscriberPlan } from './subscriber.ts';
import { Teller, type TellerView } from './teller.ts';

export interface EventsParts {
  /** File of the outbox. */
  readonly file: string;
  readonly subscribers: readonly { readonly plan: SubscriberPlan; readonly publisher: Publisher }[];
  readonly news: News;
  readonly links: LinkMaker;
  readonly clock: Clock;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
}

const LOOK_EVERY = seconds(1);
const TIDY_EVERY = hours(1);
const BATCH = 200;
/** What was told is remembered for longer than the index remembers its news: it may be read once more. */
const REMEMBERED = hours(10 * 24);

export class Events implements AsyncDisposable {
  readonly #parts: EventsParts;
  readonly #outbox: Outbox;
  readonly #tellers: ReadonlyMap<string, Teller>;
  #fault: string | undefined;

  /**
   * What the index has by now is not for who was never told of anything: call it before anything new is taken in.
   * @throws {DeviceError} `events.outbox-failed`, or when the index cannot be read.
   */
  static async open(parts: EventsParts): Promise<Events> {
    const { file, clock, log, news } = parts;
    let isDamaged = false;
    const outbox = Outbox.open(file, clock.now(), ({ place, why }) => {
      isDamaged = true;
      log.warn('the outbox was damaged and is begun anew; what came within a week is told once more', {
        kept: place, reason: describeError(why),
      });
    });
    try {
      outbox.cursor ??= isDamaged ? '' : await news.latest();
      return new Events(parts, outbox);
    } catch (error) {
      outbox[Symbol.dispose]();
      throw error;
    }
  }

  private constructor(parts: EventsParts, outbox: Outbox) {
    this.#parts = parts;
    this.#outbox = outbox;
    this.#tellers = new Map(parts.subscribers.map(({ plan, publisher }) => [plan.name, new Teller({
      plan, publisher, outbox, clock: parts.clock, random: parts.random,
      log: parts.log.child(plan.name), write: (draft, to) => this.#write(draft, to),
    })]));
  }

  /**
   * Tells until `signal` aborts.
   * @throws {AggregateError} When the disk of the outbox fails: without its memory nothing is told.
   */
  async run(signal: AbortSignal): Promise<void> {
    const tellers = [...this.#tellers].map(([name, teller]) =>
      [`telling ${name}`, (stop: AbortSignal) => teller.run(stop)] as const);
    await supervise({
      follow: (stop) => this.#follow(stop), tidy: (stop) => this.#keepTidy(stop), ...Object.fromEntries(tellers),
    }, signal);
  }

  views(): readonly TellerView[] { return [...this.#tellers.values()].map((teller) => teller.view()); }

  /** Tries anew what was put aside. @returns How many; undefined when there is no subscriber of this name. */
  redrive(name: string): number | undefined { return this.#tellers.get(name)?.redrive(); }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#parts.subscribers.map(({ publisher }) => publisher[Symbol.asyncDispose]()));
    this.#outbox[Symbol.dispose]();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) if (!await this.#readOn()) await this.#pause(LOOK_EVERY, signal);
  }

  /** Notes what is new, and how far it has read, together. @returns Whether there is more. */
  async #readOn(): Promise<boolean> {
    const page = await this.#page();
    if (page === undefined) return false;
    if (page.cursor === this.#outbox.cursor) return false;
    const { subscribers, clock } = this.#parts;
    const now = clock.now();
    const names = this.#outbox.together(() => {
      const added = page.news.flatMap((news) => draftsOf(news)).flatMap((draft) =>
        subscribers.filter(({ plan }) => matches(plan, draft.message) && this.#outbox.add(plan.name, draft, now))
          .map(({ plan }) => plan.name));
      this.#outbox.cursor = page.cursor;
      return new Set(added);
    });
    for (const name of names) this.#tellers.get(name)?.wake();
    return page.more;
  }

  async #page(): Promise<Awaited<ReturnType<News['since']>> | undefined> {
    try {
      const page = await this.#parts.news.since(this.#outbox.cursor ?? '', BATCH);
      this.#fault = undefined;
      return page;
    } catch (error) {
      const fault = describeError(error);
      if (fault !== this.#fault)
        this.#parts.log.warn('the index cannot be read; what is new is told once it can', { reason: fault });
      this.#fault = fault;
      return undefined;
    }
  }

  async #keepTidy(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    while (!signal.aborted) {
      const lost = this.#outbox.tidy(millis(clock.now() - REMEMBERED), [...this.#tellers.keys()]);
      if (lost > 0)
        log.warn('messages waited for subscribers that are set up no more, and are forgotten', { count: lost });
      await this.#pause(TIDY_EVERY, signal);
    }
  }

  async #pause(duration: Millis, signal: AbortSignal): Promise<void> {
    await this.#parts.clock.wait(duration, signal)
      .catch((error: unknown) => { if (!isAbort(error, signal)) throw error; });
  }

  /** Links are made when it goes out: they do not last. */
  async #write(draft: Draft, { format, links }: SubscriberPlan): Promise<string> {
    const { message, folder } = draft;
    const { event, at, account } = message;
    if (format === 'kerberos' && event?.clip != null)
      return JSON.stringify(kerberosMessage({ ...event, clip: event.clip }, folder, { at, account }));
    const signed = event === undefined || links === undefined ? {}
      : { links: await this.#linksTo(event, draft, links) };
    return JSON.stringify({ ...message, ...signed });
  }

  async #linksTo(
    event: NonNullable<Draft['message']['event']>,
    { folder, made = {} }: Draft, { base, lasts }: NonNullable<SubscriberPlan['links']>,
  ): Promise<MessageLinks> {
    const ownOr = (role: 'thumbnail' | 'preview'): string | undefined =>
      event[role]?.name ?? (made[role] && FINDINGS_FOLDER + made[role].name);
    const names = [event.clip?.name, event.snapshot?.name, ownOr('thumbnail'), ownOr('preview')];
    const signed = await Promise.all(names.map(async (name) =>
      (name === undefined ? undefined : await this.#parts.links.signedLink(folder + name, lasts))));
    const [clip = null, picture = null, thumbnail = null, preview = null] = signed.map((link) =>
      (link === undefined ? null : new URL(link.href, base).href));
    const ends = signed.flatMap((link) => (link === undefined ? [] : [link.expiresAt / 1000]));
    return {
      clip, picture, thumbnail, preview, expires_at: Math.min(...ends, (this.#parts.clock.now() + lasts) / 1000),
    };
  }
}
