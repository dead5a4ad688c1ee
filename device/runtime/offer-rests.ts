/** How a child that has nothing to do says so. */
import { seconds } from '../core/units.ts';
import type { Clock } from './clock.ts';
import type { RestWord } from './demand.ts';
import { tellKeeper } from './parent-link.ts';

const EVERY = seconds(10);

export type RestOffer = Omit<RestWord, 'type'>;

/**
 * Asks `idle` again and again until `signal` aborts, and tells the parent: it may end this one, or give it more.
 * @param idle - Undefined while there is something to do.
 * @throws {unknown} `signal.reason` when it aborts.
 */
export async function offerRests(
  idle: () => RestOffer | undefined, clock: Clock, signal: AbortSignal, every = EVERY,
): Promise<never> {
  for (;;) {
    await clock.wait(every, signal);
    const offer = idle();
    if (offer !== undefined) tellKeeper({ type: 'rest', ...offer });
  }
}
