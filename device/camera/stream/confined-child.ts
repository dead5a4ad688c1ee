/** Programs that read what strangers send: they gain no rights, and die with this process even when it is killed. */
import { execFile, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { seconds, type Millis } from '../../core/units.ts';

/** What stands in front of a program's name; empty where the system has no `setpriv`. */
export type Confinement = readonly string[];

const SETPRIV: Confinement = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'];

/** Tries out what this system can do. Without it, programs end when they next write to or read from us. */
export const findConfinement = (): Promise<Confinement> => new Promise((resolve) => {
  const [command = '', ...args] = SETPRIV;
  execFile(command, [...args, 'true'], { timeout: seconds(5) }, (error) => resolve(error === null ? SETPRIV : []));
});

/** Starts `command`, confined. Only for the main thread: the kernel watches over the thread that started a program. */
export function spawnConfined(
  confinement: Confinement, command: string, args: readonly string[], stdio: StdioOptions,
): ChildProcess {
  const [program = command, ...rest] = [...confinement, command, ...args];
  // In a session of its own: Ctrl-C is for us, who then end it in order.
  return spawn(program, rest, { stdio, detached: true });
}

/** Asks `child` to finish what it writes, and kills it when that takes longer than `grace`. */
export function endChild(child: ChildProcess, grace: Millis): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), grace);
  child.once('exit', () => clearTimeout(timer));
}
