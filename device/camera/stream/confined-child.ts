/** Programs that read what strangers send: they gain no rights, and die with this process even when it is killed. */
import { execFile, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { seconds } from '../../core/units.ts';

/** What stands in front of a program's name; empty where the system has no `setpriv`. */
export type Confinement = readonly string[];

const SETPRIV: Confinement = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'];

/** Tries out what this system can do. Without it, programs end when they next write to or read from us. */
export const findConfinement = (): Promise<Confinement> => new Promise((resolve) => {
  const [command = '', ...args] = SETPRIV;
  execFile(command, [...args, 'true'], { timeout: seconds(5) }, (error) => resolve(error === null ? SETPRIV : []));
});

/** Starts `command`, confined. It must be started by the main thread: the kernel watches over the thread that started it. */
export function spawnConfined(confinement: Confinement, command: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [program = command, ...rest] = [...confinement, command, ...args];
  return spawn(program, rest, { stdio });
}

/** How long a program may take to finish what it writes before it is killed. */
const GRACE = seconds(1);

/** Asks `child` to finish, and kills it when it does not within a second. */
export function endChild(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
  child.once('exit', () => clearTimeout(timer));
}
