/**
 * A landing store in a bucket of Google Cloud Storage, by its JSON API: Google's library would take 30 MB of a device's
 * memory, and its few requests are these.
 *
 * A service account that may only create and list cannot replace an object: that waits until the fleet took the first.
 * With the rights of the guide it may replace what is no footage: manifests and reports.
 */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { millis } from '../core/units.ts';
import { digestParts } from './parts.ts';
import { GcsToken, readServiceAccount } from './gcs-token.ts';
import { isStored, resumeGcsUpload } from './gcs-resumable.ts';
import { HttpLine, isTold, LineBroken, type HttpAnswer, type HttpAsk } from './http-line.ts';
import { checkKey, folderPrefix } from './key.ts';
import type {
  Delivery, LandedObject, LandingEntry, LandingPage, LandingReader, LandingWriter, PutOptions,
} from './port.ts';
import { paced, verifiedChunks } from './source.ts';
import { clockDiffers, failureOfStatus, storeError, unanswered, type StoreContext } from './store-errors.ts';

export interface GcsSettings {
  /** Empty for Google's own. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Stands before every key, for a bucket shared with others; with or without slash at its end. */
  readonly prefix: string;
  /** Key file of a service account: its path, or the JSON in it. */
  readonly key: string;
}

const GOOGLE = 'https://storage.googleapis.com';
/** Up to here an object goes in one request, and begins anew when that breaks. */
const IN_ONE_BYTES = 8 * 1024 * 1024;

const listed = z.object({
  items: z.array(z.object({
    name: z.string(), size: z.string(), updated: z.string(), metadata: z.record(z.string(), z.string()).optional(),
  })).optional(),
  nextPageToken: z.string().optional(),
});
const stored = z.object({ size: z.string() });
type Listed = z.infer<typeof listed>;

export class GcsLanding implements LandingWriter, LandingReader, Disposable {
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #origin: string;
  readonly #token: GcsToken;
  readonly #line = new HttpLine();

  /** @throws {ConfigError} `gcs.settings`, `gcs.key-invalid`. Nothing is connected yet. */
  constructor({ endpoint, bucket, prefix, key }: GcsSettings) {
    const wrong = [
      ...(bucket === '' ? ['a bucket is needed'] : []),
      ...(key === '' ? ['the key file of a service account is needed'] : []),
    ];
    if (wrong.length > 0)
      throw new ConfigError('gcs.settings', `settings of Google Cloud Storage: ${wrong.join('; ')}`);
    this.#bucket = bucket;
    this.#prefix = folderPrefix(prefix);
    this.#origin = endpoint === '' ? GOOGLE : endpoint.replace(/\/+$/, '');
    this.#token = new GcsToken(readServiceAccount(key));
  }

  async put(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const [md5] = await digestParts(delivery, { partBytes: Math.max(delivery.bytes, 1), algorithm: 'md5' }, signal);
    const facts = {
      name: this.#prefix + key, contentType: delivery.contentType, metadata: { sha256: delivery.sha256 },
      ...(md5 === undefined ? {} : { md5Hash: md5.toString('base64') }),
    };
    const action = `put ${key}`;
    const answer = delivery.bytes > IN_ONE_BYTES
      ? await resumeGcsUpload({
        place: `gcs ${this.#origin} ${this.#bucket} ${this.#prefix}${key}`,
        begin: this.#url('/upload', '', { uploadType: 'resumable' }), facts,
        ask: (what, isSession) => this.#ask(what, action, signal, isSession),
      }, delivery, signal, options)
      : await this.#putInOne(facts, delivery, { signal, options, action });
    if (answer.status === 403 && await this.#holds(key, delivery, signal)) return;
    if (!isStored(answer)) throw this.#refusal(answer, action);
    // Of a login page, for instance: it says of the object nothing at all.
    if (stored.safeParse(jsonIn(answer.text)).data?.size !== String(delivery.bytes))
      throw storeError('not-understood', this.#context(action));
  }

  async list(prefix: string, cursor: string | undefined, signal: AbortSignal): Promise<LandingPage> {
    const { items = [], nextPageToken } = await this.#page(
      prefix, { maxResults: '1000', ...(cursor === undefined ? {} : { pageToken: cursor }) }, signal,
    );
    const entries = items.map(({ name, size, updated }): LandingEntry =>
      ({ key: name.slice(this.#prefix.length), bytes: Number(size), modifiedAt: millis(Date.parse(updated)) }));
    return { entries, next: nextPageToken, unreadable: [] };
  }

  async open(key: string, signal: AbortSignal): Promise<LandedObject | undefined> {
    const action = `get ${key}`;
    const answer = await this.#guarded(action, signal, () =>
      this.#line.open(
        { method: 'GET', url: this.#url('', this.#prefix + key, { alt: 'media' }), headers: this.#headers() }, signal,
      ));
    if (answer.statusCode === 200) {
      const bytes = Number(answer.headers['content-length'] ?? answer.headers['x-goog-stored-content-length']);
      return { bytes, body: answer satisfies Readable };
    }
    answer.destroy();
    const { statusCode: status = 0, headers } = answer;
    if (status !== 404) throw this.#refusal({ status, headers, text: '' }, action);
    await this.#page(key, { maxResults: '1' }, signal); // a bucket that is gone is no missing object
    return undefined;
  }

  async remove(key: string, signal: AbortSignal): Promise<void> {
    const action = `delete ${key}`;
    const answer = await this.#ask({ method: 'DELETE', url: this.#url('', this.#prefix + key) }, action, signal);
    if (answer.status !== 204 && answer.status !== 404) throw this.#refusal(answer, action);
  }

  [Symbol.dispose](): void { this.#line[Symbol.dispose](); }

  /** Facts and content as one body of two parts: the server holds the content to its MD5. */
  async #putInOne(
    facts: object, delivery: Delivery,
    {
      signal, options, action,
    }: { readonly signal: AbortSignal; readonly options: PutOptions; readonly action: string },
  ): Promise<HttpAnswer> {
    const mark = 'tyto-content';
    const head =
      Buffer.from(`--${mark}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(facts)}\r\n` +
        `--${mark}\r\ncontent-type: ${delivery.contentType}\r\n\r\n`);
    const tail = Buffer.from(`\r\n--${mark}--\r\n`);
    async function* chunks(): AsyncGenerator<Uint8Array, void> {
      yield head;
      yield* paced(verifiedChunks(delivery, signal, { chunks: 'kept' }), options);
      yield tail;
    }
    return this.#ask({
      method: 'POST', url: this.#url('/upload', '', { uploadType: 'multipart' }),
      headers: { 'content-type': `multipart/related; boundary=${mark}` },
      body: { bytes: head.byteLength + delivery.bytes + tail.byteLength, chunks: chunks() },
    }, action, signal);
  }

  /**
   * Whether a refusal to replace is none, since the very same lies there: a delivery that came twice.
   * @throws {RemoteError} `landing.occupied` when another object does.
   */
  async #holds(key: string, { bytes, sha256 }: Delivery, signal: AbortSignal): Promise<boolean> {
    const { items = [] } = await this.#page(key, { maxResults: '1' }, signal);
    const [found] = items;
    if (found?.name !== this.#prefix + key) return false;
    if (found.size === String(bytes) && found.metadata?.['sha256'] === sha256) return true;
    throw storeError('occupied', this.#context(`put ${key}`));
  }

  async #page(prefix: string, more: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Listed> {
    const action = `list ${prefix}`;
    const fields = 'nextPageToken,items(name,size,updated,metadata)';
    const answer = await this.#ask({
      method: 'GET', url: this.#url('', undefined, { prefix: this.#prefix + prefix, fields, ...more }),
    }, action, signal);
    if (answer.status !== 200) throw this.#refusal(answer, action);
    const page = listed.safeParse(jsonIn(answer.text));
    if (!page.success) throw storeError('not-understood', this.#context(action));
    return page.data;
  }

  /** @param isSession - Its address alone lets in whoever knows it. */
  async #ask(what: HttpAsk, action: string, signal: AbortSignal, isSession = false): Promise<HttpAnswer> {
    return this.#guarded(action, signal, () =>
      this.#line.ask({ ...what, headers: { ...what.headers, ...(isSession ? {} : this.#headers()) } }, signal));
  }

  async #guarded<T>(action: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (isTold(error, signal)) throw error;
      throw unanswered(error instanceof LineBroken ? error.cause : error, this.#context(action));
    }
  }

  #headers(): Readonly<Record<string, string>> { return { authorization: `Bearer ${this.#token.at()}` }; }

  /** @param object - Undefined for the bucket's list, '' for one that is uploaded. */
  #url(door: '' | '/upload', object: string | undefined, query: Readonly<Record<string, string>> = {}): URL {
    const path = `${door}/storage/v1/b/${encodeURIComponent(this.#bucket)}/o${object === undefined || object === '' ? ''
      : `/${encodeURIComponent(object)}`}`;
    return new URL(`${path}?${new URLSearchParams(query).toString()}`, this.#origin);
  }

  #refusal({ status, headers, text }: HttpAnswer, action: string): Error {
    const context = this.#context(action);
    const reason = reasonOf(text);
    const detail = `HTTP ${status}${reason === '' ? '' : ` ${reason}`}`;
    if (status === 401 && clockDiffers(headers.date)) return storeError('clock-wrong', context);
    if (status === 404) return storeError('bucket-missing', context);
    if (reason === 'invalid' && /MD5/.test(text)) return storeError('interrupted', context, undefined, detail);
    return storeError(failureOfStatus(status), context, undefined, detail);
  }

  #context(action: string): StoreContext {
    return {
      store: 'gcs', action, server: this.#origin === GOOGLE ? 'Google Cloud Storage' : this.#origin,
      place: `bucket "${this.#bucket}"`, key: 'service account',
    };
  }
}

const refusal = z.object({ error: z.object({ errors: z.array(z.object({ reason: z.string() })).min(1) }) });

function reasonOf(text: string): string {
  const read = refusal.safeParse(jsonIn(text));
  return read.success ? read.data.error.errors[0]?.reason ?? '' : '';
}
