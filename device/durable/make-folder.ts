/**
 * Folders made with the parents they lack. Node's own recursive `mkdir` never returns where the system says of a folder
 * whose parent is there that it is not, as in `/proc`: it makes the parent for ever.
 */
import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';

/** For anyone. What others may do is what the process's mask leaves. */
const OPEN_MODE = 0o777;

/**
 * Makes `folder` and the parents it lacks.
 * @returns The outermost folder that was made; undefined when `folder` was there.
 * @throws {Error} The system's error: `ENOENT` where nothing can be made, `EEXIST` or `ENOTDIR` for a file in the way.
 */
export async function makeFolder(folder: string, mode = OPEN_MODE): Promise<string | undefined> {
  const steps = outermostFirst(folder);
  for (let step = steps.next('there'); ;) {
    if (step.done === true) return step.value;
    const next = step.value;
    step = await mkdir(next, mode).then(
      () => steps.next('made'),
      async (error: unknown) => steps.next(await isFolder(next) ? 'there' : { error }),
    );
  }
}

/** As `makeFolder`, for who cannot wait. */
export function makeFolderSync(folder: string, mode = OPEN_MODE): string | undefined {
  const steps = outermostFirst(folder);
  for (let step = steps.next('there'); ;) {
    if (step.done === true) return step.value;
    step = steps.next(makeOne(step.value, mode));
  }
}

/** What came of making one folder. */
type Outcome = 'made' | 'there' | { readonly error: unknown };

/** Folders tidied away by others between two steps, before their loss is believed. */
const MOST_LOST = 10;

/** Yields the folder to make next, and ends with the outermost that was made. */
function* outermostFirst(folder: string): Generator<string, string | undefined, Outcome> {
  const open = [folder];
  let refusalsLeft = folder.split(path.sep).length + MOST_LOST;
  let outermost: string | undefined;
  for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
    const outcome = yield next;
    if (typeof outcome === 'object') {
      if (systemCode(outcome.error) !== 'ENOENT' || refusalsLeft === 0) throw outcome.error;
      refusalsLeft -= 1;
      open.push(path.dirname(next));
      continue;
    }
    if (outcome === 'made' && (outermost === undefined || next.length < outermost.length)) outermost = next;
    open.pop();
  }
  return outermost;
}

function makeOne(folder: string, mode: number): Outcome {
  try {
    mkdirSync(folder, mode);
    return 'made';
  } catch (error) {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? 'there' : { error };
  }
}

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then((stats) => stats.isDirectory(), () => false);
