/**
 * A large object to Google Cloud Storage as a session that lasts a week:
 * https://cloud.google.com/storage/docs/performing-resumable-uploads
 */
import { z } from 'zod';
import type { HttpAnswer, HttpAsk } from './http-line.ts';
import type { Delivery, PutOptions } from './port.ts';
import { paced, rangeChunks } from './source.ts';
import { readToken, writeToken } from './token.ts';

/** Path and query of the session; its host is the one that is set, whatever an answer says. */
const session = z.strictObject({ path: z.string().startsWith('/') });

/** Refusals after which the session goes on. */
const mayPass = ({ status }: HttpAnswer): boolean => status === 408 || status === 429 || status >= 500;

export interface GcsUpload {
  /** Store and key, for the token. */
  readonly place: string;
  /** Where a session begins. */
  readonly begin: URL;
  readonly facts: object;
  /** `isSession`: the address alone lets in. */
  readonly ask: (what: HttpAsk, isSession: boolean) => Promise<HttpAnswer>;
}

/** All of it is there. */
export const isStored = ({ status }: HttpAnswer): boolean => status === 200 || status === 201;

/** @returns The last answer: `isStored`, or a refusal. */
export async function resumeGcsUpload(
  upload: GcsUpload, delivery: Delivery, signal: AbortSignal, options: PutOptions,
): Promise<HttpAnswer> {
  const { checkpoint } = options;
  const owner = { place: upload.place, delivery };
  const found = checkpoint === undefined ? undefined : readToken(checkpoint, owner, session);
  const kept = found === undefined ? undefined : new URL(found.state.path, upload.begin);
  // it ends by itself, too
  if (kept !== undefined && found?.isSameContent === false)
    await upload.ask({ method: 'DELETE', url: kept }, true).catch(() => {});
  const asked = kept === undefined || found?.isSameContent === false ? undefined
    : await upload.ask(question(kept, delivery.bytes), true);
  if (kept !== undefined && asked?.status === 308)
    return sendRest({ upload, url: kept, from: storedBytes(asked) }, delivery, signal, options);
  if (asked !== undefined && isStored(asked)) {
    checkpoint?.save(undefined);
    return asked;
  }
  if (asked !== undefined && mayPass(asked)) return asked;
  const begun = await upload.ask(beginning(upload, delivery), false);
  if (begun.status !== 200) return begun;
  const { pathname, search } = URL.parse(begun.headers.location ?? '', upload.begin.href)
    ?? { pathname: '', search: '' };
  if (pathname === '') return { ...begun, status: 0 };
  if (checkpoint !== undefined) writeToken(checkpoint, owner, { path: pathname + search });
  return sendRest({ upload, url: new URL(pathname + search, upload.begin), from: 0 }, delivery, signal, options);
}

interface Rest { readonly upload: GcsUpload; readonly url: URL; readonly from: number }

/** The server may keep less than it was sent: then the rest goes again, as long as that gets further. */
async function sendRest(
  { upload, url, from }: Rest, delivery: Delivery, signal: AbortSignal, options: PutOptions,
): Promise<HttpAnswer> {
  const answer = await sendFrom({ upload, url, from }, delivery, signal, options);
  const { status } = answer;
  const reached = storedBytes(answer);
  if (status === 308 && reached > from) return sendRest({ upload, url, from: reached }, delivery, signal, options);
  if (isStored(answer) || (status >= 400 && !mayPass(answer))) options.checkpoint?.save(undefined);
  return answer;
}

const beginning = ({ begin, facts }: GcsUpload, { bytes, contentType }: Delivery): HttpAsk => {
  const text = Buffer.from(JSON.stringify(facts));
  return {
    method: 'POST', url: begin, body: { bytes: text.byteLength, chunks: [text] },
    headers: {
      'content-type': 'application/json; charset=UTF-8', 'x-upload-content-type': contentType,
      'x-upload-content-length': String(bytes),
    },
  };
};

const question = (url: URL, bytes: number): HttpAsk =>
  ({ method: 'PUT', url, headers: { 'content-range': `bytes */${bytes}` } });

function sendFrom(
  { upload, url, from }: Rest, delivery: Delivery, signal: AbortSignal, options: PutOptions,
): Promise<HttpAnswer> {
  const { bytes } = delivery;
  if (from > 0) options.onBytes?.(from);
  return upload.ask({
    method: 'PUT', url, headers: { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` },
    body: {
      bytes: bytes - from, chunks: paced(rangeChunks(delivery, { start: from, end: bytes }, signal), options, from),
    },
  }, true);
}

/** How much the server has: of a session without any, it says nothing. */
function storedBytes({ headers }: HttpAnswer): number {
  const [, last] = /^bytes=0-(\d+)$/.exec(headers.range ?? '') ?? [];
  return last === undefined ? 0 : Number(last) + 1;
}
