/** Those who are told of what the fleet takes in, as the settings name them. */
import path from 'node:path';
import type { Log } from '../device/core/log.ts';
import { systemClock } from '../device/runtime/clock.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import { Events } from './events/events.ts';
import { openPublisher } from './events/publishers/open-publisher.ts';
import { readSubscribers } from './events/read-subscribers.ts';
import type { NewsFeed } from './index/port.ts';
import type { LibraryStore } from './storage/port.ts';

export interface EventsSurroundings {
  readonly settings: Pick<LoadedFleetSettings, 'data' | 'events'>;
  readonly index: NewsFeed;
  readonly library: LibraryStore;
  readonly log: Log;
}

/**
 * Before anything is taken in: what comes from then on is told. Where nobody is named there is no outbox.
 * @throws {ConfigError} `events.settings` with everything that is wrong.
 * @throws {DeviceError} When the outbox cannot be used.
 */
export async function openEvents({ settings, index, library, log }: EventsSurroundings): Promise<Events | undefined> {
  const plans = await readSubscribers(settings.events);
  if (plans.length === 0) return undefined;
  return Events.open({
    file: path.join(settings.data, 'events.db'), news: index, links: library, clock: systemClock,
    random: Math.random, log,
    subscribers: plans.map((plan) => ({ plan, publisher: openPublisher(plan, systemClock) })),
  });
}
