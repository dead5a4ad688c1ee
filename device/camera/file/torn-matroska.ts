/** Whether a Matroska or WebM file (RFC 8794, RFC 9559) ends in the middle of an element. Pure. */
import type { FileHead, Torn } from './torn.ts';

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
/** All that stands in a file, in its segment and in its clusters. What else is found was appended. */
const ELEMENTS: ReadonlySet<number | undefined> = new Set([
  EBML, SEGMENT, 0xec, 0xbf,
  0x114d9b74, 0x1549a966, 0x1654ae6b, CLUSTER, 0x1c53bb6b, 0x1941a469, 0x1043a770, 0x1254c367,
  0xe7, 0x5854, 0xa7, 0xab, 0xa0, 0xa3, 0xaf,
]);

export const isMatroska = (head: Uint8Array): boolean => readNumber(head, 0, 4, 'with marker')?.value === EBML;

export function tornMatroska({ readAt, size }: FileHead): Torn | undefined {
  for (let at = 0; at < size;) {
    const head = readAt(at, 12);
    const id = readNumber(head, 0, 4, 'with marker');
    const length = id && readNumber(head, id.bytes, 8, 'without marker');
    // The file is damaged, or something was appended.
    if (id === undefined || length === undefined || !ELEMENTS.has(id.value)) return undefined;
    const data = at + id.bytes + length.bytes;
    const isOpen = length.value === undefined;
    // What was written as it came does not know how long it is: what lies in it is looked at one by one.
    if (isOpen && id.value !== SEGMENT && id.value !== CLUSTER) return undefined;
    if (!isOpen && data + (length.value ?? 0) > size) {
      const name = id.value === SEGMENT ? 'the segment' : id.value === CLUSTER ? 'the cluster' : 'the element';
      return { fault: `is cut off: ${name} at byte ${at} claims ${length.value ?? 0} bytes, ${size - data} are left` };
    }
    at = data + (length.value ?? 0);
  }
  return undefined;
}

/**
 * A number whose first byte tells its length (RFC 8794, 4).
 *
 * @returns Its value is undefined where it says that nobody knows.
 */
function readNumber(
  from: Uint8Array, at: number, mostBytes: number, how: 'with marker' | 'without marker',
): { readonly value: number | undefined; readonly bytes: number } | undefined {
  const first = from[at] ?? 0;
  const bytes = Math.clz32(first) - 24 + 1;
  if (bytes > mostBytes || at + bytes > from.byteLength) return undefined;
  let value = how === 'with marker' ? first : first & (0xff >> bytes);
  for (let next = 1; next < bytes; next++) value = value * 256 + (from[at + next] ?? 0);
  return { value: how === 'without marker' && value === 2 ** (7 * bytes) - 1 ? undefined : value, bytes };
}
