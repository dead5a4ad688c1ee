/** Whether an MP4 (ISO/IEC 14496-12, 4.2) or QuickTime file ends in the middle of a box. Pure. */
import { boxBytes, fourCharacters } from '../../contract/mp4-boxes.ts';
import type { FileHead, Torn } from './torn.ts';

/** They hold the media, or tell where it lies. Behind the last of them may be anything: phones append things. */
const MEDIA = new Set(['ftyp', 'styp', 'moov', 'moof', 'mdat', 'sidx', 'mfra']);
/** Stand beside those. */
const OTHERS = new Set(['free', 'skip', 'wide', 'pnot', 'udta', 'uuid', 'meta', 'emsg', 'prft', 'pdin', 'ssix']);

export const isMp4 = (head: Uint8Array): boolean => MEDIA.has(typeOf(head)) || OTHERS.has(typeOf(head));

export function tornMp4({ readAt, size }: FileHead): Torn | undefined {
  let hasFragments = false;
  for (let at = 0; at < size;) {
    const head = readAt(at, 16);
    if (head.byteLength < 8) return tornHead(head, at);
    const type = typeOf(head);
    const claimed = boxBytes(head);
    if (claimed === undefined) return undefined;
    if (at + claimed > size && (MEDIA.has(type) || (hasFragments && OTHERS.has(type)))) {
      return {
        fault: `is cut off: box "${type}" at byte ${at} claims ${claimed} bytes, ${size - at} are left`,
        // ffmpeg reads nothing at all of a file whose last list of pictures breaks off.
        ...(type === 'moof' && { readable: at }),
      };
    }
    // Pictures that an index tells of are found all the same; fragments only from one to the next.
    if (at + claimed > size) return hasFragments ? lostAt(at, size) : undefined;
    if (type === 'mfra') return undefined; // tells of all fragments: none is behind it
    hasFragments ||= type === 'moof';
    at += claimed;
  }
  return undefined;
}

const lostAt = (at: number, size: number): Torn =>
  ({ fault: `is damaged: no box begins at byte ${at}, ${size - at} bytes from there on are not read` });

/** So few bytes are the begin of a size, or padding. */
function tornHead(head: Uint8Array, at: number): Torn | undefined {
  if (head[0] !== 0 || head.every((byte) => byte === 0)) return undefined;
  return { fault: `is cut off: a box at byte ${at} breaks off after ${head.byteLength} bytes`, readable: at };
}

const typeOf = (head: Uint8Array): string => fourCharacters(head, 4);
