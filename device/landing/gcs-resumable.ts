/** A large object to Google Cloud Storage as a session that lasts a week: https://cloud.google.com/storage/docs/performing-resumable-uploads */
import { z } from 'zod';
import type { HttpAnswer, HttpAsk } from './http-line.ts';
import type { Delivery, PutOptions } from './port.ts';
import { paced, rangeChunks } from './source.ts';
import { readToken, writeToken } from './token.ts';

/** Path and query of the session; its host is the one that is set, whatever an answer says. */
const session = z.strictObject({ path: z.string().startsWith('/') });

/** Refusals after which the session goes on. */
const MAY_PASS = new Set([408, 429]);

export interface GcsUpload {
  /** Store and key, for the token. */
  readonly place: string;
  /** Where a session begins. */
  readonly begin: URL;
  readonly facts: object;
  /** `isSession`: the address alone lets in. */
  readonly ask: (what: HttpAsk, isSession: boolean) => Promise<HttpAnswer>;
}

/** @returns The last answer: 200 when all of it is there, else a refusal. */
export async function resumeGcsUpload(upload: GcsUpload, delivery: Delivery, signal: AbortSignal, options: PutOptions): Promise<HttpAnswer> {
  const { checkpoint } = options;
  const owner = { place: upload.place, delivery };
  const found = checkpoint === undefined ? undefined : readToken(checkpoint, owner, session);
  const kept = found === undefined ? undefined : new URL(found.state.path, upload.begin);
  if (kept !== undefined && found?.isSameContent === false) await upload.ask({ method: 'DELETE', url: kept }, true).catch(() => {}); // it ends by itself, too
  const asked = kept === undefined || found?.isSameContent === false ? undefined : await upload.ask(question(kept, delivery.bytes), true);
  let answer = asked;
  let url = kept;
  if (asked === undefined || (asked.status !== 308 && asked.status !== 200)) {
    const begun = await upload.ask(beginning(upload, delivery), false);
    const { pathname, search } = URL.parse(begun.headers.location ?? '', upload.begin.href) ?? { pathname: '', search: '' };
    if (begun.status !== 200 || pathname === '') return begun.status === 200 ? { ...begun, status: 0 } : begun;
    if (checkpoint !== undefined) writeToken(checkpoint, owner, { path: pathname + search });
    url = new URL(pathname + search, upload.begin);
    answer = undefined;
  }
  // The server may keep less than it was sent: then the rest goes as long as that gets further.
  for (let from = storedBytes(answer); answer?.status !== 200 && url !== undefined;) {
    answer = await sendFrom({ upload, url, from }, delivery, signal, options);
    const reached = storedBytes(answer);
    if (answer.status !== 308 || reached <= from) break;
    from = reached;
  }
  const last = answer ?? { status: 0, headers: {}, text: '' };
  if (last.status === 200 || (last.status >= 400 && last.status < 500 && !MAY_PASS.has(last.status))) checkpoint?.save(undefined);
  return last;
}

const beginning = ({ begin, facts }: GcsUpload, { bytes, contentType }: Delivery): HttpAsk => {
  const text = Buffer.from(JSON.stringify(facts));
  return {
    method: 'POST', url: begin, body: { bytes: text.byteLength, chunks: [text] },
    headers: { 'content-type': 'application/json; charset=UTF-8', 'x-upload-content-type': contentType, 'x-upload-content-length': String(bytes) },
  };
};

const question = (url: URL, bytes: number): HttpAsk => ({ method: 'PUT', url, headers: { 'content-range': `bytes */${bytes}` } });

function sendFrom(
  { upload, url, from }: { readonly upload: GcsUpload; readonly url: URL; readonly from: number }, delivery: Delivery, signal: AbortSignal, options: PutOptions,
): Promise<HttpAnswer> {
  const { bytes } = delivery;
  if (from > 0) options.onBytes?.(from);
  return upload.ask({
    method: 'PUT', url, headers: { 'content-range': `bytes ${from}-${bytes - 1}/${bytes}` },
    body: { bytes: bytes - from, chunks: paced(rangeChunks(delivery, { start: from, end: bytes }, signal), options, from) },
  }, true);
}

/** How much the server has: of a session without any, it says nothing. */
function storedBytes(answer: HttpAnswer | undefined): number {
  const [, last] = /^bytes=0-(\d+)$/.exec(answer?.status === 308 ? answer.headers.range ?? '' : '') ?? [];
  return last === undefined ? 0 : Number(last) + 1;
}
