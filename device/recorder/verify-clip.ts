/** Says of a clip whether it is whole, and if not, what is intact and what is not: for `tyto verify`. Changes nothing. */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MediaFile } from '../contract/event.ts';
import type { Size } from '../core/geometry.ts';
import { ConfigError, systemCode } from '../core/errors.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { decodeWhole, type DecodeVerdict } from '../media/decode-check.ts';
import { diskFault } from './disk-fault.ts';
import { holdsFurtherFragment } from './recover-clip.ts';
import { hashFile, walkClip, type WalkedPart } from './walk-clip.ts';

export interface ClipReport {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Null when nothing in it can be played. */
  readonly video: { readonly codec: string; readonly size: Size } | null;
  readonly fragments: number;
  /** From the first picture to the end of the last whole fragment. */
  readonly duration: Millis;
  /** Bytes from the file's start that are sound. */
  readonly soundBytes: number;
  readonly faults: readonly ClipFault[];
  /** Whether everything up to `soundBytes` decodes; null when there is nothing to decode. */
  readonly decode: DecodeVerdict | null;
  /** How the file compares with what was expected of it; null when nothing was. */
  readonly expected: 'same' | 'different' | null;
  /** No faults, decodes, and is not different from what was expected. */
  readonly intact: boolean;
}

export interface ClipFault {
  readonly kind:
    /** What a crash leaves: the last fragment is cut short. Everything before plays. */
    | 'torn-end'
    /** Bytes in the file are not what was written. */
    | 'damaged'
    /** Video is missing, or stands twice: the disk was too slow, or the camera stalled or jumped. */
    | 'gap' | 'overlap'
    | 'long-fragment' | 'no-keyframe' | 'second-head' | 'no-video';
  /** Where in the video. */
  readonly at: Millis;
  /** Where in the file. */
  readonly offset: number;
  /** For people. */
  readonly message: string;
}

const LONGEST_FRAGMENT = seconds(1);
/** Cameras' clocks are not exact: a step smaller than this between two fragments is no gap. */
const TOLERANCE = millis(250);

/**
 * Checks structure, times and SHA-256 of `file`, and decodes all of it.
 *
 * @param expected - Size and hash from the catalogue or a manifest, where there is one.
 * @throws {ConfigError} `verify.no-file` when there is no such file.
 * @throws {DeviceError} When it cannot be read, or as `decodeWhole`.
 */
export async function verifyClip(
  file: string, expected?: Pick<MediaFile, 'bytes' | 'sha256'>, signal?: AbortSignal,
): Promise<ClipReport> {
  const bytes = await sizeOf(file);
  try {
    const found = new Findings();
    for await (const part of walkClip(file)) await found.add(part, file);
    const sha256 = await hashFile(file);
    const { video, fragments, duration, soundBytes } = found;
    const decode = video === null || fragments === 0 ? null : await decodeUpTo(file, soundBytes, bytes, signal);
    const comparison = expected && (expected.sha256 === sha256 && expected.bytes === bytes ? 'same' : 'different');
    const faults = found.conclude(bytes);
    return {
      file, bytes, sha256, video: fragments === 0 ? null : video, fragments, duration, soundBytes, faults, decode,
      expected: comparison ?? null,
      intact: faults.length === 0 && decode?.ok === true && comparison !== 'different',
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw diskFault(cause, file);
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    const facts = await stat(file);
    if (facts.isFile()) return facts.size;
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT' && systemCode(cause) !== 'ENOTDIR') throw diskFault(cause, file);
  }
  throw new ConfigError('verify.no-file', `${file}: there is no such file; give the path of a clip (.mp4)`);
}

/** What the walk through a file brings to light. */
class Findings {
  readonly #faults: ClipFault[] = [];
  video: ClipReport['video'] = null;
  fragments = 0;
  duration = millis(0);
  soundBytes = 0;
  #first: Millis | undefined;

  async add(part: WalkedPart, file: string): Promise<void> {
    if (part.type === 'broken') {
      const isTorn = this.fragments > 0 && !await holdsFurtherFragment(file, part.offset);
      return this.#fault(isTorn ? 'torn-end' : 'damaged', part.offset, isTorn
        ? `the end is cut short, as after a crash: everything before plays (${part.reason})` : part.reason);
    }
    if (part.type === 'init') {
      if (this.video !== null) this.#fault('second-head', part.offset, 'a second head stands in the file: it is not one clip');
      this.video ??= { codec: part.init.codec, size: part.init.size };
    } else this.#addFragment(part);
    if (this.#faults.every(({ kind }) => kind !== 'damaged' && kind !== 'torn-end')) this.soundBytes = part.end;
  }

  conclude(bytes: number): readonly ClipFault[] {
    const why = bytes === 0 ? 'the file is empty' : 'nothing in it can be played: it is no clip of Tyto';
    if (this.fragments === 0) this.#fault('no-video', 0, why);
    return this.#faults;
  }

  #addFragment({ fragment, whole, offset }: WalkedPart & { type: 'fragment' }): void {
    this.#first ??= fragment.start;
    const step = fragment.start - this.#first - this.duration;
    if (this.fragments === 0 && !fragment.key) {
      this.#fault('no-keyframe', offset, 'the first picture is no keyframe: it cannot be decoded');
    }
    if (step > TOLERANCE) this.#fault('gap', offset, `${inSeconds(step)} of video are missing`);
    if (step + TOLERANCE < 0) this.#fault('overlap', offset, `the clock of the video runs back by ${inSeconds(-step)}`);
    if (fragment.duration > LONGEST_FRAGMENT) {
      this.#fault('long-fragment', offset, `a fragment lasts ${inSeconds(fragment.duration)}, 1 s is the most`);
    }
    if (!whole) this.#fault('damaged', offset, 'the pictures of a fragment are not all there');
    this.fragments++;
    this.duration = millis(fragment.start + fragment.duration - this.#first);
  }

  #fault(kind: ClipFault['kind'], offset: number, message: string): void {
    this.#faults.push({ kind, at: this.duration, offset, message });
  }
}

/** A torn end would be all that a decoder complains of: it gets a copy without it. */
async function decodeUpTo(file: string, soundBytes: number, bytes: number, signal: AbortSignal | undefined): Promise<DecodeVerdict> {
  const options = signal === undefined ? {} : { signal };
  if (soundBytes === bytes) return await decodeWhole(file, 'mp4', options);
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-verify-'));
  try {
    const copy = path.join(folder, 'sound.mp4');
    await pipeline(createReadStream(file, { end: soundBytes - 1 }), createWriteStream(copy));
    return await decodeWhole(copy, 'mp4', options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const inSeconds = (duration: number): string => `${(duration / 1000).toFixed(2)} s`;
