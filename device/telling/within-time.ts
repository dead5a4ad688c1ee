import type { Millis } from '../core/units.ts';

export interface TimeLimit {
  readonly most: Millis;
  /** What is thrown when the time is up. */
  readonly late: () => Error;
}

/**
 * What `work` comes to; its signal aborts when the time is up, and when `signal` does.
 * @throws {unknown} The reason for which its signal aborted, whatever `work` made of that; else what `work` throws.
 */
export async function withinTime<T>(
  { most, late }: TimeLimit, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const over = new AbortController();
  const stop = (): void => over.abort(signal.reason);
  const timer = setTimeout(() => over.abort(late()), most);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await work(over.signal);
  } catch (error) {
    throw over.signal.aborted ? over.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
