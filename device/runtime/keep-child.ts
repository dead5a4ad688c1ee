/** Keeps one child process alive: whatever ends it, it comes back, alone, with back-off. */
import { fork, type ChildProcess } from 'node:child_process';
import { backoffDelay } from '../core/backoff.ts';
import { ConfigError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, minutes, seconds, type Millis } from '../core/units.ts';
import type { Clock } from './clock.ts';
import type { RoleMessage } from './role.ts';

export interface ChildSpec {
  /** Stands in the child's command line. */
  readonly role: string;
  readonly module: URL;
  /** Called at each start that succeeds. */
  readonly onReady: (notice: string | undefined) => void;
}

/** A child that ran this long had started well: the next failure begins the back-off anew. */
const STEADY_AFTER = minutes(1);
const RESTART = { first: seconds(0.5), most: seconds(30) };
/** Between asking a child to stop and ending it: what it holds is safe on disk either way. */
const STOP_DEADLINE = seconds(2.5);

/**
 * Runs until `signal` aborts; the child is then stopped first.
 * @throws {ConfigError} When the child refuses to start for a mistake in the settings and was never ready before.
 */
export async function keepChild(spec: ChildSpec, { log, clock }: { readonly log: Log; readonly clock: Clock }, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let wasReady = false;
  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    const end = await runOnce(spec, () => { wasReady = true; }, signal);
    if (signal.aborted) return;
    if (end.failure?.config === true && !wasReady) throw new ConfigError('role.refused', end.failure.message);
    failures = clock.monotonic() - startedAt > STEADY_AFTER ? 1 : failures + 1;
    const delay = failures === 1 ? millis(0) : backoffDelay(RESTART, failures - 1, Math.random());
    log.warn(`${spec.role} ended and is started again`, { how: end.how, inSeconds: delay / 1000, ...(end.failure === undefined ? {} : { reason: end.failure.message }) });
    await clock.wait(delay, signal).catch(() => {});
  }
}

interface ChildEnd { readonly how: string; readonly failure: (RoleMessage & { type: 'failed' }) | undefined }

function runOnce(spec: ChildSpec, onReady: () => void, signal: AbortSignal): Promise<ChildEnd> {
  const child = fork(spec.module, [spec.role], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const release = stopWith(child, signal, STOP_DEADLINE);
  let failure: ChildEnd['failure'];
  child.on('message', (message: RoleMessage) => {
    if (message.type === 'failed') { failure = message; return; }
    onReady();
    spec.onReady(message.notice);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, killedBy) => {
      release();
      resolve({ how: killedBy ?? `exit code ${code ?? '?'}`, failure });
    });
  });
}

/** Asks `child` to stop when `signal` aborts, and ends it when it does not within `deadline`. */
function stopWith(child: ChildProcess, signal: AbortSignal, deadline: Millis): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), deadline);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return () => { clearTimeout(timer); signal.removeEventListener('abort', stop); };
}
