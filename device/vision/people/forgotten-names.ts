/**
 * Names that are to vanish from what was recorded: a file each in `<people>/forgotten`, written before the
 * person is removed and deleted when no event has the name any more. So a name vanishes whatever dies in
 * between, also when the device was not running.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DeviceError, systemCode } from '../../core/errors.ts';
import { jsonIn } from '../../core/json-in.ts';
import { millis, type Millis } from '../../core/units.ts';
import { makeFolder } from '../../durable/make-folder.ts';
import { syncFolder, writeFileDurably } from '../../durable/write-file.ts';

export interface ForgottenName {
  readonly id: string;
  readonly name: string;
  /** Wall clock. Who is named anew after it is somebody who may be named. */
  readonly at: Millis;
}

const forgottenSchema = z.strictObject({
  version: z.literal(1), name: z.string().min(1).max(256), at: z.number().nonnegative(),
});
const FOLDER = 'forgotten';

export class ForgottenNames {
  readonly #folder: string;
  /** @param people - The folder of the people who have been named. */
  constructor(people: string) { this.#folder = path.join(people, FOLDER); }

  /** Durable when it resolves. */
  async add({ id, name, at }: ForgottenName): Promise<void> {
    await makeFolder(this.#folder, 0o700);
    await syncFolder(path.dirname(this.#folder));
    await writeFileDurably(this.#fileOf(id), JSON.stringify({ version: 1, name, at }));
  }

  /**
   * Those whose names may still stand in events. A file that tells no name is left out, and removed.
   * @param onUnreadable - Told of each file that the disk does not let be read now. It stays:
   * nobody may say that all are forgotten.
   */
  async list(onUnreadable: (error: DeviceError) => void): Promise<readonly ForgottenName[]> {
    const found = await Promise.all((await this.#ids()).map(async (id) => {
      const text = await this.#textOf(id, onUnreadable);
      if (text === undefined) return [];
      const told = forgottenSchema.safeParse(jsonIn(text));
      if (told.success) return [{ id, name: told.data.name, at: millis(told.data.at) }];
      await this.done(id);
      return [];
    }));
    return found.flat();
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
          `${file} cannot be read: a name that is to be forgotten; see that the disk works and that the user that runs Tyto may read there`, {
            cause,
          }));
      }
      return undefined;
    }
  }

  #fileOf(id: string): string { return path.join(this.#folder, `${id}.json`); }
}
