/** A browser's side of HTTP as far as tests need it: any header, any body, cookies kept when asked to. */
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Of JSON; undefined when there is no body. */
  readonly body: unknown;
  /** Of an error: `body.error.code`. */
  readonly code: string | undefined;
  /** `name=value` of the first cookie that was set; empty when none was. */
  readonly cookie: string;
}

export interface Call {
  /** A value is sent as JSON, a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls `http://127.0.0.1:<port><path>`. */
export async function call(
  port: number, method: string, path: string, { body, headers = {} }: Call = {},
): Promise<Answer> {
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const content = text === undefined ? {}
    : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
  const answer = await openCall(port, method, path, {
    headers: { ...content, ...headers }, ...(text === undefined ? {} : { text }),
  });
  const bytes = await buffer(answer);
  const isJson = answer.headers['content-type']?.includes('json') === true && bytes.byteLength > 0;
  const parsed: unknown = isJson ? JSON.parse(bytes.toString('utf8')) : undefined;
  return {
    status: answer.statusCode ?? 0, headers: answer.headers, bytes, body: parsed,
    code: (parsed as { error?: { code?: string } } | undefined)?.error?.code,
    cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
  };
}

/** As `call`, but resolves when the head of the answer is there: for those that never end. */
export function openCall(port: number, method: string, path: string, { headers = {}, text }: {
  readonly headers?: Readonly<Record<string, string>>; readonly text?: string;
} = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, resolve);
    sent.once('error', reject);
    sent.end(text);
  });
}
