import { isAbort } from '../core/errors.ts';

/** A long piece of work: returns when `signal` aborts, after cleaning up; throws when it fails. */
export type Task = (signal: AbortSignal) => Promise<void>;

/**
 * Runs `tasks` until `stop` aborts or one ends or fails; either stops the others, and all are waited for.
 * @throws {AggregateError} One named error per task that failed, those that failed while stopping included.
 */
export async function supervise(tasks: Readonly<Record<string, Task>>, stop: AbortSignal): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  const runs = Object.entries(tasks).map(async ([name, task]) => {
    try {
      await task(signal);
    } catch (cause) {
      if (!isAbort(cause, signal)) throw new Error(`${name} failed`, { cause });
    } finally {
      over.abort();
    }
  });
  const errors = (await Promise.allSettled(runs)).flatMap((run) =>
    (run.status === 'rejected' ? [run.reason as unknown] : []));
  if (errors.length > 0) throw new AggregateError(errors, 'a task failed');
}
