/**
 * Names that are to change in what was recorded, or to vanish from it: a file each in `<people>/forgotten`, written
 * before a person who is forgotten is removed, and deleted when no event has the name any more. So a name vanishes
 * whatever dies in between, also when the device was not running.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DeviceError, systemCode } from '../../core/errors.ts';
import { jsonIn } from '../../core/json-in.ts';
import { millis, type Millis } from '../../core/units.ts';
import { makeFolder } from '../../durable/make-folder.ts';
import { syncFolder, writeFileDurably } from '../../durable/write-file.ts';

export interface NewNameChange {
  readonly name: string;
  /** What the person is called instead; null for who was forgotten. */
  readonly to: string | null;
  /** Wall clock. Who is named so after it is somebody who may be named so. */
  readonly at: Millis;
}

export interface NameChange extends NewNameChange { readonly id: string }

const name = z.string().min(1).max(256);
const changeSchema = z.strictObject({
  version: z.literal(1), name, to: name.nullable().default(null), at: z.number().nonnegative(),
});
const FOLDER = 'forgotten';

export class NameChanges {
  readonly #folder: string;
  /** @param people - The folder of the people who have been named. */
  constructor(people: string) { this.#folder = path.join(people, FOLDER); }

  /** Durable when it resolves. */
  async add({ name: old, to, at }: NewNameChange): Promise<void> {
    await makeFolder(this.#folder, 0o700);
    await syncFolder(path.dirname(this.#folder));
    const change = { version: 1, name: old, ...(to === null ? {} : { to }), at };
    await writeFileDurably(this.#fileOf(randomBytes(8).toString('hex')), JSON.stringify(change));
  }

  /**
   * Those whose names may still stand in events, in the order in which they changed. A file that tells no name is left
   * out, and removed.
   * @param onUnreadable - Told of each file that the disk does not let be read now. It stays:
   * nobody may say that all is done.
   */
  async list(onUnreadable: (error: DeviceError) => void): Promise<readonly NameChange[]> {
    const found = await Promise.all((await this.#ids()).map(async (id) => {
      const text = await this.#textOf(id, onUnreadable);
      if (text === undefined) return [];
      const told = changeSchema.safeParse(jsonIn(text));
      if (told.success) return [{ id, name: told.data.name, to: told.data.to, at: millis(told.data.at) }];
      await this.done(id);
      return [];
    }));
    return found.flat().toSorted((a, b) => a.at - b.at);
  }

  /** No event has the name any more. */
  async done(id: string): Promise<void> { await rm(this.#fileOf(id), { force: true }); }

  async #ids(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).filter((file) => /^[0-9a-f]{16}\.json$/.test(file))
        .map((file) => path.basename(file, '.json'));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async #textOf(id: string, onUnreadable: (error: DeviceError) => void): Promise<string | undefined> {
    const file = this.#fileOf(id);
    try {
      return await readFile(file, 'utf8');
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT') {
        onUnreadable(new DeviceError('people.unreadable',
          `${file} cannot be read: a name that is to change in events; see that the disk works and that the user that runs Tyto may read there`, {
            cause,
          }));
      }
      return undefined;
    }
  }

  #fileOf(id: string): string { return path.join(this.#folder, `${id}.json`); }
}
