/** Which part of a file a `Range` header asks for (RFC 9110, 14.1.2). */

/** First and last byte, both included. */
export interface ByteRange { readonly first: number; readonly last: number }

/**
 * @param header - Of the request; undefined when it has none.
 * @param size - Bytes there are.
 * @returns `whole` when there is no range, or one that need not be understood (several at once, other units);
 *   `unsatisfiable` when no byte of it exists.
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null) return 'whole';
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return 'whole';
  if (from === '') return clip({ first: Math.max(0, size - Number(to)), last: size - 1 }, size);
  if (to !== '' && Number(to) < Number(from)) return 'whole';
  return clip({ first: Number(from), last: to === '' ? size - 1 : Number(to) }, size);
}

function clip({ first, last }: ByteRange, size: number): ByteRange | 'unsatisfiable' {
  return first >= size ? 'unsatisfiable' : { first, last: Math.min(last, size - 1) };
}
