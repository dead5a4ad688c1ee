/**
 * Names that are to vanish from what was recorded: a file each in `<people>/forgotten`, written before the person is removed and
 * deleted when no event has the name any more. So a name vanishes whatever dies in between, also when the device was not running.
 */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { systemCode } from '../../core/errors.ts';
import { millis, type Millis } from '../../core/units.ts';
import { syncFolder, writeFileDurably } from '../../durable/write-file.ts';

export interface ForgottenName {
  readonly id: string;
  readonly name: string;
  /** Wall clock. Who is named anew after it is somebody who may be named. */
  readonly at: Millis;
}

const forgottenSchema = z.strictObject({ version: z.literal(1), name: z.string().min(1).max(256), at: z.number().nonnegative() });
const FOLDER = 'forgotten';

export class ForgottenNames {
  readonly #folder: string;
  /** @param people - The folder of the people who have been named. */
  constructor(people: string) { this.#folder = path.join(people, FOLDER); }

  /** Durable when it resolves. */
  async add({ id, name, at }: ForgottenName): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await syncFolder(path.dirname(this.#folder));
    await writeFileDurably(this.#fileOf(id), JSON.stringify({ version: 1, name, at }));
  }

  /** Those whose names may still stand in events. What cannot be read tells no name: it is left out, and removed. */
  async list(): Promise<readonly ForgottenName[]> {
    const found = await Promise.all((await this.#ids()).map(async (id) => {
      const told = forgottenSchema.safeParse(parsed(await readFile(this.#fileOf(id), 'utf8').catch(() => '')));
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
      return (await readdir(this.#folder)).filter((file) => /^[0-9a-f]{16}\.json$/.test(file)).map((file) => path.basename(file, '.json'));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  #fileOf(id: string): string { return path.join(this.#folder, `${id}.json`); }
}

function parsed(text: string): unknown {
  try { return JSON.parse(text); } catch { return undefined; }
}
