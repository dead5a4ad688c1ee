/** How a child process that has nothing to do says so. */
import { seconds } from '../core/units.ts';
import type { Clock } from './clock.ts';
import type { RoleMessage } from './role.ts';

const EVERY = seconds(10);

/**
 * Asks `idle` again and again until `signal` aborts, and tells the parent: it may end this process, or give it more.
 * @param idle - Undefined while there is something to do; else how much the parent has handed over, as `RestWord.taken`.
 * @throws {unknown} `signal.reason` when it aborts.
 */
export async function offerRests(idle: () => number | undefined, clock: Clock, signal: AbortSignal, every = EVERY): Promise<never> {
  for (;;) {
    await clock.wait(every, signal);
    const taken = idle();
    if (taken !== undefined) process.send?.({ type: 'rest', taken } satisfies RoleMessage);
  }
}
