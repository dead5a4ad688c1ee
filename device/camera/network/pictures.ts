/** The pictures that a camera sends over HTTP: as one endless answer (MJPEG), or one with each answer (polled). */
import type { IncomingMessage } from 'node:http';
import { DeviceError } from '../../core/errors.ts';
import { millis, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { HttpCamera } from './http-client.ts';
import { boundaryOf, MOST_PICTURE_BYTES, MultipartReader } from './multipart.ts';

export interface PictureOptions {
  /** The camera, as people may see it. */
  readonly where: string;
  /** How often it is asked where it sends one picture at a time. */
  readonly pollsPerSecond: number;
  /** How long it may take over one. */
  readonly timeout: Millis;
  readonly clock: Clock;
}

export type Pictures = AsyncGenerator<Uint8Array, void>;

/**
 * Connects. What the answer is decides; a body tells what its type does not.
 * @throws {DeviceError} As `HttpCamera.get`, and `camera.no-video`.
 */
export async function openPictures(
  camera: HttpCamera, options: PictureOptions, signal: AbortSignal,
): Promise<Pictures> {
  const response = await camera.get({}, signal);
  const type = response.headers['content-type'] ?? '';
  if (/^multipart\//i.test(type)) return streamed(response, new MultipartReader(boundaryOf(type)), options.where);
  if (/^image\/p?jpe?g\b/i.test(type)) return polled(camera, response, options, signal);
  if (type === '' || /^application\/octet-stream\b/i.test(type)) {
    const start = await peek(response);
    if (start.startsWith('--')) return streamed(response, new MultipartReader(undefined), options.where);
    if (start.startsWith('\u00ff\u00d8')) return polled(camera, response, options, signal);
  }
  response.destroy();
  throw new DeviceError('camera.no-video', `${options.where} answers with ${describe(type)}, `
    + 'which is neither a JPEG picture nor a stream of them; check the path');
}

const describe = (type: string): string => (/^[\w./+-]+/.exec(type)?.[0] ?? 'something').slice(0, 60);

/** The first two bytes, which remain to be read. */
async function peek(response: IncomingMessage): Promise<string> {
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    response.unshift(bytes);
    return bytes.toString('latin1', 0, 2);
  }
  return '';
}

async function* streamed(response: IncomingMessage, reader: MultipartReader, where: string): Pictures {
  for await (const chunk of response) {
    try {
      yield* reader.push(chunk as Buffer);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new DeviceError('camera.damaged', `${where} sends something else than pictures`, { cause });
    }
  }
}

/** So many failures in a row are more than a hiccup. */
const MOST_FAILURES = 3;

/** The next picture is asked for when it is due and the one before has come: slow answers never pile up. */
async function* polled(
  camera: HttpCamera, first: IncomingMessage, options: PictureOptions, signal: AbortSignal,
): Pictures {
  const { pollsPerSecond, timeout, clock } = options;
  let response: IncomingMessage | undefined = first;
  let picture: Uint8Array = new Uint8Array();
  let tag: string | undefined;
  for (let failures = 0; ;) {
    const due = clock.monotonic() + 1000 / pollsPerSecond;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    try {
      response ??= await camera.get(tag === undefined ? {} : { 'if-none-match': tag }, limit);
      if (response.statusCode === 304) response.resume();
      else {
        picture = await wholeBody(response, options.where, limit);
        tag = response.headers.etag;
      }
      failures = 0;
      yield picture;
    } catch (error) {
      signal.throwIfAborted();
      if (++failures >= MOST_FAILURES || isLasting(error)) throw limit.aborted ? tooSlow(options) : error;
    }
    response = undefined;
    await clock.wait(millis(Math.max(0, due - clock.monotonic())), signal);
  }
}

const LASTING: ReadonlySet<string> = new Set([
  'camera.unauthorized', 'camera.forbidden', 'camera.not-found', 'camera.certificate', 'camera.damaged',
]);
const isLasting = (error: unknown): boolean => error instanceof DeviceError && LASTING.has(error.code);

const tooSlow = ({ where }: PictureOptions): DeviceError =>
  new DeviceError('camera.timeout', `${where} answers, but sends no picture`);

async function wholeBody(response: IncomingMessage, where: string, signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const stop = (): void => { response.destroy(); };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of response) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).byteLength;
      if (bytes > MOST_PICTURE_BYTES) throw new DeviceError('camera.damaged', `${where} sends an endless picture`);
    }
    return Buffer.concat(chunks);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
