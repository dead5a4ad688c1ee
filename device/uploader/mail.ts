/** Listens to what the fleet says through the landing: answers to what was put there, and requests for footage. */
import { answersFolder, parseAnswerKey, parseRequestKey, requestsFolder } from '../contract/mail.ts';
import { manifestKey } from '../contract/names.ts';
import { describeError } from '../core/errors.ts';
import { millis, type Millis } from '../core/units.ts';
import type { LandingEntry, LandingLister } from '../landing/port.ts';
import { Answers } from './answers.ts';
import type { Lane } from './lane.ts';
import type { MailParts } from './mail-parts.ts';
import type { QueueItem } from './queue-item.ts';
import { Requests } from './requests.ts';

/** Of those that nobody answered in time, so many are looked after at each look. */
const MOST_OVERDUE = 16;

export class Mail {
  readonly #parts: MailParts;
  readonly #answers: Answers;
  readonly #requests: Requests;
  /** Monotonic. */
  #dueAt = -Infinity;
  #reads = 0;
  constructor(parts: MailParts) {
    this.#parts = parts;
    this.#answers = new Answers(parts.queue);
    this.#requests = new Requests(parts);
  }

  /** How long nothing needs to be looked at, or can be. */
  dueIn(lanes: readonly Lane[]): Millis {
    const { clock } = this.#parts;
    if (!lanes.some(listens)) return millis(Infinity);
    return millis(Math.min(this.#dueAt - clock.monotonic(), this.#requests.dueIn()));
  }

  /** Whether anybody speaks there. */
  hears(lanes: readonly Lane[]): boolean { return lanes.some(listens); }

  /** Looks that left nothing unread or untold. */
  get reads(): number { return this.#reads; }

  /** For how long nothing can come of which nobody on this machine hears. */
  restIn(lanes: readonly Lane[]): Millis {
    const isAfar = lanes.some((lane) => listens(lane) && lane.store.folder === undefined);
    return millis(isAfar ? this.#dueAt - this.#parts.clock.monotonic() : Infinity);
  }

  /** Requests that are worked on. */
  working(): number { return this.#requests.working; }
  sent(item: QueueItem): void { this.#requests.sent(item); }
  sending(item: QueueItem, bytes: number): void { this.#requests.sending(item, bytes); }

  /** Looks, where it is time to, at the stores that work. What cannot be listed or told now is so the next time. */
  async look(lanes: readonly Lane[], signal: AbortSignal): Promise<'changed' | undefined> {
    const { clock, random, every, log } = this.#parts;
    if (this.dueIn(lanes) > 0) return undefined;
    const isDue = this.#dueAt <= clock.monotonic();
    if (isDue) this.#dueAt = clock.monotonic() + every * (0.75 + random() / 2);
    let isAllDone = isDue;
    for (const lane of lanes.filter(listens)) {
      try {
        if (isDue) isAllDone = await this.#read(lane, signal) && isAllDone;
        this.#requests.step();
        await this.#requests.report(lane, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        isAllDone = false;
        log.debug('what the fleet says could not be read, or not be answered', { reason: describeError(error) });
      }
    }
    if (isAllDone) this.#reads++;
    return 'changed';
  }

  /** @returns Whether all that lies there could be seen. */
  async #read(lane: Lane, signal: AbortSignal): Promise<boolean> {
    const { store: { landing }, place } = lane;
    const { device } = this.#parts;
    let isAllSeen = true;
    if (this.#answers.awaited(place)) {
      isAllSeen = await this.#readAnswers(lane, answersFolder(device), signal);
      await this.#lookForLost(lane, signal);
    }
    const { entries, isWhole } = await listed(landing, requestsFolder(device), signal);
    if (!isWhole) return false; // what cannot be seen just now was not withdrawn
    this.#requests.take(entries.map(({ key }) => parseRequestKey(key))
      .filter((request) => request !== undefined), place);
    return isAllSeen;
  }

  /** @param prefix - Of all answers, or of those to one event. */
  async #readAnswers({ store: { landing }, place }: Lane, prefix: string, signal: AbortSignal): Promise<boolean> {
    const { clock, log, events } = this.#parts;
    const { entries, isWhole } = await listed(landing, prefix, signal);
    for (const { key, modifiedAt: at } of entries) {
      const answer = parseAnswerKey(key);
      if (answer === undefined) continue;
      const came = this.#answers.heard(answer, { place, at, now: clock.now(), find: (id) => events.find(id) });
      if (came === 'acknowledged') log.info('the fleet has taken an event', { event: answer.event });
      if (came === 'dead')
        log.error('the fleet refused an event; it stays here until it is tried again by hand', {
          event: answer.event, code: answer.code,
        });
    }
    return isWhole;
  }

  /**
   * A manifest that took the place of another one just as the fleet removed that is gone unread: no store of ours
   * removes only what it was told to. It goes once more, when neither it nor an answer to it is there.
   */
  async #lookForLost(lane: Lane, signal: AbortSignal): Promise<void> {
    const { device, queue, clock, log, events } = this.#parts;
    const { store: { landing }, place } = lane;
    for (const id of this.#answers.overdue(place, clock.now(), MOST_OVERDUE)) {
      const event = events.find(id);
      if (event === undefined || await isThere(landing, manifestKey(event), signal)) {
        this.#answers.waitOn(id, clock.now());
        continue;
      }
      // The fleet answers before it removes: an answer that is not there now was not there when the manifest went.
      await this.#readAnswers(lane, `${answersFolder(device)}${id}.`, signal);
      if (queue.tellAgain(event))
        log.warn('an upload went from the landing without an answer; the fleet is told of it once more', { event: id });
    }
  }
}

async function isThere(landing: LandingLister, key: string, signal: AbortSignal): Promise<boolean> {
  return (await landing.list(key, undefined, signal)).entries.some((entry) => entry.key === key);
}

const listens = ({ readiness, store }: Lane): boolean => readiness === 'ready' && store.answers !== false;

async function listed(
  landing: LandingLister, prefix: string, signal: AbortSignal,
): Promise<{ readonly entries: readonly LandingEntry[]; readonly isWhole: boolean }> {
  const entries: LandingEntry[] = [];
  let isWhole = true;
  for (let cursor: string | undefined, more = true; more;) {
    const page = await landing.list(prefix, cursor, signal);
    entries.push(...page.entries);
    isWhole &&= page.unreadable.length === 0;
    cursor = page.next;
    more = cursor !== undefined;
  }
  return { entries, isWhole };
}
