/**
 * The landing of a `tyto-fleet`, by HTTP, for devices that have no keys to a cloud: the key of a device puts
 * and lists below its own name. Where the fleet's landing is a cloud store, it hands out leave for single
 * uploads, which go straight there.
 */
import { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';
import { seconds } from '../core/units.ts';
import { HttpLine, isTold, LineBroken, type HttpAnswer, type HttpAsk } from './http-line.ts';
import { checkKey } from './key.ts';
import type { Delivery, LandingPage, LandingWriter, PutOptions } from './port.ts';
import { paced, verifiedChunks } from './source.ts';
import { failureOfStatus, storeError, unanswered, type StoreContext, type StoreFailure } from './store-errors.ts';
import { uploadByTus } from './tus-upload.ts';

export interface VaultSettings {
  /** Address of the fleet: `https://fleet.example.org`. */
  readonly url: string;
  /** Key of this device, as the fleet gave it out. */
  readonly key: string;
  /** PEM of the authority that is believed; empty for those of the system. */
  readonly ca: string;
}

/** Up to here an object goes in one request. */
const PLAIN_BYTES = 8 * 1024 * 1024;
/** What is smaller goes to the fleet itself: asking for leave would cost more than it saves. */
const GRANT_FROM_BYTES = 64 * 1024;
/** How long a fleet that gives no leave is not asked again. */
const NO_GRANTS_FOR_MS = 10 * 60_000;

const listed = z.object({
  entries: z.array(z.object({ key: z.string(), bytes: z.number(), modified_at: z.number() })),
  next: z.string().nullish(),
});
const grant = z.object({ method: z.literal('PUT'), url: z.string(), headers: z.record(z.string(), z.string()) });

const FAILURES: Readonly<Record<string, StoreFailure>> = {
  'landing.wrong-hash': 'interrupted', 'http.cut-short': 'interrupted',
  'tus.unknown': 'interrupted', 'landing.key-invalid': 'object-refused', 'http.no-route': 'not-understood',
};

export class VaultLanding implements LandingWriter, Disposable {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #ca: string;
  readonly #line: HttpLine;
  #direct: HttpLine | undefined;
  #grantsFrom = 0;

  /** @throws {ConfigError} `vault.settings`. Nothing is connected yet. */
  constructor({ url, key, ca }: VaultSettings) {
    const base = URL.parse(`${url.replace(/\/+$/, '')}/`);
    const wrong = [
      ...(base !== null && ['http:', 'https:'].includes(base.protocol) && base.username === '' && base.search === ''
      ? []
      : ['the http:// or https:// address of the fleet is needed']),
      ...(key === '' ? ['the key of this device is needed, as the fleet gave it out'] : []),
    ];
    if (base === null || wrong.length > 0)
      throw new ConfigError('vault.settings', `settings of the fleet's landing: ${wrong.join('; ')}`);
    this.#base = base;
    this.#headers = { authorization: `Bearer ${key}` };
    this.#ca = ca;
    this.#line = new HttpLine(ca === '' ? undefined : ca);
  }

  async put(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    // a file that is no longer right costs no upload
    for await (const _ of verifiedChunks(delivery, signal, { chunks: 'lent' }));
    const action = `put ${key}`;
    if (options.checkpoint?.token === undefined && await this.#putByGrant(key, delivery, signal, options)) return;
    const answer = delivery.bytes > PLAIN_BYTES
      ? await uploadByTus({
        place: `vault ${this.#base.href} ${key}`, base: new URL('landing/tus/', this.#base), headers: this.#headers,
        metadata: { key, sha256: delivery.sha256, contenttype: delivery.contentType }, wholeIsStored: true,
        ask: (what) => this.#ask(what, action, signal),
      }, delivery, signal, options)
      : await this.#ask({
        method: 'PUT', url: new URL(`landing/objects/${key}`, this.#base), ...contentOf(delivery, signal, options),
        headers: { ...this.#headers, 'content-type': delivery.contentType, 'x-tyto-sha256': delivery.sha256 },
      }, action, signal);
    if (answer.status !== 204 && (answer.status !== 200 || answer.headers['tus-resumable'] === undefined))
      throw this.#refusal(answer, action);
  }

  async list(prefix: string, cursor: string | undefined, signal: AbortSignal): Promise<LandingPage> {
    const action = `list ${prefix}`;
    const query = new URLSearchParams({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    const answer = await this.#ask({
      method: 'GET', url: new URL(`landing?${query.toString()}`, this.#base), headers: this.#headers,
    }, action, signal);
    if (answer.status !== 200) throw this.#refusal(answer, action);
    const page = listed.safeParse(jsonIn(answer.text));
    if (!page.success) throw storeError('not-understood', this.#context(action));
    const { entries, next } = page.data;
    return { entries: entries.map(({ key, bytes, modified_at: at }) =>
      ({ key, bytes, modifiedAt: seconds(at) })), next: next ?? undefined, unreadable: [] };
  }

  [Symbol.dispose](): void {
    this.#line[Symbol.dispose]();
    this.#direct?.[Symbol.dispose]();
  }

  /** @returns False when there is no leave to put directly, and it goes by the fleet. */
  async #putByGrant(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions): Promise<boolean> {
    if (delivery.bytes < GRANT_FROM_BYTES || performance.now() < this.#grantsFrom) return false;
    const action = `put ${key}`;
    const asked = Buffer.from(JSON.stringify({
      key, bytes: delivery.bytes, sha256: delivery.sha256, content_type: delivery.contentType,
    }));
    const answer = await this.#ask({
      method: 'POST', url: new URL('landing/grants', this.#base),
      headers: { ...this.#headers, 'content-type': 'application/json' },
      body: { bytes: asked.byteLength, chunks: [asked] },
    }, action, signal);
    if (answer.status === 404 && codeOf(answer.text) === 'grants.none') {
      this.#grantsFrom = performance.now() + NO_GRANTS_FOR_MS;
      return false;
    }
    if (answer.status !== 201) throw this.#refusal(answer, action);
    const given = grant.safeParse(jsonIn(answer.text));
    const url = URL.parse(given.data?.url ?? '');
    // What is asked for by TLS does not go in the clear.
    if (!given.success || url === null || (url.protocol !== 'https:' && url.protocol !== this.#base.protocol))
      throw storeError('not-understood', this.#context(action));
    const { status } = await this.#ask({
      method: 'PUT', url, headers: given.data.headers, ...contentOf(delivery, signal, options),
    }, action, signal, this.#direct ??= new HttpLine(this.#ca === '' ? undefined : withPublicOnes(this.#ca)));
    if (status >= 200 && status < 300) return true;
    const context = { ...this.#context(action), server: url.origin };
    // A refusal is of this leave: the next try asks for another.
    throw storeError(
      status === 413 ? 'object-refused' : status === 507 ? 'full' : 'failing', context, undefined, `HTTP ${status}`,
    );
  }

  async #ask(what: HttpAsk, action: string, signal: AbortSignal, line = this.#line): Promise<HttpAnswer> {
    try {
      return await line.ask(what, signal);
    } catch (error) {
      if (isTold(error, signal)) throw error;
      throw unanswered(error instanceof LineBroken ? error.cause : error, {
        ...this.#context(action), server: what.url.origin,
      });
    }
  }

  #refusal({ status, text }: HttpAnswer, action: string): Error {
    const code = codeOf(text);
    if (code === 'landing.foreign-key') return notTheirs(this.#base.origin);
    const kind = FAILURES[code] ?? (status === 404 ? 'not-understood'
      : status === 409 || status === 423 ? 'interrupted' : failureOfStatus(status));
    return storeError(kind, this.#context(action), undefined, `HTTP ${status}${code === '' ? '' : ` ${code}`}`);
  }

  #context(action: string): StoreContext {
    return { store: 'vault', action, server: this.#base.origin, place: 'the fleet\'s landing', key: 'device key' };
  }
}

/** A device puts nothing outside its own name: the name is another one than the key's. */
const notTheirs = (server: string): ConfigError => new ConfigError('vault.access-denied',
  `${server} made this device key for a device of another name: set device.id (TYTO_DEVICE_ID) to that name, or have a key made for this device`);

/** The store may be anybody's. */
const withPublicOnes = (ca: string): string =>
  [ca, ...process.getBuiltinModule('node:tls').rootCertificates].join('\n');

const contentOf = (delivery: Delivery, signal: AbortSignal, options: PutOptions): Pick<HttpAsk, 'body'> =>
  ({ body: { bytes: delivery.bytes, chunks: paced(verifiedChunks(delivery, signal, { chunks: 'kept' }), options) } });

const refusal = z.object({ error: z.object({ code: z.string() }) });
const codeOf = (text: string): string => refusal.safeParse(jsonIn(text)).data?.error.code ?? '';
