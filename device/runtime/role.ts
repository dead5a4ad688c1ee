/**
 * The life of one process, or of a thread that could be one: one stop signal, one exit code that says who must act, no
 * stack trace for a user's mistake.
 */
import { BugError, ConfigError, describeError, isAbort, TytoError, UsageError } from '../core/errors.ts';
import { isRefusedBySystem } from '../core/system-words.ts';
import { seconds, type Millis } from '../core/units.ts';
import { forgetLean } from './child-environment.ts';
import { settleLater } from './lean.ts';
import { isKept, tellKeeper } from './parent-link.ts';
import type { RoleMessage } from './role-message.ts';
import { shutdownSignal, StopRequest } from './shutdown.ts';
import type { Task } from './supervise.ts';

/** Exit codes, as in sysexits.h; docs/reference/commands.md tells users. */
export const EXIT = { ok: 0, usage: 64, unavailable: 69, bug: 70, config: 78 } as const;

/** Between two signs of life. The first comes after as long, so that what a start does in one go falls before it. */
export const ALIVE_EVERY: Millis = seconds(2);

/** Tells the parent that the role does its work; `notice` is a line for the person at the terminal. */
export function reportReady(notice?: string): void {
  settleLater();
  tellKeeper({ type: 'ready', ...(notice === undefined ? {} : { notice }) });
}

/**
 * Runs `task` until it ends or the process is told to stop, then exits. A failure is told to the parent, or printed
 * where there is none. The parent hears meanwhile that the event loop turns.
 * @param program - What a printed failure begins with.
 */
export async function runRole(task: Task, aliveEvery: Millis = ALIVE_EVERY, program = 'tyto'): Promise<never> {
  forgetLean();
  const signal = shutdownSignal();
  sayAlive(aliveEvery);
  process.on('uncaughtException', (error) => { void exitWith(error, program, signal); });
  try {
    await task(signal);
    await outputTaken(signal);
    process.exit(); // with process.exitCode, where the task has set it
  } catch (error) {
    if (isAbort(error, signal) || error instanceof StopRequest) process.exit(EXIT.ok);
    return exitWith(error, program, signal);
  }
}

/** The first user's mistake inside `error`, if there is one: an AggregateError may carry several failures. */
function configErrorIn(error: unknown): ConfigError | undefined {
  if (error instanceof ConfigError) return error;
  if (error instanceof AggregateError) return error.errors.map(configErrorIn).find((inner) => inner !== undefined);
  return error instanceof Error && error.cause !== undefined ? configErrorIn(error.cause) : undefined;
}

/** One sign at a time: a parent that stands still finds one when it goes on, not a heap of them. */
function sayAlive(every: Millis): void {
  let isUnderWay = false;
  setInterval(() => {
    if (isUnderWay || !isKept()) return;
    isUnderWay = true;
    tellKeeper({ type: 'alive' }, () => { isUnderWay = false; });
  }, every).unref();
}

async function exitWith(error: unknown, program: string, signal: AbortSignal): Promise<never> {
  const mistake = configErrorIn(error);
  const expected = mistake ?? (error instanceof TytoError && !(error instanceof BugError) ? error : undefined);
  const isBug = expected === undefined && !isRefusedBySystem(error);
  const message = isBug ? stackOf(error) : describeError(expected ?? error);
  await tell({ type: 'failed', message, config: mistake !== undefined }, program);
  await outputTaken(signal);
  if (mistake !== undefined) process.exit(mistake instanceof UsageError ? EXIT.usage : EXIT.config);
  process.exit(isBug ? EXIT.bug : EXIT.unavailable);
}

/** A pipe takes what is printed as fast as it is read; what it has not taken when the process exits is lost. */
const outputTaken = (signal: AbortSignal): Promise<void> => new Promise((resolve) => {
  if (process.stdout.writableLength === 0 || signal.aborted) return resolve();
  process.stdout.write('', () => resolve());
  signal.addEventListener('abort', () => resolve());
});

function tell(message: RoleMessage & { type: 'failed' }, program: string): Promise<void> {
  return new Promise((resolve) => {
    if (isKept()) tellKeeper(message, resolve);
    else process.stderr.write(`${program}: ${message.message}\n`, () => resolve());
  });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError
    ? error.errors.map(stackOf).join('\n')
    : error.cause === undefined ? '' : `caused by ${stackOf(error.cause)}`;
  return inner === '' ? error.stack ?? error.message : `${error.stack ?? error.message}\n${inner}`;
}
