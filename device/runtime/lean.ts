/**
 * What keeps Node's processes small on a board that has 1 GB for everything.
 * docs/guide/benchmarks.md has what each of it brings.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seconds, type Millis } from '../core/units.ts';

/**
 * What a process does most: `compute` keeps the compilers that pay off in loops over pixels, and has threads for these;
 * `serve` leaves both out.
 */
export type Work = 'compute' | 'serve';

/** Code that runs now and then is never compiled anew for speed; the compilers alone are 8 MB of a process. */
const UNHURRIED = ['--no-opt', '--no-maglev'] as const;
/**
 * Node.js begins each heap with a copy of one that it made when it was built, with the text of what is in it. Without
 * that a process starts 50 ms later and is 1 MB larger, but each of its threads starts sooner and is 2.5 MB smaller.
 */
const FOR_THREADS = ['--no-node-snapshot'] as const;
/**
 * On machines with much memory V8 gives each heap a copy of its own code to be nearer to it: 3 MB of a
 * process, and of each of its threads.
 */
const NO_NEAR_COPY = '--no-short-builtin-calls';
/**
 * What is short-lived may otherwise pile up to 48 MB before V8 looks for garbage, and the buffers of
 * video to 64 MB, for they are no part of its heap. Now they count, and garbage is looked for once the
 * heap has grown by three twentieths: left to itself V8 does so after a fortieth, every two seconds where video
 * comes in, and that costs more than all else that is done with a quiet camera. The first
 * time it is looked for at 8 MB, which matters to threads that come and go: without that, they end before there is a
 * first time.
 */
const SMALL_HEAP = [
  '--max-semi-space-size=1', '--memory-saver-mode', '--external-memory-accounted-in-global-limit',
  '--heap-growing-percent=15', '--initial-old-space-size=8',
] as const;

export const leanFlags = (work: Work): readonly string[] =>
  [NO_NEAR_COPY, ...SMALL_HEAP, ...(work === 'serve' ? UNHURRIED : FOR_THREADS)];

/** `execArgv` of a process for this work: `given`, but for what is there for the process that hands it on. */
export const execArgvFor = (work: Work, given: readonly string[]): string[] => {
  const lean = [...new Set([...leanFlags('serve'), ...leanFlags('compute')])];
  return [...given.filter((flag) => !lean.includes(flag)), ...leanFlags(work)];
};

/** As `leanFlags('serve')`, as far as that can be had of a process that runs already. */
export function becomeLean(): void {
  for (const flag of [...UNHURRIED, ...SMALL_HEAP]) setFlagsFromString(flag);
}

/**
 * Makes the C library give memory back: one heap for all threads of a process, of which large pieces are no part. Each
 * thread would otherwise have one of its own, in which what is freed stays. Large is what a pipe of video is read into,
 * 64 KB, and what compilers work in, 8 KB and more: it would leave holes in the heap that nothing fits into. What the
 * user has set stands. For a process that calls `forgetLean` before it starts others.
 */
export function leanEnvironment(environment: NodeJS.ProcessEnv, work: Work): NodeJS.ProcessEnv {
  const { [KEPT_CODE]: _, ...withoutKeptCode } = environment;
  const given = work === 'compute' ? withoutKeptCode : environment;
  const added = Object.keys(SMALL_MALLOC).filter((name) => given[name] === undefined);
  return { ...SMALL_MALLOC, ...given, [ADDED]: added.join() };
}

/**
 * Where Node.js keeps compiled code between starts. What it reads of that stays in memory for as long as the thread
 * lives, 5 MB of a process with four of them, and spares it a tenth of a second: that pays where processes come and go.
 */
const KEPT_CODE = 'NODE_COMPILE_CACHE';
const SMALL_MALLOC: NodeJS.ProcessEnv = {
  MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '8192', MALLOC_TRIM_THRESHOLD_: '65536',
};
/** Names what was added. */
const ADDED = 'MALLOC_SET_BY_TYTO';

/** Takes out of `environment` what `leanEnvironment` put into it. */
export function dropLean(environment: NodeJS.ProcessEnv): void {
  for (const name of environment[ADDED]?.split(',') ?? []) delete environment[name];
  delete environment[ADDED];
}

/** A start has ended, and what came with it: the first connections, the first page. */
const SETTLED = seconds(15);

/** Gives back what only the start needed, once, some time from now; in a process, or in one of its threads. */
export function settleLater(after: Millis = SETTLED): void {
  setTimeout(collectGarbage, after).unref();
}

/** Takes some 50 ms on a desk, ten times that on the smallest board. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
