/** Objects as files below a folder. */
import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, lstat, open, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { DeviceError, systemCode } from '../../device/core/errors.ts';
import { millis } from '../../device/core/units.ts';
import { makeFolder } from '../../device/durable/make-folder.ts';
import { syncFolder } from '../../device/durable/write-file.ts';
import { keysBelow } from '../../device/landing/directory-walk.ts';
import { checkStoreKey, isStoreKey } from './key.ts';
import {
  PAGE_ENTRIES, type ByteRange, type ObjectStore, type StoredObject, type StoreEntry, type StorePage,
} from './port.ts';

export class DirectoryStore implements ObjectStore {
  readonly #root: string;
  readonly #create: boolean;
  /**
   * @param create - Whether `root` is made when it is missing. Say no for a disk or share that must be mounted first:
   *   otherwise objects would fill the disk beneath the mount point.
   */
  constructor(root: string, { create = true }: { readonly create?: boolean } = {}) {
    this.#root = path.resolve(root);
    this.#create = create;
  }

  async put(key: string, file: string): Promise<void> {
    checkStoreKey(key);
    const target = path.join(this.#root, key);
    if (!this.#create) await this.#demandRoot();
    await makeDurably(path.dirname(target));
    await moveInto(file, target);
    await syncFolder(path.dirname(target));
  }

  async open(key: string): Promise<StoredObject | undefined> {
    if (!isStoreKey(key)) return undefined;
    try {
      const handle = await open(
        path.join(this.#root, key),
        constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      const stats = await handle.stat();
      if (!stats.isFile()) {
        await handle.close();
        return undefined;
      }
      return {
        bytes: stats.size,
        read: async (offset, count) => {
          const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(count), 0, count, offset);
          return buffer.subarray(0, bytesRead);
        },
        stream: (range?: ByteRange): Readable => createReadStream('', { fd: handle, ...range }),
        [Symbol.asyncDispose]: () => handle.close(),
      };
    } catch (error) {
      if (!isGone(error) && systemCode(error) !== 'ELOOP') throw error;
      if (!this.#create) await this.#demandRoot();
      return undefined;
    }
  }

  async remove(key: string): Promise<void> {
    checkStoreKey(key);
    if (!this.#create) await this.#demandRoot();
    const file = path.join(this.#root, key);
    await rm(file, { force: true }).catch((error: unknown) => { if (!isGone(error)) throw error; });
    await this.#removeEmptyFolders(path.dirname(file));
  }

  /** @throws {Error} The system's error when a folder cannot be read: a list that leaves something out is none. */
  async list(prefix: string, cursor = '', most = PAGE_ENTRIES): Promise<StorePage> {
    if (!this.#create) await this.#demandRoot();
    const entries: StoreEntry[] = [];
    const unreadable: string[] = [];
    for await (const key of keysBelow(
      this.#root, { prefix, after: cursor, onUnreadable: (folder) => { unreadable.push(folder); } },
    )) {
      const entry = isStoreKey(key) ? await this.#entry(key) : undefined;
      if (entry !== undefined) entries.push(entry);
      if (entries.length === most) break;
    }
    if (unreadable.length > 0)
      throw new DeviceError(
        'storage.folder-unreadable',
        `${unreadable.join(', ')} in ${this.#root} cannot be read by this user; correct the owner or mode`,
      );
    return { entries, next: entries.length === most ? entries.at(-1)?.key : undefined };
  }

  async #demandRoot(): Promise<void> {
    const stats = await lstat(`${this.#root}/`).catch((error: unknown) => { if (!isGone(error)) throw error; });
    if (stats?.isDirectory() !== true)
      throw new DeviceError(
        'storage.folder-missing', `the folder ${this.#root} is not there; mount the disk or share that it is on`,
      );
  }

  async #entry(key: string): Promise<StoreEntry | undefined> {
    try {
      const { size, mtimeMs } = await lstat(path.join(this.#root, key));
      return { key, bytes: size, modifiedAt: millis(mtimeMs) };
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  async #removeEmptyFolders(folder: string): Promise<void> {
    if (!folder.startsWith(`${this.#root}${path.sep}`)) return;
    const removed = await rmdir(folder).then(() => true, () => false); // not empty, or gone already: both are fine
    if (removed) await this.#removeEmptyFolders(path.dirname(folder));
  }
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

/** Makes `folder` and the parents it lacks, durable with their names. */
async function makeDurably(folder: string): Promise<void> {
  const first = await makeFolder(folder, 0o700);
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await syncFolder(path.dirname(made));
}

/** One step on the same file system; across two, a copy beside the target first. */
async function moveInto(file: string, target: string): Promise<void> {
  try {
    return await rename(file, target);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
  }
  const draft = path.join(path.dirname(target), `.${randomUUID()}.part`);
  try {
    await copyFile(file, draft);
    await using handle = await open(draft, 'r+');
    await handle.sync();
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  await rm(file, { force: true });
}
