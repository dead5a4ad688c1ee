/** How many commands are taken in a while: a program gone wild must cost neither log nor bus. Pure. */
import { seconds, type Millis } from '../core/units.ts';

/** Nobody presses a button this often. */
const MOST = 20;
const WITHIN = seconds(10);

export interface CommandCount { readonly since: Millis; readonly taken: number }

export const noCommands: CommandCount = { since: -Infinity as Millis, taken: 0 };

/**
 * What one more command at `now` (monotonic) means. `tell`: it is the first of those that are too
 * many, and somebody should hear of it.
 */
export function countCommand(before: CommandCount, now: Millis): readonly [CommandCount, 'take' | 'tell' | 'drop'] {
  const count = now - before.since > WITHIN ? { since: now, taken: 1 } : { ...before, taken: before.taken + 1 };
  return [count, count.taken <= MOST ? 'take' : count.taken === MOST + 1 ? 'tell' : 'drop'];
}
