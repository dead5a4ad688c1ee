/** Finds out at the start whether a library is the one that the index was filled against. */
import { manifestKey } from '../device/contract/names.ts';
import { ConfigError, describeError } from '../device/core/errors.ts';
import type { TytoEvent } from '../device/contract/event.ts';
import type { Log } from '../device/core/log.ts';
import { hours, millis, type Millis } from '../device/core/units.ts';
import { judgeLibrary } from './storage/judge-library.ts';
import { readLibraryMemory, writeLibraryMemory } from './storage/library-memory.ts';
import type { ObjectStore } from './storage/port.ts';

/** See `index/port.ts`. */
export interface FiledBefore {
  events(
    query: { readonly to?: Millis; readonly continuous: true; readonly limit: number },
  ): Promise<{ readonly rows: readonly { readonly event: TytoEvent }[] }>;
}

export interface LibraryQuestion {
  /** Where it is remembered. */
  readonly file: string;
  readonly store: ObjectStore;
  /** For people. */
  readonly place: string;
  readonly endpoint: string;
  readonly accepted: boolean;
  readonly index: FiledBefore;
  readonly now: Millis;
  readonly log: Log;
}

/** The newest, and some of before each of these ages: what was filed lately and long ago. */
const AGES: readonly Millis[] = [1, 6, 24, 7 * 24, 30 * 24, 180 * 24, 365 * 24, 3 * 365 * 24].map(hours);
const NEWEST = 6;
const OF_EACH_AGE = 2;

/**
 * @returns For people: what it lacks, where somebody said that it is right so; undefined where it lacks
 * nothing, or cannot be asked just now.
 * @throws {ConfigError} `storage.other-library` where it lacks what was filed.
 */
export async function demandLibrary({
  file, store, place, endpoint, accepted, index, now, log,
}: LibraryQuestion): Promise<string | undefined> {
  const remembered = await readLibraryMemory(file);
  const sample = await sampleOf(index, now);
  const missing = await countMissing(store, sample).catch((error: unknown) => {
    log.warn('whether the library holds what was filed cannot be found out just now', {
      library: place, reason: describeError(error),
    });
  });
  if (missing === undefined) return undefined;
  const verdict = judgeLibrary({ remembered, place, endpoint, looked: sample.length, missing, accepted });
  if (!verdict.use) throw new ConfigError('storage.other-library', verdict.why);
  if (JSON.stringify(verdict.remember) !== JSON.stringify(remembered)) await writeLibraryMemory(file, verdict.remember);
  if (verdict.trouble !== undefined)
    log.warn('the library lacks events that were filed elsewhere', { reason: verdict.trouble });
  return verdict.trouble;
}

async function sampleOf(index: FiledBefore, now: Millis): Promise<readonly string[]> {
  const keys = new Set<string>();
  const add = async (query: { readonly to?: Millis; readonly limit: number }): Promise<void> => {
    for (const { event } of (await index.events({ ...query, continuous: true })).rows) keys.add(manifestKey(event));
  };
  await add({ limit: NEWEST });
  for (const age of AGES) await add({ to: millis(now - age), limit: OF_EACH_AGE });
  return [...keys];
}

async function countMissing(store: ObjectStore, keys: readonly string[]): Promise<number> {
  let missing = 0;
  for (const key of keys) {
    await using object = await store.open(key);
    if (object === undefined) missing++;
  }
  return missing;
}
