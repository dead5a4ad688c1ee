/** Events of a fleet that are told to subscribers, on a real disk, with a list for an index. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TytoEvent } from '../../device/contract/event.ts';
import { silentLog, type Log } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import type { Clock } from '../../device/runtime/clock.ts';
import { Events } from '../../fleet/events/events.ts';
import type { HeardNews, HeardPage, News } from '../../fleet/events/ports.ts';
import { openPublisher } from '../../fleet/events/publishers/open-publisher.ts';
import type { Outcome, Outgoing, Publisher } from '../../fleet/events/publishers/port.ts';
import { subscribersSchema, type SubscriberPlan } from '../../fleet/events/subscriber.ts';
import { endedEvent } from '../fixtures/ended-events.ts';
import { hastyClock } from '../hasty-clock.ts';

const AT = millis(1_795_262_400_000);

export const eventOf = (n: number, change: Partial<TytoEvent> = {}): TytoEvent => ({ ...endedEvent(n), ...change });

export const accepted = (
  event: TytoEvent, more: { readonly isFirst?: boolean; readonly what?: 'accepted' | 'updated' } = {},
): HeardNews => ({
  at: AT, what: more.what ?? 'accepted', isFirst: more.isFirst ?? false,
  row: { event, folder: `${event.device}/2026/11/21/`, damage: null, sealed: false, account: 'home' },
});

/** The news of an index that is a list. */
export class ListedNews implements News {
  readonly all: HeardNews[] = [];
  async since(cursor: string, limit: number): Promise<HeardPage> {
    const from = Number(cursor);
    return {
      news: this.all.slice(from, from + limit), cursor: String(Math.min(this.all.length, from + limit)),
      more: this.all.length > from + limit,
    };
  }
  async latest(): Promise<string> { return String(this.all.length); }
}

const plansOf = (list: readonly object[]): readonly SubscriberPlan[] => subscribersSchema.parse(list);

/** Hears everything, and answers as it is told to. */
export class Listener implements Publisher {
  readonly window: number;
  readonly heard: Outgoing[] = [];
  answer: (messages: readonly Outgoing[], signal: AbortSignal) => Promise<readonly Outcome[]> = async (messages) =>
    messages.map(() => 'told');
  constructor(window = 10) { this.window = window; }
  async publish(messages: readonly Outgoing[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const outcomes = await this.answer(messages, signal);
    messages.forEach((message, index) => { if (outcomes[index] === 'told') this.heard.push(message); });
    return outcomes;
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

export interface TellingParts {
  readonly folder: string;
  readonly news: News;
  readonly plans: readonly object[];
  /** Instead of the real one. */
  readonly publisher?: Publisher;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Runs until it is disposed. */
export async function tell({
  folder, news, plans, publisher, clock = hastyClock, log = silentLog,
}: TellingParts): Promise<AsyncDisposable & { readonly events: Events }> {
  const events = await Events.open({
    file: path.join(folder, 'events.db'), news, clock, random: Math.random, log,
    subscribers: plansOf(plans).map((plan) => ({ plan, publisher: publisher ?? openPublisher(plan, clock) })),
    links: { signedLink: async (key, lasts) =>
      ({ href: `/media/${key}?signature=x`, expiresAt: millis(clock.now() + lasts) }) },
  });
  const stop = new AbortController();
  const running = events.run(stop.signal);
  running.catch(() => {}); // told when it is disposed of
  return {
    events,
    async [Symbol.asyncDispose]() {
      stop.abort();
      try {
        await running;
      } finally {
        await events[Symbol.asyncDispose]();
      }
    },
  };
}

export async function tellingFolder(): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-telling-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
