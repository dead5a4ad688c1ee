/** Reads a clip from the disk box by box, however damaged it is, holding no more than one fragment in memory. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { fourCharacters, MAX_BOX_BYTES, Mp4Error, viewOf } from '../contract/mp4-boxes.ts';
import { FragmentReader, type Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { readSeal, type Seal } from '../contract/seal.ts';
import { EncryptedReader, looksWhole } from './encrypted-reader.ts';
import { nalLengthSize, samplesAddUp } from './sample-check.ts';

/** What stands from `offset` up to `end` of the file. */
export type WalkedPart = { readonly offset: number; readonly end: number } & (
  /**
   * Of an encrypted clip, init and fragments are told by their clear facts, and their data is
   * the box as it stands in the file.
   */
  | { readonly type: 'init'; readonly init: InitSegment; readonly encrypted: boolean }
  /** `whole` is false when its samples do not add up, or are plainly not all there. */
  | { readonly type: 'fragment'; readonly fragment: Fragment; readonly whole: boolean }
  | { readonly type: 'seal'; readonly seal: Seal }
  /** A box that cannot be read, or, when `end` is the end of the file, all the rest. */
  | { readonly type: 'broken'; readonly reason: string });

const KNOWN_BOXES = new Set([
  'ftyp', 'moov', 'moof', 'mdat', 'styp', 'sidx', 'mfra', 'free', 'skip', 'emsg', 'prft', 'udta', 'uuid', 'meta',
]);

/**
 * The parts of `file` in order.
 * @throws {Error} The system's error when it cannot be read: that says nothing of what it holds.
 */
export async function* walkClip(file: string): AsyncGenerator<WalkedPart, void> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const reader = new FragmentReader();
  const encrypted = new EncryptedReader();
  let lengthSize: number | undefined;
  let start = 0; // of the part whose boxes are being read
  for (let offset = 0; offset < size;) {
    const box = await readBox(handle, offset, size);
    if (typeof box === 'string') return yield { type: 'broken', offset: start, end: size, reason: box };
    const end = offset + box.byteLength;
    const type = fourCharacters(box, 4);
    if (type === 'moof' || type === 'ftyp') start = offset;
    const part = encrypted.take(box) ?? (encrypted.isEncrypted ? undefined : read(reader, box));
    const seal = readSeal(box);
    if (seal !== undefined) yield { type: 'seal', seal, offset, end };
    if (part instanceof Mp4Error) yield { type: 'broken', offset: start, end, reason: part.message };
    else if (part?.type === 'init') {
      lengthSize = nalLengthSize(part.init);
      yield { type: 'init', init: part.init, encrypted: encrypted.isEncrypted, offset: start, end };
    } else if (part !== undefined) {
      const whole = encrypted.isEncrypted ? looksWhole(part.fragment) : samplesAddUp(part.fragment, lengthSize);
      yield { type: 'fragment', fragment: part.fragment, whole, offset: start, end };
    }
    offset = end;
    if (type !== 'moof' && type !== 'ftyp') start = end;
  }
  if (start < size)
    yield { type: 'broken', offset: start, end: size, reason: 'the file ends between the two halves of a fragment' };
}

/** SHA-256 of a file, lower-case hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The whole box at `offset`, or what is wrong with it. */
async function readBox(handle: FileHandle, offset: number, size: number): Promise<Uint8Array | string> {
  const left = size - offset;
  if (left < 8) return `a box header needs 8 bytes, ${left} are left`;
  const head = await readAt(handle, offset, 8);
  const claimed = viewOf(head).getUint32(0);
  const type = fourCharacters(head, 4);
  if (!KNOWN_BOXES.has(type)) return `no box of an MP4 begins at byte ${offset}`;
  if (claimed < 8 || claimed > MAX_BOX_BYTES) return `box "${type}" at byte ${offset} claims ${claimed} bytes`;
  if (claimed > left) return `box "${type}" at byte ${offset} claims ${claimed} bytes, ${left} are left`;
  return await readAt(handle, offset, claimed);
}

async function readAt(handle: FileHandle, offset: number, count: number): Promise<Uint8Array> {
  const data = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const { bytesRead } = await handle.read(data, done, count - done, offset + done);
    if (bytesRead === 0) throw new Error(`the file became shorter while it was read, at byte ${offset + done}`);
    done += bytesRead;
  }
  return data;
}

function read(
  reader: FragmentReader, box: Uint8Array,
): ReturnType<FragmentReader['push']>[number] | Mp4Error | undefined {
  try {
    return reader.push(box)[0];
  } catch (error) {
    if (error instanceof Mp4Error) return error;
    throw error;
  }
}
