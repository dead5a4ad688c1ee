/** The skeleton of a clip: that it is an MP4 with one video track, and nothing besides; and how long it lasts. */
import { open, type FileHandle } from 'node:fs/promises';
import {
  boxesIn,
  findPath,
  fourCharacters,
  Mp4Error,
  viewOf,
  type Mp4Box,
} from '../../../device/contract/mp4-boxes.ts';
import { readFragment } from '../../../device/contract/mp4-fragment.ts';
import { readInit, type InitSegment } from '../../../device/contract/mp4-init.ts';
import type { Size } from '../../../device/core/geometry.ts';
import { millis, type Millis } from '../../../device/core/units.ts';

export interface ClipFacts {
  /** RFC 6381: `avc1.64001f`. */
  readonly codec: string;
  readonly size: Size;
  /** From the first picture to the end of the last. */
  readonly duration: Millis;
}

/** Top-level boxes that a clip may have. Anything else makes it another kind of file. */
const KNOWN = new Set([
  'ftyp',
  'styp',
  'moov',
  'moof',
  'mdat',
  'mfra',
  'sidx',
  'ssix',
  'free',
  'skip',
  'wide',
  'prft',
  'emsg',
  'uuid',
  'udta',
  'meta',
]);
/** Boxes that are read into memory, and how large they may be: hours of video fit, floods of tiny boxes do not. */
const MOST_BYTES: Readonly<Record<string, number>> = { ftyp: 4096, moov: 4 * 1024 * 1024, moof: 256 * 1024 };
/** A fragment every tenth of a second for five hours. */
const MOST_BOXES = 400_000;

/**
 * Reads boxes and times of `file`; pictures are not looked at.
 * @throws {Mp4Error} When it is no MP4 clip.
 */
export async function readClip(file: string, signal: AbortSignal): Promise<ClipFacts> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const clip = new ClipReader();
  try {
    for await (const head of boxHeads(handle, size, signal)) await clip.add(head, handle);
    return clip.facts();
  } catch (cause) {
    // A field that lies beyond its box.
    if (cause instanceof RangeError) throw new Mp4Error(0, 'a box is shorter than its fields');
    throw cause;
  }
}

/**
 * That `file` is boxes from its first byte to its last, and not more than any recording has: whoever walks through them
 * comes to an end. For clips of which nothing else can be read.
 *
 * @throws {Mp4Error} When it is not.
 */
export async function checkBoxes(file: string, signal: AbortSignal): Promise<void> {
  await using handle = await open(file, 'r');
  for await (const _ of boxHeads(handle, (await handle.stat()).size, signal));
}

interface BoxHead { readonly type: string; readonly offset: number; readonly size: number }

async function* boxHeads(handle: FileHandle, fileSize: number, signal: AbortSignal): AsyncGenerator<BoxHead, void> {
  const head = Buffer.alloc(16);
  for (let offset = 0, boxes = 1; offset < fileSize; boxes++) {
    signal.throwIfAborted();
    if (boxes > MOST_BOXES) throw new Mp4Error(offset, `it has more than ${MOST_BOXES} boxes`);
    const { bytesRead } = await handle.read(head, 0, 16, offset);
    const type = fourCharacters(head, 4);
    if (bytesRead < 8 || !KNOWN.has(type)) throw new Mp4Error(offset, 'what stands there is no part of an MP4');
    const short = head.readUInt32BE(0);
    const size = short === 1 && bytesRead === 16 ? Number(head.readBigUInt64BE(8)) : short;
    if (size < (short === 1 ? 16 : 8) || offset + size > fileSize)
      throw new Mp4Error(offset, `box "${type}" claims ${size} bytes, ${fileSize - offset} are left`);
    yield { type, offset, size };
    offset += size;
  }
}

class ClipReader {
  #ftyp: Mp4Box | undefined;
  #moov: Mp4Box | undefined;
  #init: InitSegment | undefined;
  #fragments: { readonly start: Millis; end: Millis } | undefined;
  #media = 0;

  async add({ type, offset, size }: BoxHead, handle: FileHandle): Promise<void> {
    if (offset === 0 && type !== 'ftyp') throw new Mp4Error(0, 'it does not begin as an MP4 does');
    if (type === 'mdat') this.#media += size;
    const most = MOST_BYTES[type];
    if (most === undefined) return;
    if (size > most) throw new Mp4Error(offset, `box "${type}" has ${size} bytes, more than any clip needs`);
    if ((type === 'ftyp' && this.#ftyp !== undefined) || (type === 'moov' && this.#moov !== undefined))
      throw new Mp4Error(offset, `a second "${type}": it is not one clip`);
    const data = new Uint8Array(size);
    await handle.read(data, 0, size, offset);
    this.#take({ type, data }, offset);
  }

  facts(): ClipFacts {
    const { init } = this;
    const duration =
      this.#fragments === undefined ? this.#wholeDuration() : this.#fragments.end - this.#fragments.start;
    if (this.#media === 0 || duration <= 0) throw new Mp4Error(0, 'it holds no pictures');
    return { codec: init.codec, size: init.size, duration: millis(duration) };
  }

  get init(): InitSegment {
    if (this.#init === undefined) throw new Mp4Error(0, 'it has no head (moov)');
    return this.#init;
  }

  #take(box: Mp4Box, offset: number): void {
    if (box.type === 'ftyp') this.#ftyp = box;
    else if (box.type === 'moov' && this.#ftyp !== undefined) {
      checkTracks(box.data);
      this.#init = readInit(this.#ftyp, box);
      this.#moov = box;
    } else if (box.type === 'moof') {
      if (this.#init === undefined) throw new Mp4Error(offset, 'a fragment stands before the head (moov)');
      const { start, duration } = readFragment(box, NO_MEDIA, this.#init);
      this.#fragments ??= { start, end: start };
      this.#fragments.end = millis(Math.max(this.#fragments.end, start + duration));
    }
  }

  /** Of a clip that is not fragmented: what its track says of itself. */
  #wholeDuration(): number {
    const mdhd = this.#moov && findPath(videoTrack(this.#moov.data), 'mdia', 'mdhd');
    if (mdhd === undefined) return 0;
    const view = viewOf(mdhd);
    const ticks = mdhd[8] === 1 ? Number(view.getBigUint64(32)) : view.getUint32(24);
    return ticks * 1000 / this.init.video.timescale;
  }
}

/** Times stand in the `moof` alone. */
const NO_MEDIA: Mp4Box = { type: 'mdat', data: new Uint8Array() };

const handlerOf = (trak: Uint8Array): string => {
  const hdlr = findPath(trak, 'mdia', 'hdlr');
  return hdlr === undefined ? '' : fourCharacters(hdlr, 16);
};

function videoTrack(moov: Uint8Array): Uint8Array {
  for (const { type, data } of boxesIn(moov, 8)) if (type === 'trak' && handlerOf(data) === 'vide') return data;
  throw new Mp4Error(0, 'it has no video track');
}

/** Only the first video track is decoded: what nobody checked must not be there. */
function checkTracks(moov: Uint8Array): void {
  const found = { vide: 0, soun: 0, other: 0 };
  for (const { type, data } of boxesIn(moov, 8)) {
    if (type !== 'trak') continue;
    const handler = handlerOf(data);
    found[handler === 'vide' || handler === 'soun' ? handler : 'other']++;
  }
  if (found.vide === 1 && found.soun <= 1 && found.other === 0) return;
  throw new Mp4Error(
    0,
    `a clip has one video track and perhaps one of sound; this one has ${found.vide} of video, ` +
      `${found.soun} of sound, ${found.other} others`,
  );
}
