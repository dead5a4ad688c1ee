/** What a client says of an upload that it begins (tus 1.0.0, creation extension). */
import { HttpError } from '../../../device/http/http-error.ts';

const MOST_FIELDS = 32;

/** @returns By name, in UTF-8; a name without value has the empty text. @throws {HttpError} 400 */
export function readUploadMetadata(header: string): ReadonlyMap<string, string> {
  const fields = header === '' ? [] : header.split(',');
  const read = new Map<string, string>();
  for (const field of fields) {
    const [, name, value = ''] = /^ *([\x21-\x2b\x2d-\x7e]{1,64})(?: ([A-Za-z0-9+/]*={0,2}))? *$/.exec(field) ?? [];
    if (name === undefined || read.has(name) || read.size === MOST_FIELDS) {
      throw new HttpError(
        400, 'tus.metadata',
        'Upload-Metadata is a list of names, each once and with a value in base64, divided by commas',
      );
    }
    read.set(name, Buffer.from(value, 'base64').toString('utf8'));
  }
  return read;
}

/** @throws {HttpError} 400 when there is none, 413 when it is more than `most`. */
export function readUploadLength(header: string, most: number): number {
  const bytes = /^\d{1,15}$/.test(header) ? Number(header) : 0;
  if (bytes < 1) throw new HttpError(400, 'tus.length', 'Upload-Length must tell the number of bytes, at least one');
  if (bytes > most) throw tooLarge(bytes, most);
  return bytes;
}

/** @throws {HttpError} 411, 413 */
export function readContentLength(header: string, most: number, least: 0 | 1 = 1): number {
  const bytes = /^\d{1,15}$/.test(header) ? Number(header) : -1;
  if (bytes < least)
    throw new HttpError(411, 'http.length-required', `Content-Length must tell the number of bytes, at least ${least}`);
  if (bytes > most) throw tooLarge(bytes, most);
  return bytes;
}

const tooLarge = (bytes: number, most: number): HttpError =>
  new HttpError(413, 'vault.too-large', `this has ${bytes} bytes, and at most ${most} are taken here`);
