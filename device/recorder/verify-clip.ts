/**
 * Says of a clip whether it is whole, and if not, what is intact and what is not: for `tyto verify`. Changes nothing.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MediaFile } from '../contract/event.ts';
import { parseRecordedName } from '../contract/names.ts';
import type { Size } from '../core/geometry.ts';
import { ConfigError, DeviceError, systemCode } from '../core/errors.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { decodeWhole, type DecodeVerdict } from '../media/decode-check.ts';
import { SealCheck, type SealFault, type SealVerdict } from '../evidence/seal-check.ts';
import { EncryptedFile, readAtOf } from '../vault/encrypted-file.ts';
import type { KeyOpener } from '../vault/wrapped-key.ts';
import { diskFault } from './disk-fault.ts';
import { hashFile, walkClip, type WalkedPart } from '../media/walk-clip.ts';
import { holdsFurtherFragment, holdsOurs } from './find-marks.ts';
import { DECODE_PATIENCE, readPlainVideo, type PlainVideo } from './verify-plain-video.ts';

export interface ClipReport {
  readonly file: string;
  /** A clip; an ordinary video, in no form that we record; or nothing that can be played. */
  readonly form: 'clip' | 'plain-video' | 'nothing';
  readonly bytes: number;
  readonly sha256: string;
  /** Null when nothing in it can be played. */
  readonly video: { readonly codec: string; readonly size: Size } | null;
  readonly fragments: number;
  /** From the first picture to the end of the last whole fragment. */
  readonly duration: Millis;
  /** What its seals prove. */
  readonly seals: SealVerdict;
  /** Whether it is encrypted, and whether a key that was given opened it: only then is it decoded. */
  readonly encryption: 'none' | 'locked' | 'opened';
  /** Bytes from the file's start that are sound. */
  readonly soundBytes: number;
  readonly faults: readonly ClipFault[];
  /** Whether everything up to `soundBytes` decodes; null when there is nothing to decode, or no key to do it with. */
  readonly decode: DecodeVerdict | null;
  /** How the file compares with what was expected of it; null when nothing was. */
  readonly expected: 'same' | 'different' | null;
  /** Whether the key that sealed it is the one expected; null when it is not sealed, or no key was expected. */
  readonly key: 'same' | 'different' | null;
  /**
   * Nothing is missing or altered of what was recorded, and neither file nor key is different from what was expected;
   * it decodes, or is locked and its seals or its hash prove it.
   */
  readonly intact: boolean;
}

export interface ClipFault {
  readonly kind:
    /** What a crash leaves: the last fragment is cut short. Everything before plays. */
    | 'torn-end'
    /** Bytes in the file are not what was written. */
    | 'damaged'
    /** A seal says that this is not what was recorded. */
    | 'altered'
    /** Video is missing, or stands twice: the disk was too slow, or the camera stalled or jumped. */
    | 'gap' | 'overlap'
    | 'long-fragment' | 'no-keyframe' | 'second-head'
    /** A video, and no clip of ours: nothing in it can be proved. */
    | 'no-clip'
    | 'no-video';
  /** Where in the video. */
  readonly at: Millis;
  /** Where in the file. */
  readonly offset: number;
  /** For people. */
  readonly message: string;
}

/**
 * What a camera that stumbles leaves behind: where seals prove that it was recorded so, the clip is none the worse for
 * it.
 */
const OF_THE_CAMERA: ReadonlySet<ClipFault['kind']> = new Set(['gap', 'overlap', 'long-fragment']);
const isProven = ({ state }: SealVerdict): boolean => state === 'complete' || state === 'cut';

const LONGEST_FRAGMENT = seconds(1);
/** Cameras' clocks are not exact: a step smaller than this between two fragments is no gap. */
const TOLERANCE = millis(250);

/** What a clip is held against. */
export interface Expectation {
  /** Size and hash from the catalogue or a manifest, where there is one. */
  readonly file?: Pick<MediaFile, 'bytes' | 'sha256'> | undefined;
  /** The device's public key, 32 bytes in base64url. */
  readonly key?: string | undefined;
  /** What opens it, should it be encrypted. */
  readonly opener?: KeyOpener | undefined;
}

/**
 * Checks structure, times, seals and SHA-256 of `file`, and decodes all of it.
 *
 * @throws {ConfigError} `verify.no-file` when there is no such file.
 * @throws {DeviceError} When it cannot be read, or as `decodeWhole`.
 */
export async function verifyClip(
  file: string, expected: Expectation = {}, signal?: AbortSignal,
): Promise<ClipReport> {
  const bytes = await sizeOf(file);
  try {
    const found = new Findings();
    for await (const part of walkClip(file)) await found.add(part, file);
    const sha256 = await hashFile(file);
    const { video, fragments, duration, soundBytes } = found;
    const comparison = compare(expected.file, ({ sha256: hash, bytes: size }) => hash === sha256 && size === bytes);
    const isOurs = fragments > 0 || parseRecordedName(path.basename(file)) !== undefined || await holdsOurs(file);
    const plain = isOurs ? undefined : await readPlainVideo(file, signal);
    if (plain !== undefined) return plainReport(plain, { file, bytes, sha256, expected: comparison });
    const opened = found.encrypted ? await openIn(file, bytes, expected.opener) : undefined;
    const encryption = !found.encrypted ? 'none' : opened === undefined ? 'locked' : 'opened';
    const decode = video === null || fragments === 0 || encryption === 'locked' ? null
      : opened === undefined ? await decodeUpTo(file, soundBytes, bytes, signal) : await decodeOpened(opened, signal);
    const seals = found.seals;
    // Encrypted bytes look alike, sound or not: locked, only what was reckoned from them
    // when they were recorded can tell.
    const isSound = encryption === 'locked' ? seals.state !== 'none' || comparison === 'same' : decode?.ok === true;
    const key = seals.state === 'none' ? null : compare(expected.key, (wanted) => wanted === seals.facts.key);
    const faults = found.conclude(bytes, isOurs);
    return {
      file, form: fragments === 0 ? 'nothing' : 'clip', bytes, sha256,
      video: fragments === 0 ? null : video, fragments, duration, seals, encryption, soundBytes, faults, decode, key,
      expected: comparison,
      intact: faults.every(({ kind }) => OF_THE_CAMERA.has(kind) && isProven(seals))
        && isSound
        && comparison !== 'different'
        && key !== 'different',
    };
  } catch (cause) {
    signal?.throwIfAborted();
    throw diskFault(cause, file);
  }
}

function plainReport(
  { video, decode }: PlainVideo, known: Pick<ClipReport, 'file' | 'bytes' | 'sha256' | 'expected'>,
): ClipReport {
  const message = decode.ok
    ? 'it plays, but is no clip of Tyto: an ordinary video, in which nothing tells whether it is whole'
    : 'it is no clip of Tyto: an ordinary video, which does not play to its end';
  return {
    ...known, form: 'plain-video', video: { codec: video.codec, size: video.size },
    fragments: 0, duration: video.duration ?? millis(0),
    seals: { state: 'none' }, encryption: 'none',
    soundBytes: decode.ok ? known.bytes : 0, faults: [{ kind: 'no-clip', at: millis(0), offset: 0, message }],
    decode, key: null, intact: false,
  };
}

const compare = <T>(expected: T | undefined, isSame: (expected: T) => boolean): 'same' | 'different' | null =>
  (expected === undefined ? null : isSame(expected) ? 'same' : 'different');

async function sizeOf(file: string): Promise<number> {
  try {
    const facts = await stat(file);
    if (facts.isFile()) return facts.size;
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT' && systemCode(cause) !== 'ENOTDIR') throw diskFault(cause, file);
  }
  throw new ConfigError(
    'verify.no-file',
    `${file}: there is no such file or folder; give the path of a clip (.mp4), or of a folder of clips`,
  );
}

/** What the walk through a file brings to light. */
class Findings {
  readonly #faults: ClipFault[] = [];
  video: ClipReport['video'] = null;
  encrypted = false;
  fragments = 0;
  duration = millis(0);
  soundBytes = 0;
  #first: Millis | undefined;
  readonly #seals = new SealCheck();

  get seals(): SealVerdict { return this.#seals.verdict(); }

  async add(part: WalkedPart, file: string): Promise<void> {
    if (part.type === 'broken') {
      const isTorn = this.fragments > 0 && !await holdsFurtherFragment(file, part.offset);
      return this.#fault(isTorn ? 'torn-end' : 'damaged', part.offset, isTorn
        ? `the end is cut short, as after a crash: everything before plays (${part.reason})` : part.reason);
    }
    if (part.type === 'seal') this.#judge(this.#seals.seal(part.seal), part.offset);
    else if (part.type === 'init') {
      this.#seals.init(part.init.data);
      if (this.video !== null)
        this.#fault('second-head', part.offset, 'a second head stands in the file: it is not one clip');
      this.encrypted ||= part.encrypted;
      this.video ??= { codec: part.init.codec, size: part.init.size };
    } else this.#addFragment(part);
    if (this.#faults.every(({ kind }) => kind !== 'damaged' && kind !== 'torn-end')) this.soundBytes = part.end;
  }

  /** @param isOurs - Whether its name, or what stands in it, is that of a clip of ours. */
  conclude(bytes: number, isOurs: boolean): readonly ClipFault[] {
    const why = bytes === 0 ? 'the file is empty' : isOurs
      ? 'it was recorded by Tyto, and its beginning is damaged: nothing proves what other players may still show of it'
      : 'nothing in it can be played: it is no clip of Tyto';
    if (this.fragments === 0) this.#fault('no-video', 0, why);
    return this.#faults;
  }

  #judge(fault: SealFault | undefined, offset: number): void {
    if (fault !== undefined) this.#fault('altered', offset, `${fault.message} (fragment ${fault.fragment})`);
  }

  #addFragment({ fragment, whole, offset }: WalkedPart & { type: 'fragment' }): void {
    this.#judge(this.#seals.fragment(fragment.data), offset);
    this.#first ??= fragment.start;
    const step = fragment.start - this.#first - this.duration;
    if (this.fragments === 0 && !fragment.key) {
      this.#fault('no-keyframe', offset, 'the first picture is no keyframe: it cannot be decoded');
    }
    if (step > TOLERANCE) this.#fault('gap', offset, `${inSeconds(step)} of video are missing`);
    if (step + TOLERANCE < 0) this.#fault('overlap', offset, `the clock of the video runs back by ${inSeconds(-step)}`);
    if (fragment.duration > LONGEST_FRAGMENT) {
      this.#fault('long-fragment', offset,
        `a fragment lasts ${inSeconds(fragment.duration)}; at most 1 s should, for a power cut takes the last of them`);
    }
    if (!whole) this.#fault('damaged', offset, 'the pictures of a fragment are not all there');
    this.fragments++;
    this.duration = millis(fragment.start + fragment.duration - this.#first);
  }

  #fault(kind: ClipFault['kind'], offset: number, message: string): void {
    this.#faults.push({ kind, at: this.duration, offset, message });
  }
}

/** Undefined when no key opens it. What else is wrong with it comes to light when it is decrypted. */
async function openIn(
  file: string, bytes: number, opener: KeyOpener | undefined,
): Promise<(() => AsyncIterable<Uint8Array>) | undefined> {
  const keys = opener ?? { open: () => undefined };
  try {
    await using handle = await open(file, 'r');
    await EncryptedFile.open(readAtOf(handle), bytes, keys);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    if (error.code === 'vault.no-key') return undefined;
  }
  return async function* () {
    await using handle = await open(file, 'r');
    yield* (await EncryptedFile.open(readAtOf(handle), bytes, keys)).plain();
  };
}

/** Nothing of it is laid down in the clear. */
async function decodeOpened(
  plain: () => AsyncIterable<Uint8Array>, signal: AbortSignal | undefined,
): Promise<DecodeVerdict> {
  let fault: Error | undefined;
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* plain();
    } catch (error) {
      fault = error instanceof Error ? error : new Error(String(error));
    }
  };
  const verdict = await decodeWhole(watched(), 'mp4', {
    timeout: DECODE_PATIENCE, ...(signal === undefined ? {} : { signal }),
  });
  if (fault === undefined) return verdict;
  if (!(fault instanceof DeviceError) || fault.code !== 'vault.damaged') throw fault;
  return { ok: false, complaint: fault.message };
}

/** A torn end would be all that a decoder complains of: it gets a copy without it. */
async function decodeUpTo(
  file: string, soundBytes: number, bytes: number, signal: AbortSignal | undefined,
): Promise<DecodeVerdict> {
  const options = { timeout: DECODE_PATIENCE, ...(signal === undefined ? {} : { signal }) };
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
