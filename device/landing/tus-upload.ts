/**
 * A large object in pieces, by tus 1.0.0 (https://tus.io/protocols/resumable-upload): it goes on where the
 * server says that it has come to. A few lines instead of a library, which has an HTTP client of its own that
 * knows neither our pace nor our errors.
 */
import { z } from 'zod';
import type { HttpAnswer, HttpAsk } from './http-line.ts';
import type { Delivery, PutOptions } from './port.ts';
import { paced, rangeChunks } from './source.ts';
import { readToken, writeToken } from './token.ts';

/** One request carries so much at most: what stands between may hold back a request until it has all of it. */
const PIECE_BYTES = 8 * 1024 * 1024;
const VERSION = { 'tus-resumable': '1.0.0' } as const;
/** The server has forgotten the upload. */
const GONE = new Set([403, 404, 410]);
/** The server has something else than was sent, or nothing any more: it begins anew. */
const IN_VAIN = new Set([400, 403, 404, 410, 413, 422]);

/** A friendly answer that is none of tus: of a login page, for instance. */
const NO_TUS = 0;

const upload = z.strictObject({ id: z.string().regex(/^[^/]+$/) });

export interface TusRoute {
  /** Server and key, for the token. */
  readonly place: string;
  /** Where uploads are made, with its slash: `https://fleet.example.org/landing/tus/`. */
  readonly base: URL;
  /** What lets us in, of every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Whether what the server says to have all of is thereby stored. Where not, it is thrown away and sent again. */
  readonly wholeIsStored: boolean;
  readonly ask: (what: HttpAsk) => Promise<HttpAnswer>;
}

/** @returns The last answer: 204 (or 200) when all of it is there, else a refusal. */
export async function uploadByTus(
  route: TusRoute, delivery: Delivery, signal: AbortSignal, options: PutOptions,
): Promise<HttpAnswer> {
  const { checkpoint } = options;
  const owner = { place: route.place, delivery };
  const found = checkpoint === undefined ? undefined : readToken(checkpoint, owner, upload);
  if (found?.isSameContent === true) {
    const url = new URL(found.state.id, route.base);
    const asked = await route.ask({ method: 'HEAD', url, headers: { ...VERSION, ...route.headers } });
    const from = offsetOf(asked);
    const isWhole = from === delivery.bytes;
    if (isWhole && route.wholeIsStored) return ended(asked, options);
    if (from !== undefined && !isWhole)
      return ended(await sendFrom({ route, url, from }, delivery, signal, options), options);
    if (from === undefined && !GONE.has(asked.status)) return toldByTus(asked);
    if (isWhole) await abandon(route, found.state.id);
  } else if (found !== undefined) {
    await abandon(route, found.state.id);
  }
  const begun = await route.ask({
    method: 'POST', url: route.base,
    headers: {
      ...VERSION, ...route.headers, 'upload-length': String(delivery.bytes), 'upload-metadata': encoded(route.metadata),
    },
  });
  // Only the last part of the address counts: a proxy may stand between, and what lets us in goes
  // to the server that is set alone.
  const id = URL.parse(begun.headers.location ?? '', route.base.href)?.pathname.split('/')
    .findLast((part) => part !== '');
  if (begun.status !== 201 || id === undefined) return toldByTus(begun);
  if (checkpoint !== undefined) writeToken(checkpoint, owner, { id });
  return ended(await sendFrom({ route, url: new URL(id, route.base), from: 0 }, delivery, signal, options), options);
}

interface Rest { readonly route: TusRoute; readonly url: URL; readonly from: number }

async function sendFrom(
  { route, url, from }: Rest, delivery: Delivery, signal: AbortSignal, options: PutOptions,
): Promise<HttpAnswer> {
  if (from > 0) options.onBytes?.(from);
  for (let at = from; ;) {
    const end = Math.min(at + PIECE_BYTES, delivery.bytes);
    const answer = await route.ask({
      method: 'PATCH', url,
      headers: {
        ...VERSION, ...route.headers, 'upload-offset': String(at), 'content-type': 'application/offset+octet-stream',
      },
      body: { bytes: end - at, chunks: paced(rangeChunks(delivery, { start: at, end }, signal), options, at) },
    });
    const reached = offsetOf(answer);
    if (reached === undefined || reached <= at) return toldByTus(answer);
    if (reached === delivery.bytes) return answer;
    at = reached;
  }
}

/** Without what tus says with it, a friendly answer means nothing. */
const toldByTus = (answer: HttpAnswer): HttpAnswer => (answer.status < 300 ? { ...answer, status: NO_TUS } : answer);

function ended(answer: HttpAnswer, { checkpoint }: PutOptions): HttpAnswer {
  if (answer.status === 200 || answer.status === 204 || IN_VAIN.has(answer.status)) checkpoint?.save(undefined);
  return answer;
}

const abandon = async ({ base, headers, ask }: TusRoute, id: string): Promise<void> =>
  // it runs out by itself, too
  void await ask({ method: 'DELETE', url: new URL(id, base), headers: { ...VERSION, ...headers } }).catch(() => {});

function offsetOf({ status, headers }: HttpAnswer): number | undefined {
  const offset = headers['upload-offset'];
  return (status === 200 || status === 204) && typeof offset === 'string' && /^\d+$/.test(offset) ? Number(offset)
    : undefined;
}

const encoded = (metadata: Readonly<Record<string, string>>): string => Object.entries(metadata)
  .filter(([, value]) => value !== '')
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',');
