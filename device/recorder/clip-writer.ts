/** Writes one clip, from its first keyframe to its end, without ever making the camera wait. */
import path from 'node:path';
import type { ClipFile } from '../contract/event.ts';
import { dayOfMediaFile } from '../contract/media-path.ts';
import { concat } from '../contract/mp4-boxes.ts';
import { rebaseFragment, type Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { BugError, type DeviceError } from '../core/errors.ts';
import type { Sealer } from '../evidence/sealer.ts';
import { inSeconds, millis, seconds, type Bytes, type Millis } from '../core/units.ts';
import type { Encryption } from '../vault/encryption.ts';
import type { FileCipher } from '../vault/file-cipher.ts';
import { ClipOnDisk } from './clip-file.ts';
import { diskFault } from './disk-fault.ts';
import { FragmentQueue, noLoss, type Loss } from './fragment-queue.ts';

export interface ClipPlan {
  /** The media folder; the clip goes into the folder of its day below it. */
  readonly folder: string;
  readonly name: string;
  readonly init: InitSegment;
  /** Wall clock of the first picture. */
  readonly startedAt: Millis;
  /** What proves the clip untouched. */
  readonly sealer: Sealer;
  /** Undefined where clips lie in the clear. */
  readonly encryption?: Encryption | undefined;
  /** What may wait for the disk; beyond that, video is lost and counted. */
  readonly queue: Bytes;
  /** Asked before the file is made; rejects to refuse. */
  readonly guard: () => Promise<void>;
  /** At most this much video is written and not yet durable; a second unless told, 0 for none. */
  readonly syncEvery?: Millis | undefined;
  /** The file is there and its head is durable. */
  readonly onOpened: () => void;
}

export interface ClipOutcome {
  /** What is durable; null when no footage is. */
  readonly clip: ClipFile | null;
  /** Why the clip ended early or was not begun; null when all is well. */
  readonly fault: DeviceError | null;
  /** Video that was to be in the clip and is not. */
  readonly lost: Loss;
}

const SYNC_EVERY = seconds(1);

/** Where a media file of this name lies. @throws {BugError} When the name tells no day. */
export function mediaFile(folder: string, name: string): string {
  const day = dayOfMediaFile(name);
  if (day === undefined) throw new BugError('recorder.name', `"${name}" is no name of a media file`);
  return path.join(folder, day, name);
}

/** Give it fragments with `write`, the first of them a keyframe; `run` does the work and resolves after `close`. */
export class ClipWriter {
  readonly #plan: ClipPlan;
  readonly #queue: FragmentQueue;
  #disk: ClipOnDisk | undefined;
  #base: Fragment | undefined;
  #offered = { fragments: 0, video: 0 };
  constructor(plan: ClipPlan) {
    this.#plan = plan;
    this.#queue = new FragmentQueue(plan.queue);
  }

  /** Hands `fragment` over; returns at once. False when it is lost: the disk is too slow, or gone. */
  write(fragment: Fragment): boolean {
    this.#base ??= fragment;
    this.#offered = { fragments: this.#offered.fragments + 1, video: this.#offered.video + fragment.duration };
    return this.#queue.offer(fragment);
  }

  /** Nothing more comes; what was handed over is still written. */
  close(): void { this.#queue.close(); }

  /** Where the clip would end after a power cut now, from its start. */
  get durable(): Millis { return this.#disk?.durable.end ?? millis(0); }

  /**
   * Writes until `close` was called and everything is durable, or the disk fails. Never rejects for what a disk does.
   */
  async run(): Promise<ClipOutcome> {
    const file = mediaFile(this.#plan.folder, this.#plan.name);
    let fault: DeviceError | null = null;
    try {
      await this.#plan.guard();
      const { init, sealer, encryption } = this.#plan;
      const cipher = await encryption?.begin();
      const head = cipher?.clipHead(init) ?? init.data;
      await using disk = await ClipOnDisk.create(file, concat([head, sealer.head(head)]));
      this.#disk = disk;
      fault = await this.#fill(disk, file, cipher);
    } catch (cause) {
      fault = diskFault(cause, file);
      this.#queue.abandon();
    }
    return { clip: this.#facts(), fault, lost: this.#lost() };
  }

  async #fill(disk: ClipOnDisk, file: string, cipher: FileCipher | undefined): Promise<DeviceError | null> {
    let fault: DeviceError | null = null;
    try {
      this.#plan.onOpened();
      await this.#drain(disk, cipher);
    } catch (cause) {
      fault = diskFault(cause, file);
      this.#queue.abandon();
      await disk.cutBack();
    }
    if (disk.durable.fragments === 0) await disk.discard();
    return fault;
  }

  async #drain(disk: ClipOnDisk, cipher: FileCipher | undefined): Promise<void> {
    const { syncEvery = SYNC_EVERY } = this.#plan;
    let unsynced = 0;
    let sequence = 0;
    for await (const fragment of this.#queue) {
      const base = this.#base ?? fragment;
      const plain = rebaseFragment(fragment, base.startTicks, ++sequence);
      const data = cipher?.fragment(
        plain, { ...fragment, startTicks: Math.max(0, fragment.startTicks - base.startTicks) },
      ) ?? plain;
      await disk.append(
        concat([this.#plan.sealer.fragment(data), data]), millis(fragment.start - base.start), fragment.duration,
      );
      unsynced += fragment.duration;
      if (unsynced + fragment.duration <= syncEvery) continue;
      await disk.sync();
      unsynced = 0;
    }
    if (sequence > 0) await disk.finish(this.#plan.sealer.end());
    await disk.sync();
  }

  #facts(): ClipFile | null {
    const { name, startedAt, init, encryption } = this.#plan;
    if (this.#disk === undefined || this.#disk.durable.fragments === 0) return null;
    const { bytes, end } = this.#disk.durable;
    return {
      name, bytes, sha256: this.#disk.sha256,
      start_time: inSeconds(startedAt), duration: inSeconds(millis(Math.round(end))),
      codec: init.codec, ...init.size, ...(encryption === undefined ? {} : { encrypted: true as const }),
    };
  }

  #lost(): Loss {
    const kept = this.#disk?.durable ?? { fragments: 0, video: 0 };
    const fragments = this.#offered.fragments - kept.fragments;
    if (fragments === 0) return noLoss;
    return { fragments, duration: millis(this.#offered.video - kept.video), gaps: Math.max(1, this.#queue.loss.gaps) };
  }
}
