/** The one way by which outputs speak HTTP: bounded in time and size, no redirects, and every answer judged alike. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { systemCode } from '../core/errors.ts';
import { Agent, request } from '../runtime/node-http.ts';
import { judgeRefusal } from '../telling/fault.ts';
import { DeliveryFault } from './port.ts';

const https = process.getBuiltinModule('node:https');

export interface HttpAsk {
  readonly url: string;
  readonly method?: 'POST' | 'PUT' | 'GET';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface HttpAnswer { readonly status: number; readonly body: string }

const MOST_ANSWER_BYTES = 64 * 1024;

/** Keeps its connections: dispose of it. */
export class HttpClient implements Disposable {
  readonly #agents = { 'http:': new Agent({
    keepAlive: true, maxSockets: 1,
  }), 'https:': new https.Agent({ keepAlive: true, maxSockets: 1 }) };

  /** Resolves with a 2xx. @throws {DeliveryFault} For anything else. */
  async ask({ url, method = 'POST', headers = {}, body = '' }: HttpAsk, signal: AbortSignal): Promise<HttpAnswer> {
    const target = new URL(url);
    const data = typeof body === 'string' ? Buffer.from(body) : body;
    const isTls = target.protocol === 'https:';
    const options: RequestOptions = {
      method, signal, agent: this.#agents[isTls ? 'https:' : 'http:'],
      headers: {
        'User-Agent': 'Tyto', ...headers, ...(method === 'GET' ? {} : { 'Content-Length': String(data.byteLength) }),
      },
    };
    const answer = await answerTo(
      isTls ? https.request(target, options) : request(target, options), data,
    ).catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new DeliveryFault(`cannot be reached (${systemCode(error)
        ?? 'the connection broke'})`, { blame: 'receiver' }, { cause: undefined });
    });
    const { status, body: said, retryAfter } = answer;
    if (status >= 200 && status < 300) return answer;
    const { reason, facts } = judgeRefusal({ status, said, retryAfter });
    throw new DeliveryFault(reason, facts);
  }

  [Symbol.dispose](): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }
}

async function answerTo(
  call: ClientRequest, body: Uint8Array,
): Promise<HttpAnswer & { readonly retryAfter: string | undefined }> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    call.once('response', resolve).on('error', reject).end(body);
  });
  const chunks: Buffer[] = [];
  let held = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    held += chunk.byteLength;
    if (held > MOST_ANSWER_BYTES) break; // leaves the connection, too
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'),
    retryAfter: answer.headers['retry-after'],
  };
}
