/**
 * The way to a store that speaks plain HTTP: bodies streamed, no redirects, silence bounded, and a break of
 * ours told from one of the line's.
 */
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BugError, TytoError } from '../core/errors.ts';
import { Agent, request } from '../runtime/node-http.ts';

/** Loaded when it is used: it is not for nothing. */
const https = () => process.getBuiltinModule('node:https');

const CONNECTIONS = 4;
/** A slow line may take its time for a clip; one on which nothing moves for so long is given up. */
const IDLE_TIMEOUT_MS = 60_000;
const MOST_TEXT_BYTES = 8 * 1024 * 1024;

export interface HttpAsk {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent, and how many bytes that will be. */
  readonly body?: { readonly bytes: number; readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Up to 8 MiB of it; empty for what was asked for as a stream. */
  readonly text: string;
}

/** Thrown for what was no answer: `cause` is the system's error. */
export class LineBroken extends Error {
  constructor(cause: unknown) { super('the line broke', { cause }); this.name = 'LineBroken'; }
}

/** Keeps its connections: dispose of it. */
export class HttpLine implements Disposable {
  readonly #ca: string | undefined;
  #plain: InstanceType<typeof Agent> | undefined;
  #tls: InstanceType<typeof Agent> | undefined;

  /** @param ca - PEM of the authorities that are believed; without, those of the system. */
  constructor(ca?: string) { this.#ca = ca; }

  /**
   * @throws {LineBroken} When no answer came.
   * @throws {unknown} What broke the body, or `signal.reason`.
   */
  async ask(what: HttpAsk, signal: AbortSignal): Promise<HttpAnswer> {
    const { call, answer, sent } = await this.#send(what, signal);
    try {
      const text = await textOf(answer);
      const { statusCode: status = 0, headers } = answer;
      // whoever did knows nothing of it
      if (status < 300 && sent.bytes < (what.body?.bytes ?? 0))
        throw new Error('it was answered before all of it was sent');
      return { status, headers, text };
    } catch (cause) {
      signal.throwIfAborted();
      throw new LineBroken(cause);
    } finally {
      if (!call.writableFinished) call.destroy(); // it was refused before all of it was sent
    }
  }

  /** The answer's body is the caller's, to read or to destroy. @throws As `ask`. */
  async open(what: Omit<HttpAsk, 'body'>, signal: AbortSignal): Promise<IncomingMessage> {
    return (await this.#send(what, signal)).answer;
  }

  [Symbol.dispose](): void {
    this.#plain?.destroy();
    this.#tls?.destroy();
  }

  #agent(isTls: boolean): InstanceType<typeof Agent> {
    const options = { keepAlive: true, maxSockets: CONNECTIONS };
    if (!isTls) return this.#plain ??= new Agent(options);
    return this.#tls ??= new (https().Agent)({ ...options, ...(this.#ca === undefined ? {} : { ca: this.#ca }) });
  }

  async #send(
    { method, url, headers = {}, body }: HttpAsk, signal: AbortSignal,
  ): Promise<{ call: ClientRequest; answer: IncomingMessage; sent: Sent }> {
    signal.throwIfAborted();
    const isTls = url.protocol === 'https:';
    if (!isTls && url.protocol !== 'http:')
      throw new BugError('landing.address', `an address is http:// or https://, got ${url.protocol}`);
    const options = {
      method, signal, agent: this.#agent(isTls), timeout: IDLE_TIMEOUT_MS,
      headers: {
        'user-agent': 'Tyto', ...headers,
        ...(body === undefined
        ? (method === 'GET' || method === 'HEAD' ? {} : { 'content-length': '0' })
        : { 'content-length': String(body.bytes) }),
      },
    };
    const call = isTls ? https().request(url, options) : request(url, options);
    call.on('timeout', () => call.destroy(new Error('nothing moved for a minute')));
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      call.once('response', resolve).on('error', reject);
    });
    const sent: Sent = { bytes: 0 };
    const broken = sendBody({ call, sent }, body?.chunks ?? [], answered)
      .then(() => new Promise<never>(() => {}), (error: unknown) => {
        call.destroy();
        throw new BodyBroken(error);
      });
    try {
      return { call, sent, answer: await Promise.race([broken, answered]) };
    } catch (error) {
      answered.catch(() => {});
      broken.catch(() => {});
      signal.throwIfAborted();
      if (error instanceof BodyBroken) throw error.cause;
      throw new LineBroken(error);
    }
  }
}

/** How much of a body was handed to the line. */
interface Sent { bytes: number }

/** What was to be sent broke, not the line. */
class BodyBroken extends Error {
  constructor(cause: unknown) { super('the body broke', { cause }); }
}

/** Stops as soon as the answer is there or the line broke: a server may refuse before it has read all. */
async function sendBody(
  { call, sent }: { readonly call: ClientRequest; readonly sent: Sent },
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, answered: Promise<unknown>,
): Promise<void> {
  let isOver = false;
  const over = answered.then(() => {}, () => {}).then(() => { isOver = true; });
  for await (const chunk of chunks) {
    if (isOver) return;
    sent.bytes += chunk.byteLength;
    if (!call.write(chunk))
      await Promise.race([over, new Promise<void>((resolve) => { call.once('drain', resolve); })]);
  }
  if (!isOver) call.end();
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_TEXT_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Whether an error is already in our terms, or an abort: it passes an adapter as it is. */
export const isTold = (error: unknown, signal: AbortSignal): boolean =>
  error instanceof TytoError || (signal.aborted && error === signal.reason);
