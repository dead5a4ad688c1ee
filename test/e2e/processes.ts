/** The real programs, started as a user starts them, from the build. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { basicEnvironment } from '../basic-environment.ts';

export const ROOT = path.resolve(fileURLToPath(new URL('../..', import.meta.url)));

export interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All that it printed so far. */
  readonly printed: () => string;
  /** Sends `signal` and resolves with how it ended and how long that took. Asked again, it tells of the first time. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly took: number }>;
}

/** Starts `bin/<command>.js` with `args`; of the environment only what is needed, and `env`. */
export function start(
  command: 'tyto' | 'tyto-fleet', args: readonly string[], env: Readonly<Record<string, string>>,
): Running {
  return run(process.execPath, [path.join(ROOT, 'bin', `${command}.js`), ...args], env);
}

/** Starts any program; killed, with all that it started, when disposed. */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(program, args, {
    cwd: ROOT, env: { ...basicEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => { text += chunk.toString('utf8'); });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  exited.catch(() => {});
  const stopped = async (signal: NodeJS.Signals) => {
    const since = performance.now();
    child.kill(signal);
    return { code: await exited, took: performance.now() - since };
  };
  let stopping: ReturnType<typeof stopped> | undefined;
  return {
    child,
    printed: () => text,
    // A test that is tried once more must not find an end that took its time to have taken none.
    stop: (signal = 'SIGINT') => stopping ??= stopped(signal),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
        process.kill(-child.pid, 'SIGKILL');
      await exited.catch(() => {});
    },
  };
}

/** The process ids of the children of `pid` whose command line has `role` as an argument. */
export async function childrenWithRole(pid: number, role: string): Promise<readonly number[]> {
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const children = list.trim().split(' ').filter(Boolean).map(Number);
  const found = await Promise.all(children.map(async (child) => {
    const line = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    return line.split('\0').includes(role) ? [child] : [];
  }));
  return found.flat();
}

/** Whether there is a process `pid` that has not ended. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // it ended at this very moment, perhaps
  }
}

/** Lets the process `pid` stand still for `duration` ms, as a starved machine does. One that has ended is let be. */
export function standStill(pid: number, duration: number): void {
  if (signalled(pid, 'SIGSTOP')) setTimeout(() => signalled(pid, 'SIGCONT'), duration);
}

/** Whether there was a process `pid` that `signal` could be sent to. */
function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
