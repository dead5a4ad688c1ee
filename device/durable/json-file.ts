/** lowdb's adapter with the durability that lowdb's own lacks: fsync, and the previous version kept as `.bak`. */
import { copyFile, readFile } from 'node:fs/promises';
import { Low, type Adapter } from 'lowdb';
import { ConfigError, systemCode } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { writeFileDurably } from './write-file.ts';

/**
 * Opens a JSON document kept in `file`; `empty` stands where there is no file yet.
 *
 * @param decode - Turns what the file holds into a document; throws a ConfigError that says what is wrong.
 * @throws {ConfigError} When neither the file nor its backup can be read as a document; the file is left as it is.
 */
export async function openJsonFile<T>(file: string, empty: T, decode: (raw: unknown) => T): Promise<Low<T>> {
  const low = new Low<T>(new DurableJson(file, decode), empty);
  await low.read();
  return low;
}

class DurableJson<T> implements Adapter<T> {
  readonly #file: string;
  readonly #decode: (raw: unknown) => T;
  /** Writes follow each other: two that overlap cannot tear the file or swap places. */
  readonly #put = oneAtATime(async (text: string) => {
    if (jsonIn(await readIfThere(this.#file)) !== undefined) await copyFile(this.#file, `${this.#file}.bak`);
    await writeFileDurably(this.#file, text);
  });
  constructor(file: string, decode: (raw: unknown) => T) { this.#file = file; this.#decode = decode; }

  async read(): Promise<T | null> {
    const text = await readIfThere(this.#file);
    if (text === undefined) return null;
    const raw = jsonIn(text);
    if (raw !== undefined) return this.#decode(raw);
    const backup = jsonIn(await readIfThere(`${this.#file}.bak`));
    if (backup !== undefined) return this.#decode(backup);
    throw new ConfigError('json.broken',
      `${this.#file} is not JSON and has no sound backup beside it; mend it, or move it away to start afresh`);
  }

  /** Writes `document` as it is now, whatever becomes of it while others are written. */
  write(document: T): Promise<void> { return this.#put(`${JSON.stringify(document, undefined, 2)}\n`); }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
