import type { StatsFs } from 'node:fs';
import { access, constants, open, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { DeviceError } from '../core/errors.ts';
import { seconds, type Bytes, type Millis } from '../core/units.ts';
import { makeFolder } from '../durable/make-folder.ts';
import { diskFault } from './disk-fault.ts';

/** Of a small disk no more than this share is held back, whatever the setting says. */
const MOST_HELD_BACK = 0.05;
const LOOK_EVERY = seconds(30);
/** While there is no room: somebody may be making some. */
const LOOK_SOON = seconds(5);
const SPACE_LOW = 'recorder.space-low';
const DISK_FULL = 'recorder.disk-full';
/**
 * However soon: as often as this part of what was free has been written, so that a small
 * disk is not filled between two looks.
 */
const LOOK_AFTER_SHARE = 1 / 8;
/** With less than this, a clip would hardly begin whatever the setting says. */
const WORTH_USING = 16 * 1024 * 1024;
/** About as much as half a second of video. */
const TRIAL_BYTES = 256 * 1024;

/** Has room made, looks at the free space now and then, and remembers why nothing can be recorded. */
export class SpaceGuard {
  readonly #folder: string;
  readonly #minimumFree: Bytes;
  readonly #makeRoom: () => Promise<void>;
  #refusal: DeviceError | null = null;
  /** Code of the fault for which clips failed of late. */
  #told: string | undefined;
  #lookedAt = -Infinity;
  #isLooking = false;
  #free = Infinity;
  #written = 0;

  /**
   * @param makeRoom - Deletes what may be deleted if room is needed; resolves when it has, or will not. Must not
   * reject.
   */
  constructor(folder: string, minimumFree: Bytes, makeRoom: () => Promise<void> = async () => {}) {
    this.#folder = folder;
    this.#minimumFree = minimumFree;
    this.#makeRoom = makeRoom;
  }

  /** @throws {DeviceError} As `ensureFreeSpace`. */
  async ensure(): Promise<void> {
    try {
      await this.#makeRoom();
      this.#written = 0;
      this.#free = await ensureFreeSpace(this.#folder, this.#minimumFree);
      if (this.#refusal !== null && this.#refusal.code !== SPACE_LOW) await tryToWrite(this.#folder);
      this.#refusal = null;
      this.#told = undefined;
    } catch (error) {
      this.#refusal = diskFault(error, this.#folder);
      throw error;
    }
  }

  /**
   * Looks again if it was a while ago: `now` may be any steady time. A camera that idles so learns of a full disk in
   * time.
   */
  poll(now: Millis): void {
    const isFull = this.#refusal?.code === SPACE_LOW || this.#refusal?.code === DISK_FULL;
    const isDue = now - this.#lookedAt >= (isFull ? LOOK_SOON : LOOK_EVERY)
      || now < this.#lookedAt
      || this.#written > this.#free * LOOK_AFTER_SHARE;
    if (!isDue || this.#isLooking) return;
    this.#lookedAt = now;
    this.#isLooking = true;
    // what is wrong is remembered in #refusal
    this.ensure().catch(() => {}).finally(() => { this.#isLooking = false; });
  }

  /** So much was recorded. */
  wrote(bytes: number): void { this.#written += bytes; }

  /**
   * A clip failed: nothing can be recorded until the disk was seen to take something again.
   * @returns Whether that is news: a disk that is full refuses each clip of the day.
   */
  failed(fault: DeviceError): boolean {
    this.#refusal = fault;
    const isNews = this.#told !== fault.code;
    this.#told = fault.code;
    return isNews;
  }

  get refusal(): DeviceError | null { return this.#refusal; }
}

/**
 * Refuses to begin a clip on a disk that is about full, so that the rest of the system keeps room to work.
 *
 * @param folder - Where clips go; made if it is not there.
 * @param minimumFree - Of a disk so small that this is more than 5 % of it, 5 % count instead.
 * @returns The bytes that are free.
 * @throws {DeviceError} `recorder.space-low`; or, when the folder cannot be looked at, as `diskFault`.
 */
export async function ensureFreeSpace(folder: string, minimumFree: Bytes): Promise<number> {
  const disk = await lookAt(folder);
  const free = disk.bavail * disk.bsize;
  const needed = Math.min(minimumFree, disk.blocks * disk.bsize * MOST_HELD_BACK);
  if (free >= needed) return free;
  throw new DeviceError(SPACE_LOW,
    `the disk is nearly full: ${inMebibytes(free)} MiB are free in ${folder}, `
      + `${inMebibytes(needed)} MiB are needed to begin a clip; `
    + `free some space, or ${free < WORTH_USING ? 'use a larger disk' : 'lower recording.minimum_free'}`);
}

async function lookAt(folder: string): Promise<StatsFs> {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK); // tells a read-only disk too
    return await statfs(folder);
  } catch (cause) {
    throw diskFault(cause, folder);
  }
}

/** A disk that has refused a clip may look well and refuse the next: a failing one is read-only to writers alone. */
async function tryToWrite(folder: string): Promise<void> {
  const file = path.join(folder, '.trial');
  try {
    await using handle = await open(file, 'w', 0o600);
    await handle.writeFile(new Uint8Array(TRIAL_BYTES));
    await handle.datasync();
  } catch (cause) {
    throw diskFault(cause, folder);
  } finally {
    await rm(file, { force: true }).catch(() => {}); // a disk that takes nothing away takes nothing either
  }
}

const inMebibytes = (size: number): string => (size / 1024 ** 2).toFixed(size < 10 * 1024 ** 2 ? 1 : 0);
