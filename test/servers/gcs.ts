/**
 * A Google Cloud Storage server for tests: what the real one does of its JSON API (simple, multipart and resumable
 * uploads, lists, ranges, preconditions, deletion) and of signed URLs, with its rules of who may do what. Objects are
 * in memory. As there, to replace an object takes the right to delete as well.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GcsAccounts, GcsRefusal, type GcsPermission } from './gcs-auth.ts';

interface GcsObject {
  readonly body: Buffer;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly updated: Date;
}

interface Session {
  readonly bucket: string;
  readonly name: string;
  readonly facts: Facts;
  readonly total: number | undefined;
  received: Buffer;
}
interface Facts {
  readonly contentType?: string;
  readonly md5Hash?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const CHUNK = 256 * 1024;

export class GcsServer implements AsyncDisposable {
  readonly accounts = new GcsAccounts();
  readonly #buckets = new Map<string, Map<string, GcsObject>>();
  readonly #sessions = new Map<string, Session>();
  #server: Server | undefined;
  #port = 0;
  #generation = Date.now();
  /** Number of requests so far, for a test that counts them. */
  requests = 0;

  static async start(): Promise<GcsServer> {
    const server = new GcsServer();
    await server.start();
    return server;
  }

  /**
   * `http://127.0.0.1:<port>`; the same after a restart. Clients need `useAuthWithCustomEndpoint` and
   * tokens that they sign themselves.
   */
  get endpoint(): string { return `http://127.0.0.1:${this.#port}`; }

  createBucket(name: string): void { this.#buckets.set(name, new Map()); }

  /** After `stop`, with everything that it had, uploads that had begun included. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.requests++;
      void this.#answer(request, response).catch((error: unknown) => {
        if (!(error instanceof GcsRefusal)) return void response.destroy();
        request.resume();
        sendJson(response, error.status, {
          error: {
            code: error.status, message: error.message, errors: [{ reason: error.reason, message: error.message }],
          },
        });
      });
    });
    await new Promise<void>((resolve) => { this.#server?.listen(this.#port, '127.0.0.1', resolve); });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** In the midst of whatever it does. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => { server.close(resolve); });
  }

  async [Symbol.asyncDispose](): Promise<void> { await this.stop(); }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.endpoint);
    const [, bucket = '', object] =
      /^\/(?:upload\/|download\/)?storage\/v1\/b\/([^/]+)(?:\/o(?:\/(.*))?)?$/.exec(url.pathname) ?? [];
    if (url.searchParams.get('upload_id') !== null)
      return await this.#resume(request, response, url.searchParams.get('upload_id') ?? '');
    if (bucket === '') return await this.#signed(request, response, url.pathname);
    const name = object === undefined ? undefined : decodeURIComponent(object);
    if (url.pathname.startsWith('/upload/')) return await this.#upload(request, response, bucket, url.searchParams);
    if (name !== undefined) return await this.#object(request, response, bucket, name, url.searchParams);
    const prefix = url.searchParams.get('prefix') ?? '';
    this.accounts.demandToken(request, 'list', prefix);
    sendJson(response, 200, this.#page(this.#bucket(bucket), prefix, url.searchParams));
  }

  /** The XML API, for whoever has a signed URL. */
  async #signed(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const [, bucket = '', ...rest] = path.split('/').map(decodeURIComponent);
    const name = rest.join('/');
    if (request.method === 'PUT') {
      this.accounts.demandSignature(request, 'create', name);
      if (this.#bucket(bucket).has(name)) this.accounts.demandSignature(request, 'delete', name);
      const body = await bodyOf(request);
      const [least = 0, most = Infinity] = String(request.headers['x-goog-content-length-range'] ?? '0,').split(',')
        .map((part) => part === '' ? Infinity : Number(part));
      if (body.byteLength < least)
        throw new GcsRefusal(
          400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum object size specified.',
        );
      if (body.byteLength > most)
        throw new GcsRefusal(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum object size specified.');
      this.#store(bucket, name, body, { contentType: header(request, 'content-type') });
      return void response.writeHead(200).end();
    }
    this.accounts.demandSignature(request, 'get', name);
    this.#send(request, response, this.#found(bucket, name));
  }

  async #object(
    request: IncomingMessage, response: ServerResponse, bucket: string, name: string, query: URLSearchParams,
  ): Promise<void> {
    this.accounts.demandToken(request, request.method === 'DELETE' ? 'delete' : 'get', name);
    const object = this.#found(bucket, name);
    if (request.method === 'DELETE') {
      this.#bucket(bucket).delete(name);
      return void response.writeHead(204).end();
    }
    if (query.get('alt') === 'media') return this.#send(request, response, object);
    sendJson(response, 200, describe(bucket, name, object));
  }

  async #upload(
    request: IncomingMessage, response: ServerResponse, bucket: string, query: URLSearchParams,
  ): Promise<void> {
    const body = await bodyOf(request);
    const how = query.get('uploadType');
    const [facts, media] = how === 'multipart' ? multipartOf(request, body)
      : how === 'resumable' ? [factsOf(body), Buffer.alloc(0)] : [{}, body];
    const name = query.get('name') ?? facts.name ?? '';
    const permissions: GcsPermission[] = this.#bucket(bucket).has(name) ? ['create', 'delete'] : ['create'];
    for (const permission of permissions) this.accounts.demandToken(request, permission, name);
    if (query.get('ifGenerationMatch') === '0' && this.#bucket(bucket).has(name))
      throw new GcsRefusal(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
    const contentType = facts.contentType
      ?? header(request, how === 'resumable' ? 'x-upload-content-type' : 'content-type');
    if (how !== 'resumable')
      return sendJson(response, 200, this.#store(bucket, name, media, { ...facts, contentType }));
    const id = createHash('sha256').update(`${name} ${this.#generation++}`).digest('hex');
    const total = request.headers['x-upload-content-length'];
    this.#sessions.set(id, {
      bucket, name, facts: { ...facts, contentType }, total: total === undefined ? undefined : Number(total),
      received: Buffer.alloc(0),
    });
    response.writeHead(200, {
      location: `${this.endpoint}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`,
    })
      .end();
  }

  /** As there, whoever knows the address of an upload that has begun may go on with it: it holds for a week. */
  async #resume(request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new GcsRefusal(410, 'gone', 'No such upload.');
    if (request.method === 'DELETE') {
      this.#sessions.delete(id);
      return void response.writeHead(499).end();
    }
    const [, first, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(header(request, 'content-range')) ?? [];
    const body = await this.#receive(request, session, first === undefined ? undefined : Number(first));
    const whole = total === undefined || total === '*' ? total === '*' ? undefined : body.byteLength : Number(total);
    if (whole === undefined || body.byteLength < whole) {
      return void response.writeHead(308, body.byteLength === 0 ? {} : { range: `bytes=0-${body.byteLength - 1}` })
        .end();
    }
    this.#sessions.delete(id);
    sendJson(response, 200, this.#store(session.bucket, session.name, body, session.facts));
  }

  /** What has come stays, also of a request that broke off: whole multiples of 256 KiB. */
  async #receive(request: IncomingMessage, session: Session, first: number | undefined): Promise<Buffer> {
    const at = first ?? session.received.byteLength;
    if (at > session.received.byteLength) throw new GcsRefusal(503, 'backendError', 'There is a gap in what was sent.');
    const chunks: Buffer[] = [session.received.subarray(0, at)];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      session.received = Buffer.concat(chunks);
    } catch (error) {
      const come = Buffer.concat(chunks);
      session.received = come.subarray(0, Math.floor(come.byteLength / CHUNK) * CHUNK);
      throw error;
    }
    return session.received;
  }

  #store(bucket: string, name: string, body: Buffer, { contentType = '', md5Hash, metadata = {} }: Facts): unknown {
    if (name === '' || Buffer.byteLength(name) > 1024) throw new GcsRefusal(400, 'required', 'Required');
    if (md5Hash !== undefined && md5Hash !== md5Of(body))
      throw new GcsRefusal(400, 'invalid', `Provided MD5 hash "${md5Hash}" doesn't match calculated MD5 hash.`);
    const object = { body, contentType, metadata, generation: this.#generation++, updated: new Date() };
    this.#bucket(bucket).set(name, object);
    return describe(bucket, name, object);
  }

  #page(objects: ReadonlyMap<string, GcsObject>, prefix: string, query: URLSearchParams): unknown {
    const after = Buffer.from(query.get('pageToken') ?? '', 'base64url').toString();
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
    const page = names.slice(0, Number(query.get('maxResults') ?? 1000));
    const items = page.flatMap((name) => {
      const object = objects.get(name);
      return object === undefined ? [] : [describe(query.get('bucket') ?? '', name, object)];
    });
    return {
      kind: 'storage#objects', items,
      ...(page.length < names.length ? { nextPageToken: Buffer.from(page.at(-1) ?? '').toString('base64url') } : {}),
    };
  }

  #send(request: IncomingMessage, response: ServerResponse, { body, contentType, generation }: GcsObject): void {
    const headers = {
      'content-type': contentType, 'x-goog-generation': String(generation), 'x-goog-hash': `md5=${md5Of(body)}`,
      'x-goog-stored-content-length': body.byteLength, 'accept-ranges': 'bytes',
    };
    const [range, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(header(request, 'range')) ?? [];
    if (range === undefined)
      return void response.writeHead(200, { ...headers, 'content-length': body.byteLength })
        .end(request.method === 'HEAD' ? undefined : body);
    if (Number(first) >= body.byteLength)
      throw new GcsRefusal(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable');
    const part = body.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
    response.writeHead(206, {
      ...headers, 'content-length': part.byteLength,
      'content-range': `bytes ${first}-${Number(first) + part.byteLength - 1}/${body.byteLength}`,
    })
      .end(part);
  }

  #bucket(name: string): Map<string, GcsObject> {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new GcsRefusal(404, 'notFound', 'The specified bucket does not exist.');
    return bucket;
  }

  #found(bucket: string, name: string): GcsObject {
    const object = this.#bucket(bucket).get(name);
    if (object === undefined) throw new GcsRefusal(404, 'notFound', `No such object: ${bucket}/${name}`);
    return object;
  }
}

const md5Of = (body: Buffer): string => createHash('md5').update(body).digest('base64');
const header = (request: IncomingMessage, name: string): string => String(request.headers[name] ?? '');
const factsOf = (body: Buffer): Facts & { readonly name?: string } =>
  body.byteLength === 0 ? {} : JSON.parse(body.toString()) as Facts & { name?: string };

const describe = (
  bucket: string, name: string, { body, contentType, metadata, generation, updated }: GcsObject,
): unknown => ({
  kind: 'storage#object', bucket, name, contentType, metadata, size: String(body.byteLength), md5Hash: md5Of(body),
  generation: String(generation), metageneration: '1',
  timeCreated: updated.toISOString(), updated: updated.toISOString(),
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** `multipart/related`: facts in JSON, then the object. */
function multipartOf(request: IncomingMessage, body: Buffer): [Facts & { readonly name?: string }, Buffer] {
  const [, boundary = ''] = /boundary="?([^";]+)"?/.exec(header(request, 'content-type')) ?? [];
  const mark = Buffer.from(`--${boundary}`);
  const parts: { readonly type: string; readonly content: Buffer }[] = [];
  for (let at = body.indexOf(mark), end = body.indexOf(
    mark, at + 1,
  ); end > at; at = end, end = body.indexOf(mark, at + 1)) {
    const part = body.subarray(at + mark.byteLength + 2, end - 2);
    const split = part.indexOf('\r\n\r\n');
    const [, type = ''] = /content-type:\s*([^\r\n]+)/i.exec(part.subarray(0, split).toString()) ?? [];
    parts.push({ type, content: part.subarray(split + 4) });
  }
  const [facts, media] = parts;
  if (facts === undefined || media === undefined)
    throw new GcsRefusal(400, 'badContent', 'Multipart body could not be read.');
  return [{ contentType: media.type, ...factsOf(facts.content) }, media.content];
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(body));
}
