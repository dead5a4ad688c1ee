/**
 * A clip's file on the disk: grows by whole fragments, and knows at every instant what of it would survive a power cut.
 */
import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { millis, type Millis } from '../core/units.ts';
import { syncFolder } from '../durable/write-file.ts';
import { makeDayFolder } from './day-folder.ts';

/** What a file holds up to the end of a whole fragment. */
export interface Extent {
  readonly bytes: number;
  readonly fragments: number;
  /** Length of the video in it, gaps not counted. */
  readonly video: Millis;
  /** Where its last picture ends, from the clip's start. */
  readonly end: Millis;
}

export class ClipOnDisk implements AsyncDisposable {
  readonly #file: string;
  readonly #handle: FileHandle;
  #written: Extent = { bytes: 0, fragments: 0, video: millis(0), end: millis(0) };
  #hash = createHash('sha256');
  #durable = this.#written;
  #durableHash = this.#hash.copy();
  private constructor(file: string, handle: FileHandle) { this.#file = file; this.#handle = handle; }

  /**
   * Makes `file`, and its folder if need be, and writes `head` to it: durable, name and all, when it resolves.
   * @throws {Error} The system's error (`EEXIST`, `ENOSPC`, `EROFS`); nothing is then left behind.
   */
  static async create(file: string, head: Uint8Array): Promise<ClipOnDisk> {
    const folder = path.dirname(file);
    await makeDayFolder(folder);
    const clip = new ClipOnDisk(file, await open(file, 'wx', 0o600));
    try {
      await clip.#write(head);
      await clip.sync();
      await syncFolder(folder);
      return clip;
    } catch (error) {
      await clip[Symbol.asyncDispose]();
      await rm(file, { force: true }).catch(() => {});
      throw error;
    }
  }

  /**
   * Appends a fragment of `duration` that begins at `start` of the clip.
   * @throws {Error} The system's error; the file may then end in a part of it: call `cutBack`.
   */
  async append(fragment: Uint8Array, start: Millis, duration: Millis): Promise<void> {
    await this.#write(fragment);
    const { fragments, video } = this.#written;
    this.#written = {
      ...this.#written, fragments: fragments + 1, video: millis(video + duration), end: millis(start + duration),
    };
  }

  /** Appends what belongs to the file and is no video. @throws {Error} As `append`. */
  async finish(tail: Uint8Array): Promise<void> { await this.#write(tail); }

  /**
   * Makes durable all that was appended.
   * @throws {Error} The system's error: nothing since the last time can be relied upon.
   */
  async sync(): Promise<void> {
    const [reached, hash] = [this.#written, this.#hash.copy()];
    await this.#handle.datasync();
    [this.#durable, this.#durableHash] = [reached, hash];
  }

  /** What would survive a power cut now. */
  get durable(): Extent { return this.#durable; }

  /** SHA-256 of the durable bytes, lower-case hexadecimal. */
  get sha256(): string { return this.#durableHash.copy().digest('hex'); }

  /**
   * After a failure: cuts the file back to the last whole fragment, or, where the disk does not even take that, to what
   * is durable. On a disk that takes nothing the torn end stays, and recovery cuts it later.
   */
  async cutBack(): Promise<void> {
    try {
      await this.#handle.truncate(this.#written.bytes);
      await this.sync();
    } catch {
      await this.#handle.truncate(this.#durable.bytes).catch(() => {});
    }
  }

  /** Removes the file. */
  async discard(): Promise<void> {
    await rm(this.#file, { force: true });
    await syncFolder(path.dirname(this.#file));
  }

  async [Symbol.asyncDispose](): Promise<void> { await this.#handle.close(); }

  async #write(data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.byteLength;) { // a disk that fills up may take a part before it refuses
      const { bytesWritten } = await this.#handle.write(data, done, data.byteLength - done, this.#written.bytes + done);
      done += bytesWritten;
    }
    this.#hash.update(data);
    this.#written = { ...this.#written, bytes: this.#written.bytes + data.byteLength };
  }
}
