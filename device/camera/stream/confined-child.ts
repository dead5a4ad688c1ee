/** Programs that read what strangers send: they gain no rights, and die with this process even when it is killed. */
import { execFile, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { seconds, type Millis } from '../../core/units.ts';
import { bareEnvironment } from '../../runtime/child-environment.ts';

/** What stands in front of a program's name; empty where the system has no `setpriv`. */
export type Confinement = readonly string[];

const SETPRIV: Confinement = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs', '--'];

/** Tries out what this system can do. Without it, programs end when they next write to or read from us. */
export const findConfinement = async (): Promise<Confinement> => (await works(SETPRIV) ? SETPRIV : []);

/**
 * The same, tried out by the shell that a program is started through: for who starts one or two and ends with them. To
 * find out in a process of its own would cost more than all that comes before the program, 10 ms.
 */
export const CONFINED_IF_POSSIBLE: Confinement = [
  // What the shell itself adds to the environment is taken out again.
  'sh', '-c',
  `unset PWD OLDPWD SHLVL; ${SETPRIV.join(' ')} true >/dev/null 2>&1 && exec ${SETPRIV.join(' ')} "$@"; exec "$@"`,
  'sh',
];

/** Of the system's administrator, who would otherwise pass all of them on. */
const NO_CAPABILITIES = ['--inh-caps=-all', '--bounding-set=-all'] as const;
/** The user and group that own nothing (`nobody`). */
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'] as const;

/**
 * As `findConfinement`, for programs that open no more than a camera: where we are the system's administrator, they
 * may do nothing of what that allows.
 */
export async function findCameraConfinement(): Promise<Confinement> {
  const [program = '', ...rights] = SETPRIV.slice(0, -1);
  const bare = [program, ...rights, ...NO_CAPABILITIES, '--'];
  return process.getuid?.() === 0 && await works(bare) ? bare : await findConfinement();
}

/**
 * The same for a program that opens nothing here and only reads what a stranger sends. It is nobody where we can make
 * it so, and is told nothing of our environment, where passwords may stand.
 */
export function asStranger(confinement: Confinement): Confinement {
  const rights = confinement.includes(NO_CAPABILITIES[1])
    ? [...confinement.slice(0, -1), ...NOBODY, '--']
    : confinement;
  return withoutEnvironment(rights);
}

/** The same for a program that opens a device here to work on what a stranger sends. */
export const withoutEnvironment = (confinement: Confinement): Confinement => [
  'env', '-i', ...Object.entries({ ...bareEnvironment(), ...SMALL }).map(([name, value]) => `${name}=${value}`),
  ...confinement,
];

/**
 * Pictures are given back to the system when they are freed, rather than kept for the next: 5 MB of an
 * ffmpeg, for a few calls a second.
 */
const SMALL = { MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '65536' };

const works = ([command = '', ...args]: Confinement): Promise<boolean> => new Promise((resolve) => {
  execFile(command, [...args, 'true'], { timeout: seconds(5) }, (error) => resolve(error === null));
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
