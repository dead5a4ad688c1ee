/**
 * Whether a file ends before what its container says: it was cut off. Only headers are read, a few of most files. What
 * cannot be told is not said: something that was appended is no fault, nor is a stream that was recorded for a while.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { fourCharacters, viewOf } from '../../contract/mp4-boxes.ts';
import type { FileHead, Torn } from './torn.ts';
import { isMatroska, tornMatroska } from './torn-matroska.ts';
import { isMp4, tornMp4 } from './torn-mp4.ts';

/** Undefined for a file that is whole, or that does not tell, or cannot be read. */
export function findTorn(file: string): Torn | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const head = { readAt: windowOn(descriptor), size: fstatSync(descriptor).size };
    const start = head.readAt(0, 16).slice();
    return CONTAINERS.find(({ is }) => is(start, head))?.torn(head);
  } catch {
    return undefined; // whoever reads it will tell why it cannot be read
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const WINDOW_BYTES = 4096;

/** Headers lie close together, or far apart. */
function windowOn(descriptor: number): FileHead['readAt'] {
  const window = new Uint8Array(WINDOW_BYTES);
  let [from, filled] = [0, 0];
  return (at, bytes) => {
    if (at < from || at + bytes > from + filled) {
      from = at;
      filled = readSync(descriptor, window, 0, WINDOW_BYTES, at);
    }
    return window.subarray(at - from, Math.min(filled, at - from + bytes));
  };
}

interface Container {
  readonly is: (start: Uint8Array, head: FileHead) => boolean;
  readonly torn: (head: FileHead) => Torn | undefined;
}

const TS_PACKET = 188;
const isTsSync = ({ readAt }: FileHead, at: number): boolean => readAt(at, 1)[0] === 0x47;

/** In each of 188 bytes (ISO/IEC 13818-1, 2.4.3.2). */
const mpegTs: Container = {
  is: (_start, head) => [0, 1, 2].every((packet) => isTsSync(head, packet * TS_PACKET)),
  torn: (head) => {
    const left = head.size % TS_PACKET;
    if (left === 0 || !isTsSync(head, head.size - left)) return undefined;
    return { fault: `is cut off: its last packet, at byte ${head.size - left}, has ${left} of ${TS_PACKET} bytes` };
  },
};

/** Chunks of RIFF, several where it is large (OpenDML); one that was never finished does not know its size. */
const avi: Container = {
  is: (start) => fourCharacters(start, 0) === 'RIFF' && fourCharacters(start, 8) === 'AVI ',
  torn: ({ readAt, size }) => {
    for (let at = 0; at + 8 <= size;) {
      const chunk = readAt(at, 8);
      const bytes = viewOf(chunk).getUint32(4, true);
      if (fourCharacters(chunk, 0) !== 'RIFF' || bytes === 0 || bytes === 0xffff_ffff) return undefined;
      if (at + 8 + bytes > size)
        return { fault: `is cut off: the RIFF chunk at byte ${at} claims ${bytes} bytes, ${size - at - 8} are left` };
      at += 8 + bytes + bytes % 2;
    }
    return undefined;
  },
};

const [GIF_EXTENSION, GIF_IMAGE, GIF_TRAILER] = [0x21, 0x2c, 0x3b];
/** Of a table of colours, by the byte that speaks of it. */
const gifColours = (flags = 0): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

/** GIF89a: blocks, whose parts each begin with their size, up to the trailer. */
const gif: Container = {
  is: (start) => fourCharacters(start, 0) === 'GIF8',
  torn: ({ readAt, size }) => {
    if (readAt(size - 1, 1)[0] === GIF_TRAILER) return undefined;
    let at = 13 + gifColours(readAt(10, 1)[0]);
    while (at < size) {
      const begin = at;
      const [block] = readAt(at, 1);
      if (block === GIF_EXTENSION) at += 2;
      else if (block === GIF_IMAGE) at += 11 + gifColours(readAt(at + 9, 1)[0]);
      else return undefined; // the end, or something that was appended
      for (let part = -1; part !== 0 && at < size; at += 1 + part) part = readAt(at, 1)[0] ?? 0;
      if (at > size || readAt(at - 1, 1)[0] !== 0)
        return { fault: `is cut off: the block at byte ${begin} breaks off at byte ${size}` };
    }
    return undefined;
  },
};

const CONTAINERS: readonly Container[] = [
  { is: isMp4, torn: tornMp4 },
  { is: isMatroska, torn: tornMatroska },
  avi, gif, mpegTs,
];
