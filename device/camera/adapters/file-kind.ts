/** What a file that is no video plainly is instead, by how it begins. */
import { open } from 'node:fs/promises';

const HEAD_BYTES = 512;
/** First bytes, hexadecimal. */
const BEGINNINGS: readonly (readonly [begin: string, kind: string])[] = [
  ['ffd8ff', 'a picture'], ['89504e47', 'a picture'],
  ['504b0304', 'a ZIP archive'], ['1f8b', 'a gzip archive'],
  ['25504446', 'a PDF'], ['7f454c46', 'a program'],
];

/** `a text`, `a picture`; undefined where it cannot be told. */
export async function fileKind(file: string): Promise<string | undefined> {
  await using opened = await open(file, 'r');
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const head = buffer.subarray(0, bytesRead);
  const known = BEGINNINGS.find(([begin]) => head.toString('hex').startsWith(begin))?.[1];
  if (known !== undefined || !isText(head)) return known;
  return /^\s*(?:<!doctype html|<html)/i.test(head.toString('latin1')) ? 'a web page' : 'a text';
}

/** Printable, white space, or above ASCII. */
const isText = (head: Uint8Array): boolean =>
  head.every((byte) => (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x09 && byte <= 0x0d));
