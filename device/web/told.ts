import { setTimeout as wait } from 'node:timers/promises';
import type { Millis } from '../core/units.ts';
import type { DeviceBus } from './ports.ts';

/** Does `say`, and waits until the device tells that it `isSo`, for at most `within`. @returns Whether it is so. */
export async function told(
  bus: DeviceBus, within: Millis, isSo: () => boolean, say: () => Promise<void>,
): Promise<boolean> {
  const done = Promise.withResolvers<void>();
  const unsubscribe = bus.subscribe(() => { if (isSo()) done.resolve(); });
  const over = new AbortController();
  try {
    await say();
    if (!isSo()) await Promise.race([done.promise, wait(within, undefined, { signal: over.signal })]);
    return isSo();
  } finally {
    unsubscribe();
    over.abort();
  }
}
