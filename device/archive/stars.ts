/**
 * Events that are never deleted to make room. A star is a row's and, so that it outlives a catalogue that
 * had to be made anew, an empty file named after the event in `media/starred`. The file is there before
 * the row says so, and goes after it.
 */
import { readdirSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { EVENT_ID_PATTERN } from '../contract/event.ts';
import { systemCode } from '../core/errors.ts';
import { makeFolder } from '../durable/make-folder.ts';
import { syncFolder, writeFileDurably } from '../durable/write-file.ts';
import type { Archive } from './archive.ts';

const folderIn = (mediaFolder: string): string => path.join(mediaFolder, 'starred');

/**
 * Events that have a star by the files: also those of which a catalogue that is being made anew does not know it yet.
 * @throws {Error} The system's error when the disk does not tell.
 */
export function starFiles(mediaFolder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folderIn(mediaFolder)));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return new Set();
    throw error;
  }
}

export class Stars {
  readonly #archive: Archive;
  readonly #folder: string;
  constructor(archive: Archive, mediaFolder: string) {
    this.#archive = archive;
    this.#folder = folderIn(mediaFolder);
  }

  /** Durable when it resolves. @returns False when there is no such event. @throws {Error} When the disk refuses. */
  async set(id: string, starred: boolean): Promise<boolean> {
    if (this.#archive.view.get(id) === undefined) return false;
    if (starred) {
      await makeFolder(this.#folder);
      await writeFileDurably(path.join(this.#folder, id), '');
    }
    const put = (): boolean => this.#put(id, starred);
    const known = starred ? put() : this.#archive.makingRoom(put); // what is let go makes room
    if (!starred) await this.forget(id);
    return known;
  }

  /** The event is no more. */
  async forget(id: string): Promise<void> {
    try {
      await rm(path.join(this.#folder, id));
      await syncFolder(this.#folder);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  /** Gives the catalogue the stars that only the files tell of: after it was made anew, or after a crash. */
  async restore(): Promise<void> {
    const names = await readdir(this.#folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    });
    this.#archive.transaction(() => {
      for (const name of names)
        if (EVENT_ID_PATTERN.test(name) && this.#archive.view.kept(name)?.starred === false) this.#put(name, true);
    });
  }

  #put(id: string, starred: boolean): boolean {
    return this.#archive.transaction(() =>
      this.#archive.db.get(
        'UPDATE events SET starred = ? WHERE id = ? RETURNING id', starred ? 1 : 0, id,
      ) !== undefined);
  }
}
