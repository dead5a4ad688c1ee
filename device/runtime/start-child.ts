/** Starts a role: as a process of its own, or as a thread of this one. Whoever keeps it sees no other difference. */
import { fork, type ChildProcess } from 'node:child_process';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { describeError } from '../core/errors.ts';
import { seconds } from '../core/units.ts';
import { execArgvFor, type Work } from './lean.ts';
import { STOP_WORD } from './parent-link.ts';
import type { RoleMessage } from './role-message.ts';

export type ChildPlace = 'process' | 'thread';

export interface ChildStart {
  /** Stands in the child's command line, or is the thread's name. */
  readonly role: string;
  /** What it is told behind that. */
  readonly args?: readonly string[];
  readonly module: URL;
  readonly work: Work;
  /** That of this process when absent. Of a process only. */
  readonly environment?: NodeJS.ProcessEnv;
}

export interface RunningChild {
  /** Undefined of a thread. */
  readonly process: ChildProcess | undefined;
  /** Resolves when it has ended, with how. @throws {Error} When it could not be started. */
  readonly ended: Promise<string>;
  /** Asks it to end. */
  stop(): void;
  /** Ends it, whatever it does; a thread that is stuck in the system is left behind, and ends when that lets it go. */
  kill(): void;
}

/** A thread that needs more ends by itself; the process that it is part of does not notice. */
const THREAD_LIMITS: ResourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 2 };

/** Any code can be ended sooner, only the system cannot. */
const LEFT_BEHIND_AFTER = seconds(0.5);

/** @param hear - Called with all that it says. */
export const startChild = (
  place: ChildPlace, start: ChildStart, hear: (message: RoleMessage) => void,
): RunningChild => (place === 'process' ? startProcess(start, hear) : startThread(start, hear));

function startProcess(
  { role, args = [], module, work, environment }: ChildStart, hear: (message: RoleMessage) => void,
): RunningChild {
  const child = fork(module, [role, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: execArgvFor(work, process.execArgv),
    ...(environment === undefined ? {} : { env: environment }),
  });
  child.on('message', hear);
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, killedBy) => resolve(killedBy ?? `exit code ${code ?? '?'}`));
  });
  return { process: child, ended, stop: () => child.kill('SIGTERM'), kill: () => child.kill('SIGKILL') };
}

function startThread({ role, args = [], module }: ChildStart, hear: (message: RoleMessage) => void): RunningChild {
  const worker = new Worker(module, { argv: [role, ...args], name: role, resourceLimits: THREAD_LIMITS });
  let why: string | undefined;
  worker.on('message', hear);
  worker.on('error', (error) => { why = describeError(error); });
  const ended = Promise.withResolvers<string>();
  worker.once('exit', (code) => ended.resolve(why ?? `exit code ${code}`));
  return {
    process: undefined, ended: ended.promise, stop: () => worker.postMessage(STOP_WORD, []),
    kill: () => {
      why ??= 'ended from outside';
      void worker.terminate();
      setTimeout(() => ended.resolve('left behind: it is stuck in the system'), LEFT_BEHIND_AFTER);
    },
  };
}
