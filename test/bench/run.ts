import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { note } from './progress.ts';
import type { Command } from './project.ts';

/**
 * What a command prints. `input` is fed to it.
 * @throws {Error} When it fails; the message holds what it said.
 */
export const outputOf = ([program, ...args]: Command): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 256 * 1024 * 1024 }, (error, output, complaint) => {
      if (error === null) resolve(output);
      else reject(new Error(`${program} ${args.join(' ')}: ${complaint.trim() || error.message}`));
    });
  });

/**
 * `work` on each of `items`, as many at a time as there are processors; results in the order of items. Says how far
 * it is.
 */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (index % 10 === 0) note(`clip ${index + 1} of ${items.length}`);
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** Objects, one a line. */
export const parseLines = (output: string): unknown[] =>
  output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
