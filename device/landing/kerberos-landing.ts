/**
 * A Kerberos Vault or Hub as a store: it takes clips, and nothing else. So pictures, previews, manifests and mail are
 * passed over here; nobody answers, and a clip that was accepted is stored. It speaks as their open-source agent does.
 * No real Vault was at hand to try it on, only what that agent is known to send and expect.
 */
import { ConfigError } from '../core/errors.ts';
import { seconds } from '../core/units.ts';
import { probeVideo } from '../media/probe.ts';
import { agentClip, type AgentClip } from './agent-file-name.ts';
import { HttpLine, isTold, LineBroken, type HttpAnswer, type HttpAsk } from './http-line.ts';
import { checkKey } from './key.ts';
import type { Delivery, LandingPage, LandingWriter, PutOptions } from './port.ts';
import { paced, verifiedChunks } from './source.ts';
import { failureOfStatus, storeError, unanswered, type StoreContext } from './store-errors.ts';
import { uploadByTus } from './tus-upload.ts';

export interface KerberosSettings {
  readonly kind: 'vault' | 'hub';
  /** Address of the Vault (what agents call its URI) or of the Hub. */
  readonly url: string;
  /** Of a Vault's account; of a Hub, the public and the private key. */
  readonly accessKey: string;
  readonly secretAccessKey: string;
  /** Of a Vault: which of its storages, and the directory of the account. */
  readonly provider: string;
  readonly directory: string;
  /** Of a Hub. */
  readonly region: string;
  /** PEM of the authority that is believed; empty for those of the system. */
  readonly ca: string;
}

/** A server that knows no uploads in pieces says so by one of these. */
const NO_TUS = new Set([404, 405, 501]);

type ClipFacts = Readonly<Record<'fps' | 'duration' | 'timestamp', string>>;

export class KerberosLanding implements LandingWriter, Disposable {
  readonly #settings: KerberosSettings;
  readonly #base: URL;
  readonly #line: HttpLine;
  #knowsTus = true;

  /** @throws {ConfigError} `kerberos.settings`. Nothing is connected yet. */
  constructor(settings: KerberosSettings) {
    const { kind, url, accessKey, secretAccessKey, directory, region, ca } = settings;
    const base = URL.parse(`${url.replace(/\/+$/, '')}/`);
    const wrong = [
      ...(base !== null && ['http:', 'https:'].includes(base.protocol) && base.username === '' ? []
        : [`the http:// or https:// address of the ${kind} is needed`]),
      ...(accessKey === '' || secretAccessKey === '' ? ['both halves of the key are needed'] : []),
      ...(kind === 'vault' && directory === '' ? ['the directory of the account is needed'] : []),
      ...(kind === 'hub' && region === '' ? ['the region is needed'] : []),
    ];
    if (base === null || wrong.length > 0)
      throw new ConfigError(
        'kerberos.settings', `settings of the Kerberos ${kind === 'hub' ? 'Hub' : 'Vault'}: ${wrong.join('; ')}`,
      );
    this.#settings = settings;
    this.#base = base;
    this.#line = new HttpLine(ca === '' ? undefined : ca);
  }

  /** Resolves at once for what is no clip. */
  async put(key: string, delivery: Delivery, signal: AbortSignal, options: PutOptions = {}): Promise<void> {
    checkKey(key);
    const clip = agentClip(key);
    if (clip === undefined || delivery.contentType !== 'video/mp4') return;
    // a file that is no longer right costs no upload
    for await (const _ of verifiedChunks(delivery, signal, { chunks: 'lent' }));
    const action = `put ${clip.fileName}`;
    const facts = await factsOf(clip, delivery, signal);
    const inPieces = this.#knowsTus
      ? await this.#putInPieces({ key, clip, facts, action }, delivery, signal, options)
      : undefined;
    if (inPieces !== undefined && NO_TUS.has(inPieces.status)) this.#knowsTus = false;
    const answer = inPieces === undefined || NO_TUS.has(inPieces.status)
      ? await this.#putInOne({ key, clip, facts, action }, delivery, signal, options)
      : inPieces;
    if ((answer.status !== 200 && answer.status !== 204) || isPage(answer)) throw this.#refusal(answer, action);
  }

  /** There is nothing to list: it is asked whether it is there and knows us, and has nothing for us. */
  async list(prefix: string, _cursor: string | undefined, signal: AbortSignal): Promise<LandingPage> {
    const action = `list ${prefix}`;
    const url = new URL(this.#settings.kind === 'hub' ? 'subscription/verify' : 'ping', this.#base);
    const answer = await this.#ask({ method: 'POST', url, headers: this.#keys() }, action, signal);
    if (answer.status !== 200 || isPage(answer)) throw this.#refusal(answer, action);
    return { entries: [], next: undefined, unreadable: [] };
  }

  [Symbol.dispose](): void { this.#line[Symbol.dispose](); }

  #putInPieces(
    { key, clip, facts, action }: Sending, delivery: Delivery, signal: AbortSignal, options: PutOptions,
  ): Promise<HttpAnswer> {
    const { kind, provider, directory } = this.#settings;
    return uploadByTus({
      place: `kerberos ${this.#base.href} ${key}`, base: new URL('storage/tus/', this.#base), headers: this.#keys(),
      metadata: {
        filename: clip.fileName, device: clip.device, capture: 'IPCamera',
        ...(kind === 'hub' ? {} : { directory, provider }), ...facts,
      },
      wholeIsStored: false, // agents send again what was never said to be stored
      ask: (what) => this.#ask(what, action, signal),
    }, delivery, signal, options);
  }

  /** As agents did before there were pieces. A Hub is asked first whether it would take the clip. */
  async #putInOne(
    { clip, facts, action }: Sending, delivery: Delivery, signal: AbortSignal, options: PutOptions,
  ): Promise<HttpAnswer> {
    const { kind, provider, directory } = this.#settings;
    const url = new URL(kind === 'hub' ? 'storage/upload' : 'storage', this.#base);
    const told = {
      FileName: clip.fileName, Device: clip.device, Capture: 'IPCamera', Fps: facts.fps,
      Duration: facts.duration, Timestamp: facts.timestamp,
      ...(kind === 'hub' ? {} : { Provider: provider, Directory: directory }),
    };
    const headers = {
      ...this.#keys(), 'content-type': 'video/mp4',
      ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== '')
        .map(([name, value]) => [`X-Kerberos-Storage-${name}`, value])),
    };
    if (kind === 'hub') {
      const asked = await this.#ask({ method: 'HEAD', url, headers }, action, signal);
      if (asked.status !== 200) return asked;
    }
    return this.#ask({
      method: 'POST', url, headers,
      body: { bytes: delivery.bytes, chunks: paced(verifiedChunks(delivery, signal, { chunks: 'kept' }), options) },
    }, action, signal);
  }

  #keys(): Readonly<Record<string, string>> {
    const { kind, accessKey, secretAccessKey, region } = this.#settings;
    return kind === 'hub'
      ? {
        'X-Kerberos-Hub-PublicKey': accessKey, 'X-Kerberos-Hub-PrivateKey': secretAccessKey,
        'X-Kerberos-Hub-Region': region,
      }
      : { 'X-Kerberos-Storage-AccessKey': accessKey, 'X-Kerberos-Storage-SecretAccessKey': secretAccessKey };
  }

  async #ask(what: HttpAsk, action: string, signal: AbortSignal): Promise<HttpAnswer> {
    try {
      return await this.#line.ask(what, signal);
    } catch (error) {
      if (isTold(error, signal)) throw error;
      throw unanswered(error instanceof LineBroken ? error.cause : error, this.#context(action));
    }
  }

  #refusal({ status }: HttpAnswer, action: string): Error {
    const kind = status === 404 || status === 405 ? 'not-understood'
      : status === 409 || status === 423 ? 'interrupted' : failureOfStatus(status);
    return storeError(kind, this.#context(action), undefined, `HTTP ${status}`);
  }

  #context(action: string): StoreContext {
    const name = this.#settings.kind === 'hub' ? 'Kerberos Hub' : 'Kerberos Vault';
    return { store: 'kerberos', action, server: this.#base.origin, place: `the ${name}`, key: 'key or its secret' };
  }
}

/** A page for people, such as the login page of a network, says of a clip nothing at all. */
const isPage = ({ headers }: HttpAnswer): boolean => headers['content-type']?.startsWith('text/html') === true;

interface Sending { readonly key: string; readonly clip: AgentClip; readonly facts: ClipFacts; readonly action: string }

/** In milliseconds and pictures a second; what ffprobe cannot tell, as of an encrypted clip, is left out. */
async function factsOf({ at }: AgentClip, { content }: Delivery, signal: AbortSignal): Promise<ClipFacts> {
  const timestamp = String(Math.round(at));
  const probed = 'file' in content
    ? await probeVideo(content.file, ['-protocol_whitelist', 'file'], { timeout: seconds(20), signal })
    .catch(() => undefined)
    : undefined;
  signal.throwIfAborted();
  if (probed?.ok !== true) return { fps: '', duration: '', timestamp };
  const { framesPerSecond: fps, duration } = probed.video;
  return {
    fps: fps === undefined ? '' : String(Math.round(fps)),
    duration: duration === undefined ? '' : String(Math.round(duration)), timestamp,
  };
}
