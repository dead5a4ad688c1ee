import { FileStore } from '@tus/file-store';
import type { Upload } from '@tus/server';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { systemCode } from '../../../device/core/errors.ts';
import type { Millis } from '../../../device/core/units.ts';

/**
 * Uploads in pieces as files. What was acknowledged survives a power cut; the length of
 * an upload is known from its start.
 */
export class DurableFileStore extends FileStore {
  constructor(folder: string, lasts: Millis) {
    super({ directory: folder, expirationPeriodInMilliseconds: lasts });
    this.extensions = ['creation', 'creation-with-upload', 'termination', 'expiration'];
  }

  override async write(body: Readable, id: string, offset: number): Promise<number> {
    try {
      return await super.write(body, id, offset);
    } finally {
      await sync(this.#file(id)); // what came before the line broke counts, too
    }
  }

  override async create(upload: Upload): Promise<Upload> {
    const made = await super.create(upload);
    await sync(this.#file(upload.id));
    return made;
  }

  fileOf(id: string): string { return this.#file(id); }

  /** Undefined when there is none. */
  async bytesOf(id: string): Promise<number | undefined> {
    try {
      return (await stat(this.#file(id))).size;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Gives its room back and leaves its length: who did not hear that it is whole may still ask. */
  async hollow(id: string, bytes: number): Promise<void> {
    const shell = `${this.#file(id)}.shell`;
    {
      await using handle = await open(shell, 'w', 0o600);
      await handle.truncate(bytes);
    }
    await rename(shell, this.#file(id));
  }

  /** Resolves too when there is none. */
  async discard(id: string): Promise<void> {
    const files = [this.#file(id), `${this.#file(id)}.json`, `${this.#file(id)}.shell`];
    await Promise.all(files.map((file) => rm(file, { force: true })));
  }

  #file(id: string): string { return path.join(this.directory, id); }
}

async function sync(file: string): Promise<void> {
  await using handle = await open(file, 'r+');
  await handle.sync();
}
