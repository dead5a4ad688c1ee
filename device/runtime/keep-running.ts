/**
 * Keeps a task of a process going that no other task of it may suffer from: what fails is logged, once
 * while it fails for the same reason, and tried again.
 */
import { backoffDelay } from '../core/backoff.ts';
import { describeError, TytoError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { minutes, seconds } from '../core/units.ts';
import type { Clock } from './clock.ts';

const AGAIN = { first: seconds(5), most: minutes(5) };
/** A task that ran this long had begun well: the next failure begins the back-off anew. */
const STEADY_AFTER = minutes(1);

/**
 * Runs `task` until `signal` aborts.
 * @param name - For the log: what does not work meanwhile.
 */
export async function keepRunning(
  name: string, task: () => Promise<void>,
  { clock, log }: { readonly clock: Clock; readonly log: Log }, signal: AbortSignal,
): Promise<void> {
  let told = '';
  for (let failures = 0; !signal.aborted;) {
    const began = clock.monotonic();
    const isSteady = (): boolean => clock.monotonic() - began > STEADY_AFTER;
    try {
      await task();
    } catch (error) {
      if (signal.aborted) return;
      const reason = describeError(error);
      if (isSteady() || reason !== told) {
        log.error(`${name} cannot be served; the rest goes on, and it is tried again`, {
          reason, ...(error instanceof TytoError ? { code: error.code } : {}),
        });
      }
      told = reason;
    }
    if (signal.aborted) return;
    failures = isSteady() ? 1 : failures + 1;
    await clock.wait(backoffDelay(AGAIN, failures, Math.random()), signal).catch(() => {});
  }
}
