/** Listens to what the fleet says through the landing: answers to what was put there, and requests for footage. */
import { answersFolder, parseAnswerKey, parseRequestKey, requestsFolder } from '../contract/mail.ts';
import { describeError } from '../core/errors.ts';
import { millis, type Millis } from '../core/units.ts';
import type { LandingEntry, LandingLister } from '../landing/port.ts';
import type { Lane } from './lane.ts';
import type { MailParts } from './mail-parts.ts';
import type { QueueItem } from './queue-item.ts';
import { Requests } from './requests.ts';

export class Mail {
  readonly #parts: MailParts;
  readonly #requests: Requests;
  /** Monotonic. */
  #dueAt = -Infinity;
  constructor(parts: MailParts) {
    this.#parts = parts;
    this.#requests = new Requests(parts);
  }

  /** How long nothing needs to be looked at, or can be. */
  dueIn(lanes: readonly Lane[]): Millis {
    const { clock } = this.#parts;
    if (!lanes.some(listens)) return millis(Infinity);
    return millis(Math.min(this.#dueAt - clock.monotonic(), this.#requests.dueIn()));
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
    for (const lane of lanes.filter(listens)) {
      try {
        if (isDue) await this.#read(lane, signal);
        this.#requests.step();
        await this.#requests.report(lane, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        log.debug('what the fleet says could not be read, or not be answered', { reason: describeError(error) });
      }
    }
    return 'changed';
  }

  async #read({ store: { landing }, place }: Lane, signal: AbortSignal): Promise<void> {
    const { device, queue, clock, log, events } = this.#parts;
    if (queue.awaitsAnswers(place)) {
      for (const { key } of (await listed(landing, answersFolder(device), signal)).entries) {
        const answer = parseAnswerKey(key);
        if (answer === undefined) continue;
        const came = queue.answered(answer, { place, now: clock.now(), find: (id) => events.find(id) });
        if (came === 'acknowledged') log.info('the fleet has taken an event', { event: answer.event });
        if (came === 'dead') log.error('the fleet refused an event; it stays here until it is tried again by hand', { event: answer.event, code: answer.code });
      }
    }
    const { entries, isWhole } = await listed(landing, requestsFolder(device), signal);
    if (!isWhole) return; // what cannot be seen just now was not withdrawn
    this.#requests.take(entries.map(({ key }) => parseRequestKey(key)).filter((request) => request !== undefined), place);
  }
}

const listens = ({ readiness, store }: Lane): boolean => readiness === 'ready' && store.answers !== false;

async function listed(landing: LandingLister, prefix: string, signal: AbortSignal): Promise<{ readonly entries: readonly LandingEntry[]; readonly isWhole: boolean }> {
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
