import { setTimeout as wait } from 'node:timers/promises';

/**
 * Asks again and again until `check` gives something other than undefined or false.
 * @throws {Error} After `withinMs`.
 */
export async function eventually<T>(
  what: string, check: () => T | Promise<T>, withinMs = 60_000,
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await wait(10);
  }
}
