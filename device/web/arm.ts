import { setTimeout as wait } from 'node:timers/promises';
import { seconds, type Millis } from '../core/units.ts';
import { HttpError } from '../http/http-error.ts';
import type { DeviceBus } from './ports.ts';

const ANSWER_WITHIN: Millis = seconds(3);

/**
 * Arms or disarms, and resolves when the device says that it is so.
 * @throws {HttpError} 503 `camera.no-answer` when it does not say so in time.
 */
export async function arm(bus: DeviceBus, on: boolean, within: Millis = ANSWER_WITHIN): Promise<void> {
  const done = Promise.withResolvers<void>();
  const unsubscribe = bus.subscribe(() => { if (bus.armed() === on) done.resolve(); });
  const over = new AbortController();
  try {
    await bus.arm(on);
    if (bus.armed() === on) return;
    await Promise.race([done.promise, wait(within, undefined, { signal: over.signal }).then(() => { throw noAnswer(on); })]);
  } finally {
    unsubscribe();
    over.abort();
  }
}

const noAnswer = (on: boolean): HttpError => new HttpError(503, 'camera.no-answer',
  `the camera did not confirm that it is ${on ? 'armed' : 'disarmed'}; it may be starting, try again in a moment`, { retryAfter: 5 });
