/**
 * Reads an encrypted file as if it were not: any range of its plaintext, and nothing of it before its tag was checked.
 */
import { createDecipheriv } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  ENCRYPTED_FTYP, ENCRYPTED_PREFIX_BYTES, isEncrypted, plainBytesOf, readEncryptedBox, readHeadFacts,
  TAG_BYTES, type EncryptedHead, type SealedBox,
} from '../contract/encrypted-box.ts';
import { concat, MAX_BOX_BYTES, viewOf } from '../contract/mp4-boxes.ts';
import { DeviceError } from '../core/errors.ts';
import type { BoxPlaces, Part, Walk } from './box-places.ts';
import { nonceOf } from './file-cipher.ts';
import type { KeyOpener } from './wrapped-key.ts';

/** Some bytes of a file. Fewer than asked for at its end. */
export type ReadAt = (offset: number, count: number) => Promise<Uint8Array>;

/** Seals included: a fragment every tenth of a second for five hours. */
const MOST_BOXES = 400_000;

/** Whether the file that `read` reads is encrypted. */
export const beginsEncrypted = async (read: ReadAt): Promise<boolean> =>
  isEncrypted(await read(0, ENCRYPTED_FTYP.byteLength));

export class EncryptedFile {
  readonly #read: ReadAt;
  readonly #key: Uint8Array;
  readonly #fileId: Uint8Array;
  readonly #parts: readonly Part[];
  readonly head: EncryptedHead;
  /** Of the plaintext. */
  readonly bytes: number;

  /**
   * Finds the file's key and where its boxes stand. A torn end, such as that of a file which still grows, is not part
   * of it.
   *
   * @param size - Bytes of the file. `read` is asked for more later; it must go on working until all streams have
   * ended.
   * @param places - Where what is found is remembered, for a file that is opened again and again.
   * @throws {DeviceError} `vault.no-key` when `keys` do not open it, `vault.damaged` when it does not hold together.
   */
  static async open(read: ReadAt, size: number, keys: KeyOpener, places?: BoxPlaces): Promise<EncryptedFile> {
    const begun = await walk(read, size, NOT_BEGUN, 1);
    const [first] = begun.parts;
    const box = first && readEncryptedBox(await read(first.offset, first.bytes));
    const head = box && readHeadFacts(box);
    if (first === undefined || box === undefined || head === undefined) throw damaged(0, 'its head cannot be read');
    const key = keys.open(head.recipients, box.fileId);
    if (key === undefined)
      throw new DeviceError(
        'vault.no-key', 'the recording is encrypted, and none of the keys that are held here opens it',
      );
    decrypt(box, key); // what the head says counts only now
    const { fileId } = box;
    const whole = await walk(read, size, places?.known(fileId, size) ?? begun);
    places?.keep(fileId, whole);
    return new EncryptedFile(read, { key, fileId, parts: whole.parts, head });
  }

  private constructor(read: ReadAt, { key, fileId, parts, head }: {
    readonly key: Uint8Array; readonly fileId: Uint8Array;
    readonly parts: readonly Part[]; readonly head: EncryptedHead;
  }) {
    this.#read = read;
    this.#key = key;
    this.#fileId = fileId;
    this.#parts = parts;
    this.head = head;
    const last = parts.at(-1);
    this.bytes = last === undefined ? 0 : last.from + last.plainBytes;
  }

  /**
   * The plaintext from byte `first` to byte `last`, both included; by default all of it.
   * @throws {DeviceError} `vault.damaged` at the first box that was altered, moved, left out or put
   * in; what came before it is sound.
   */
  async *plain(first = 0, last = this.bytes - 1): AsyncGenerator<Uint8Array, void> {
    for (const [number, part] of this.#parts.entries()) {
      if (part.from + part.plainBytes <= first || part.from > last || part.plainBytes === 0) continue;
      const data = await this.#open(part, number);
      yield data.subarray(Math.max(0, first - part.from), last + 1 - part.from);
    }
  }

  /** As `plain`; `onEnd` is called once, however it ends, and if nobody ever reads from it. */
  stream(first: number, last: number, onEnd: () => Promise<void>): Readable {
    const stream = Readable.from(this.plain(first, last), { objectMode: false });
    stream.once('close', () => { void onEnd(); });
    return stream;
  }

  /**
   * What one box of this file holds, the `ftyp` before it passed over; wherever it was read.
   * @throws {DeviceError} `vault.damaged` when it is not of this file, or altered. Its place in the file is not looked
   * at.
   */
  openBox(data: Uint8Array): Uint8Array {
    const box = readEncryptedBox(isEncrypted(data) ? data.subarray(ENCRYPTED_FTYP.byteLength) : data);
    if (box === undefined) throw damaged(0, 'a box cannot be read');
    return decrypt(box, this.#key);
  }

  async #open({ offset, bytes }: Part, number: number): Promise<Uint8Array> {
    const box = readEncryptedBox(await this.#read(offset, bytes));
    if (box === undefined || box.clear.byteLength + box.ciphertext.byteLength + TAG_BYTES !== bytes)
      throw damaged(offset, `box ${number} cannot be read`);
    if (box.number !== number) throw damaged(offset, `box ${box.number} stands where box ${number} belongs`);
    if (!this.#fileId.every((byte, at) => box.fileId[at] === byte))
      throw damaged(offset, `box ${number} is of another file`);
    return decrypt(box, this.#key);
  }
}

/** All of a small file, such as a picture. @throws {DeviceError} As `EncryptedFile`. */
export async function decryptWhole(data: Uint8Array, keys: KeyOpener): Promise<Uint8Array> {
  const file = await EncryptedFile.open(inMemory(data), data.byteLength, keys);
  const parts: Uint8Array[] = [];
  for await (const part of file.plain()) parts.push(part);
  return concat(parts);
}

export const readAtOf = (handle: FileHandle): ReadAt => async (offset, count) => {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(count), 0, count, offset);
  return buffer.subarray(0, bytesRead);
};

export const inMemory = (data: Uint8Array): ReadAt => async (offset, count) => data.subarray(offset, offset + count);

function decrypt(box: SealedBox, key: Uint8Array): Uint8Array {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(box.number), { authTagLength: TAG_BYTES })
    .setAAD(box.clear)
    .setAuthTag(box.tag);
  const plain = decipher.update(box.ciphertext);
  try {
    decipher.final();
  } catch (cause) {
    throw new DeviceError(
      'vault.damaged', `box ${box.number} of the encrypted file is not what was written`, { cause },
    );
  }
  return plain;
}

/** A seal and the beginning of the fragment behind it come with one read. */
const WINDOW_BYTES = 256;

const NOT_BEGUN: Walk = { parts: [], end: 0, boxes: 0 };

/**
 * Walks on over the boxes' beginnings, until `most` encrypted ones are found; other boxes, such as seals, are passed
 * over.
 */
async function walk(read: ReadAt, size: number, { parts: known, end, boxes }: Walk, most = Infinity): Promise<Walk> {
  const parts = [...known];
  let window: { readonly at: number; readonly data: Uint8Array } = { at: 0, data: new Uint8Array() };
  let from = known.reduce((sum, { plainBytes }) => sum + plainBytes, 0);
  let [offset, passed] = [end, boxes];
  for (; offset < size && parts.length < most; passed++) {
    if (passed === MOST_BOXES) throw damaged(offset, `it has more than ${MOST_BOXES} boxes`);
    if (offset + ENCRYPTED_PREFIX_BYTES > window.at + window.data.byteLength)
      window = { at: offset, data: await read(offset, WINDOW_BYTES) };
    const prefix = window.data.subarray(offset - window.at, offset - window.at + ENCRYPTED_PREFIX_BYTES);
    if (prefix.byteLength < 8) break;
    const bytes = viewOf(prefix).getUint32(0);
    if (bytes < 8 || bytes > MAX_BOX_BYTES) throw damaged(offset, `a box claims ${bytes} bytes`);
    if (bytes > size - offset) break;
    const plainBytes = plainBytesOf(prefix);
    if (plainBytes !== undefined) {
      parts.push({ offset, bytes, from, plainBytes });
      from += plainBytes;
    }
    offset += bytes;
  }
  return { parts, end: offset, boxes: passed };
}

const damaged = (offset: number, what: string): DeviceError =>
  new DeviceError('vault.damaged', `the encrypted file is damaged at byte ${offset}: ${what}`);
