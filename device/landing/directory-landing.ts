/**
 * A landing store in a folder: a disk, or a share of the network.
 *
 * Objects are copies of the recordings: a landing belongs to whoever reads it, and what a reader does to an object in
 * place (or to its mode and owner) must not reach the recording it came from. Only a folder that is as much ours as the
 * recordings are may hold them under a second name (a hard link) instead, which takes no room. That is safe because
 * nobody writes into either: a recording that was uploaded is never written to again (recovery cuts only what was never
 * complete), a new picture is another file under the old name, and a reader of the landing reads and unlinks.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  link, lstat, open, readdir, realpath, rename, rm, rmdir, unlink, type FileHandle,
} from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import { makeFolder } from '../durable/make-folder.ts';
import { syncFolder } from '../durable/write-file.ts';
import { keysBelow } from './directory-walk.ts';
import { folderError, folderMissing } from './folder-errors.ts';
import { checkKey, DRAFT_SUFFIX, staysInside } from './key.ts';
import type {
  Delivery, LandedObject, LandingEntry, LandingPage, LandingReader, LandingWriter, PutOptions,
} from './port.ts';
import { paced, verifiedChunks } from './source.ts';

const PAGE_ENTRIES = 1000;
/** Made durable in steps, so that neither a stop nor the writing of others waits for one long flush of an SD card. */
const SYNC_EVERY_BYTES = 8 * 1024 * 1024;
/** Readable for the owner and the group: a reader may be another user of the same group. */
const FILE_MODE = 0o660;
const FOLDER_MODE = 0o770;
const MOST_KNOWN_FOLDERS = 64;
const DRAFT_NAME = /^\..+\.[0-9a-f-]{36}\.part$/;

export interface DirectoryLandingOptions {
  /**
   * Whether the folder itself is made when missing (and is empty until then). Say no for a disk or share that must be
   * mounted first: otherwise its recordings would fill the disk beneath the mount point.
   */
  readonly create: boolean;
  /**
   * Whether a file on the same file system gets a second name here instead of a copy. What is put must then be durable,
   * and its readers be of the same user. Default no.
   */
  readonly link?: boolean;
}

export class DirectoryLanding implements LandingWriter, LandingReader {
  readonly #root: string;
  readonly #create: boolean;
  readonly #mayLink: boolean;
  /** Folders that are there and hold no draft of an earlier run. */
  readonly #ready = new Set<string>();
  /** Drafts that are being written just now: several may be. */
  readonly #drafts = new Set<string>();
  constructor(root: string, { create, link: mayLink = false }: DirectoryLandingOptions) {
    this.#root = path.resolve(root);
    this.#create = create;
    this.#mayLink = mayLink;
  }

  async put(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const file = path.join(this.#root, key);
    const draft = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}${DRAFT_SUFFIX}`);
    this.#drafts.add(draft);
    try {
      const isLinked = this.#mayLink && await this.#linkDraft(draft, delivery, signal);
      if (!isLinked)
        await this.#writeDraft(draft, paced(verifiedChunks(delivery, signal, { chunks: 'lent' }), options));
      await rename(draft, file);
      // when the key is a name of the same file already, rename leaves both
      if (isLinked) await rm(draft, { force: true });
      await syncFolder(path.dirname(file));
      if (isLinked) options.onBytes?.(delivery.bytes);
    } catch (cause) {
      await rm(draft, { force: true }).catch(() => {}); // the cause says it all
      signal.throwIfAborted();
      throw folderError(cause, this.#root);
    } finally {
      this.#drafts.delete(draft);
    }
  }

  async list(prefix: string, cursor: string | undefined, signal: AbortSignal): Promise<LandingPage> {
    try {
      if (!this.#create) await this.#demandRoot();
      const entries: LandingEntry[] = [];
      const unreadable = new Set<string>();
      const page = (next: string | undefined): LandingPage => ({ entries, next, unreadable: [...unreadable] });
      const walk = { prefix, after: cursor ?? '', onUnreadable: (folder: string) => { unreadable.add(folder); } };
      for await (const key of keysBelow(this.#root, walk)) {
        signal.throwIfAborted();
        const entry = await this.#entry(key);
        if (entry === 'unreadable') unreadable.add(key.slice(0, key.lastIndexOf('/') + 1));
        else if (entry !== undefined) entries.push(entry);
        if (entries.length === PAGE_ENTRIES) return page(key);
      }
      return page(undefined);
    } catch (cause) {
      signal.throwIfAborted();
      throw folderError(cause, this.#root);
    }
  }

  async open(key: string, signal: AbortSignal): Promise<LandedObject | undefined> {
    signal.throwIfAborted();
    if (!await this.#isOurs(key)) return undefined;
    try {
      // Non-blocking and without following: whoever may write here could have left a pipe or a link instead of a file.
      const handle = await open(
        path.join(this.#root, key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
      );
      const stats = await handle.stat();
      if (stats.isFile()) return { bytes: stats.size, body: handle.createReadStream({ signal }) };
      await handle.close();
      return undefined;
    } catch (cause) {
      if (isGone(cause) || systemCode(cause) === 'ELOOP') return undefined;
      throw folderError(cause, this.#root);
    }
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!await this.#isOurs(key)) return;
    try {
      await unlink(path.join(this.#root, key));
    } catch (cause) {
      if (!isGone(cause)) throw folderError(cause, this.#root);
    }
    await this.#removeEmptyFolders(path.dirname(path.join(this.#root, key)));
  }

  /** @returns False when it cannot be linked, for whatever reason: the copy will tell if it is one that matters. */
  async #linkDraft(draft: string, delivery: Delivery, signal: AbortSignal): Promise<boolean> {
    if (!('file' in delivery.content)) return false;
    await this.#makeReady(path.dirname(draft));
    try {
      await link(delivery.content.file, draft);
    } catch {
      return false;
    }
    if (!(await lstat(draft)).isFile()) { // a symbolic link was linked itself, and readers follow none
      await rm(draft);
      return false;
    }
    for await (const _ of verifiedChunks(delivery, signal, { chunks: 'lent', file: draft }));
    return true;
  }

  async #writeDraft(draft: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await using handle = await this.#openDraft(draft);
    let unsynced = 0;
    for await (const chunk of chunks) {
      await handle.writeFile(chunk); // appends: writeFile on a handle goes on from its position
      unsynced += chunk.byteLength;
      if (unsynced < SYNC_EVERY_BYTES) continue;
      await handle.datasync();
      unsynced = 0;
    }
    await handle.sync();
  }

  /** A reader may have removed an empty folder since it was made: then it is made once more. */
  async #openDraft(draft: string): Promise<FileHandle> {
    const folder = path.dirname(draft);
    await this.#makeReady(folder);
    try {
      return await open(draft, 'wx', FILE_MODE);
    } catch (cause) {
      if (systemCode(cause) !== 'ENOENT') throw cause;
      this.#ready.delete(folder);
      await this.#makeReady(folder);
      return open(draft, 'wx', FILE_MODE);
    }
  }

  async #makeReady(folder: string): Promise<void> {
    if (this.#ready.has(folder)) return;
    if (!this.#create) await this.#demandRoot();
    const first = await makeFolder(folder, FOLDER_MODE);
    if (first === undefined) await removeDrafts(folder, this.#drafts);
    else await syncUpTo(folder, path.dirname(first));
    if (this.#ready.size >= MOST_KNOWN_FOLDERS) this.#ready.clear();
    this.#ready.add(folder);
  }

  async #demandRoot(): Promise<void> {
    const stats = await lstat(`${this.#root}/`).catch((cause: unknown) => {
      throw systemCode(cause) === 'ENOENT' ? folderMissing(this.#root) : cause;
    });
    if (!stats.isDirectory()) throw folderMissing(this.#root);
  }

  /** A folder may be listed by who may not look at what lies in it. */
  async #entry(key: string): Promise<LandingEntry | 'unreadable' | undefined> {
    try {
      const { size, mtimeMs, ctimeMs } = await lstat(path.join(this.#root, key));
      // what was linked is older than its name here
      return { key, bytes: size, modifiedAt: millis(Math.max(mtimeMs, ctimeMs)) };
    } catch (error) {
      if (isGone(error)) return undefined;
      if (key.includes('/') && systemCode(error) !== undefined) return 'unreadable';
      throw error;
    }
  }

  /** Whether a key leads to something really below our folder: no way up, and no folder that is a link elsewhere. */
  async #isOurs(key: string): Promise<boolean> {
    if (!staysInside(key)) return false;
    const folder = path.dirname(key);
    try {
      const [root, real] = await Promise.all([realpath(this.#root), realpath(path.join(this.#root, folder))]);
      return real === path.join(root, folder);
    } catch (cause) {
      if (isGone(cause)) return false;
      throw folderError(cause, this.#root);
    }
  }

  /** Days that are over leave nothing to walk through. */
  async #removeEmptyFolders(folder: string): Promise<void> {
    if (!folder.startsWith(`${this.#root}${path.sep}`)) return;
    const removed = await rmdir(folder).then(() => true, () => false); // not empty, or gone already: both are fine
    if (removed) await this.#removeEmptyFolders(path.dirname(folder));
  }
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

/** Each folder has one writer: a draft found by a new one, and not its own, was left by a run that was killed. */
async function removeDrafts(folder: string, own: ReadonlySet<string>): Promise<void> {
  const drafts = (await readdir(folder)).filter((name) => DRAFT_NAME.test(name)).map((name) => path.join(folder, name));
  await Promise.all(drafts.filter((draft) => !own.has(draft)).map((draft) => rm(draft, { force: true })));
}

async function syncUpTo(folder: string, top: string): Promise<void> {
  await syncFolder(folder);
  if (folder !== top && folder !== path.dirname(folder)) await syncUpTo(path.dirname(folder), top);
}
