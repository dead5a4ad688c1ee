import type { Millis } from '../core/units.ts';

/** Time, injected: the system's clock on a device, a virtual one in tests. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. May jump when the network sets it. */
  now(): Millis;
  /** Never jumps; only differences mean anything. */
  monotonic(): Millis;
  /** Resolves after `duration` of monotonic time. @throws {unknown} `signal.reason` as soon as `signal` aborts. */
  wait(duration: Millis, signal: AbortSignal): Promise<void>;
}

/** The system's clocks. */
export const systemClock: Clock = {
  now: () => Date.now() as Millis,
  monotonic: () => performance.now() as Millis,
  wait: (duration, signal) => new Promise((resolve, reject) => {
    if (signal.aborted) return void reject(signal.reason as Error);
    const stop = (): void => { clearTimeout(timer); reject(signal.reason as Error); };
    const timer = setTimeout(() => { signal.removeEventListener('abort', stop); resolve(); }, duration);
    signal.addEventListener('abort', stop, { once: true });
  }),
};
