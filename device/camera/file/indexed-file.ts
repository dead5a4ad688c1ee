/**
 * An ordinary MP4 of H.264 or H.265, read without the help of another program: its index says where each picture lies.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { boxBytes, fourCharacters, MAX_BOX_BYTES, type Mp4Box } from '../../contract/mp4-boxes.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import { DeviceError } from '../../core/errors.ts';
import type { EncodedPicture } from '../gate/encoded-picture.ts';
import type { PacketSource } from './packet-source.ts';
import { readSampleTable, type SampleTable } from './sample-table.ts';

/** Read at once: some seconds of most videos. */
const CHUNK_BYTES = 256 * 1024;
/** Boxes beside each other before the index is found. An ordinary file has three to five. */
const MOST_BOXES = 64;

export class IndexedFile implements PacketSource {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #table: SampleTable;
  readonly #fileBytes: number;
  readonly #signal: AbortSignal;

  private constructor(file: string, handle: FileHandle, found: Found, signal: AbortSignal) {
    this.file = file;
    this.#handle = handle;
    this.#table = found.table;
    this.#fileBytes = found.fileBytes;
    this.#signal = signal;
  }

  /** Undefined when it is no file that can be read, or none that is ordinary enough to be read like that. */
  static async open(file: string, signal: AbortSignal): Promise<IndexedFile | undefined> {
    const handle = await open(file).catch(() => undefined);
    const found = handle && await findTable(handle).catch(() => undefined);
    if (handle === undefined || found === undefined) return void await handle?.close();
    return new IndexedFile(file, handle, found, signal);
  }

  get init(): InitSegment { return this.#table.init; }

  async *pictures(): AsyncGenerator<readonly EncodedPicture[], void> {
    let chunk: Uint8Array = new Uint8Array();
    let from = 0;
    let batch: EncodedPicture[] = [];
    for (const { at, bytes, decodeTicks, offset, duration, key } of this.#table.samples()) {
      if (at + bytes > from + chunk.byteLength) {
        if (batch.length > 0) yield batch;
        batch = [];
        this.#signal.throwIfAborted();
        chunk = await this.#read(at, Math.max(bytes, Math.min(CHUNK_BYTES, this.#fileBytes - at)));
        from = at;
      }
      batch.push({ decodeTicks, offset, duration, key, payload: chunk.subarray(at - from, at - from + bytes) });
    }
    if (batch.length > 0) yield batch;
  }

  close(): void { this.#handle.close().catch(() => {}); } // it was only read

  async #read(at: number, bytes: number): Promise<Uint8Array> {
    const chunk = await readAt(this.#handle, at, bytes).catch((cause: unknown) => {
      throw new DeviceError('camera.damaged', `${this.file} cannot be read to its end`, { cause });
    });
    if (chunk === undefined) throw new DeviceError('camera.damaged', `${this.file} became shorter while it was read`);
    return chunk;
  }
}

interface Found { readonly table: SampleTable; readonly fileBytes: number }

async function findTable(handle: FileHandle): Promise<Found | undefined> {
  const facts = await handle.stat();
  if (!facts.isFile()) return undefined;
  const boxes = new Map<string, Mp4Box>();
  let at = 0;
  for (let count = 0; at + 8 <= facts.size && count < MOST_BOXES; count++) {
    const head = await readAt(handle, at, Math.min(16, facts.size - at));
    const size = head && boxBytes(head);
    if (head === undefined || size === undefined || at + size > facts.size) return undefined;
    const type = fourCharacters(head, 4);
    if (type === 'moof' || (count === 0 && type !== 'ftyp')) return undefined;
    if (type === 'ftyp' || type === 'moov') {
      const data = size <= MAX_BOX_BYTES && !boxes.has(type) ? await readAt(handle, at, size) : undefined;
      if (data === undefined) return undefined;
      boxes.set(type, { type, data });
    }
    at += size;
  }
  const [ftyp, moov] = [boxes.get('ftyp'), boxes.get('moov')];
  const table = ftyp && moov && readSampleTable(ftyp, moov, facts.size);
  return table && { table, fileBytes: facts.size };
}

/** Undefined when the file ends before. */
async function readAt(handle: FileHandle, at: number, bytes: number): Promise<Uint8Array | undefined> {
  const data = new Uint8Array(bytes);
  for (let filled = 0; filled < bytes;) {
    const { bytesRead } = await handle.read(data, filled, bytes - filled, at + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return data;
}
