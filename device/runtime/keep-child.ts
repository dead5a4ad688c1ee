/**
 * Keeps one child alive, a process or a thread: whatever ends it, it comes back, alone, with back-off; one that hangs
 * is ended.
 */
import { ConfigError, describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, minutes, seconds, type Millis } from '../core/units.ts';
import { afterEnd } from './after-end.ts';
import type { Clock } from './clock.ts';
import type { Demand } from './demand.ts';
import { settleLater } from './lean.ts';
import type { RoleMessage } from './role-message.ts';
import { startChild, type ChildPlace, type ChildStart, type RunningChild } from './start-child.ts';
import { Watchdog, type SilenceLimits } from './watchdog.ts';

export interface ChildSpec extends ChildStart {
  /** Asked before each start; a process when absent. */
  readonly place?: () => Promise<ChildPlace>;
  /** Whether the device stops when the child refuses to start; without that, the others go on and it is tried again. */
  readonly vital: boolean;
  /** Who asks for it; without, it is always there. */
  readonly demand?: Demand;
  /** Called at each start that succeeds. */
  readonly onReady: (notice: string | undefined) => void;
}

export interface ChildKeeping {
  readonly log: Log;
  readonly clock: Clock;
  /** A child that says nothing for longer hangs and is killed. */
  readonly silence?: SilenceLimits;
}

/** A slow board loads for a while; afterwards a sign of life comes every 2 s. */
const SILENCE: SilenceLimits = { first: seconds(60), between: seconds(20) };
/** A child that ran this long had started well: the next failure begins the back-off anew. */
const STEADY_AFTER = minutes(1);
/** Between asking a child to stop and ending it: what it holds is safe on disk either way. */
const STOP_DEADLINE = seconds(2.5);
/** The process that a thread is part of has as long itself, and more to do. */
const THREAD_STOP_DEADLINE = seconds(1);

/**
 * Runs until `signal` aborts; the child is then stopped first.
 * @throws {ConfigError} When a vital child refuses to start for a mistake of the user and was never ready before.
 */
export async function keepChild(spec: ChildSpec, keeping: ChildKeeping, signal: AbortSignal): Promise<void> {
  const { log, clock } = keeping;
  const refusals = new Refusals(spec.role, log);
  let failures = 0;
  let wasReady = false;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    const { how, failure, rested } = await runOnce(spec, () => { wasReady = true; refusals.ended(); }, keeping, signal);
    if (signal.aborted) return;
    if (rested === true) {
      failures = 0;
      settleLater(); // what its coming and going has left in this process
      log.debug(`${spec.role} has nothing to do and has ended`);
      await spec.demand?.needed(signal).catch(() => {});
      continue;
    }
    failures = clock.monotonic() - startedAt > STEADY_AFTER ? 1 : failures + 1;
    const refused = failure?.config === true;
    spec.demand?.lost(refused);
    const next = afterEnd({ vital: spec.vital, refused, wasReady, failures }, Math.random());
    if (next.do === 'stop-device') throw new ConfigError('role.refused', failure?.message ?? how);
    const reason = failure === undefined ? {} : { reason: failure.message };
    if (refused && !wasReady) refusals.tell(failure.message, next.after);
    else log.warn(`${spec.role} ended and is started again`, { how, inSeconds: inSeconds(next.after), ...reason });
    await clock.wait(next.after, signal).catch(() => {});
  }
}

/** Why a child does not start is for a person: said once, and again only when it is something else. */
class Refusals {
  readonly #role: string;
  readonly #log: Log;
  #told: string | undefined;
  constructor(role: string, log: Log) { this.#role = role; this.#log = log; }

  tell(why: string, again: Millis): void {
    if (why === this.#told) return;
    this.#told = why;
    const role = this.#role;
    this.#log.error(`${role} does not start: ${why}. The rest goes on; `
      + `${role} is tried again every ${inSeconds(again)} s`);
  }

  ended(): void {
    if (this.#told !== undefined) this.#log.info(`${this.#role} runs now`);
    this.#told = undefined;
  }
}

interface ChildEnd {
  readonly how: string;
  readonly failure?: (RoleMessage & { type: 'failed' }) | undefined;
  /** It ended because it had nothing to do. */
  readonly rested?: boolean;
}

async function runOnce(
  spec: ChildSpec, onReady: () => void, { log, silence = SILENCE }: ChildKeeping, signal: AbortSignal,
): Promise<ChildEnd> {
  const { demand } = spec;
  let place: ChildPlace;
  try {
    await demand?.prepare();
    place = await spec.place?.() ?? 'process';
  } catch (error) {
    return {
      how: 'not started',
      failure: { type: 'failed', message: describeError(error), config: error instanceof ConfigError },
    };
  }
  if (signal.aborted) return { how: 'not started' };
  const enough = new AbortController();
  let failure: ChildEnd['failure'];
  let rested = false;
  const child = startChild(place, spec, (message) => {
    watchdog.heard();
    switch (message.type) {
      case 'alive': return;
      case 'failed': failure = message; return;
      case 'ready':
        onReady();
        if (child.process !== undefined) demand?.serve?.(child.process);
        return spec.onReady(message.notice);
      case 'taken': return demand?.took();
      case 'rest':
        if (rested || demand?.release(message) !== true) return;
        rested = true;
        return enough.abort();
      default: return message satisfies never;
    }
  });
  using watchdog = new Watchdog(silence, (silentFor) => {
    log.error(`${spec.role} has said nothing for ${inSeconds(silentFor)} s and is ended`);
    child.kill();
  });
  const deadline = place === 'thread' ? THREAD_STOP_DEADLINE : STOP_DEADLINE;
  const release = stopWith(child, AbortSignal.any([signal, enough.signal]), deadline);
  if (child.process !== undefined) demand?.begin?.(child.process);
  const how = await child.ended;
  release();
  return { how, failure, rested };
}

/** Asks `child` to stop when `signal` aborts, and ends it when it does not within `deadline`. */
function stopWith(child: RunningChild, signal: AbortSignal, deadline: Millis): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.stop();
    timer = setTimeout(() => child.kill(), deadline);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => { clearTimeout(timer); signal.removeEventListener('abort', stop); };
}
