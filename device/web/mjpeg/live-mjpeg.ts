/**
 * `GET /api/live.mjpeg`: the live picture as JPEGs, one after the other, for whatever shows images but plays no video.
 */
import type { Middleware } from 'koa';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Log } from '../../core/log.ts';
import { millis, seconds, type Millis } from '../../core/units.ts';
import { HttpError } from '../../http/http-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { LiveHub } from '../live-hub.ts';
import { FRAMES_PER_SECOND, MjpegDecoder } from './mjpeg-decoder.ts';

export interface LiveMjpegOptions {
  readonly hub: LiveHub;
  readonly mask: () => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a viewer may take none of the pictures before it is let go. */
  readonly patience?: Millis;
  readonly maxViewers?: number;
}

/** Whether the one who asked may still see; `onEnd` is called when that may have changed. */
export interface ViewingRight {
  readonly holds: () => boolean;
  readonly onEnd: (listener: () => void) => () => void;
}

const BOUNDARY = 'tyto';
/** From one picture to the next, a little less than they are apart. They come in heaps, one from each fragment. */
const SPACING: Millis = millis(900 / FRAMES_PER_SECOND);
/** Pictures that wait for their turn: as many as half a second holds. With more, the oldest are left out. */
const MOST_WAITING = Math.ceil(FRAMES_PER_SECOND / 2);
const CHECK_EVERY: Millis = seconds(5);
/** After the decoder failed. */
const AGAIN_AFTER: Millis = seconds(2);

interface Watching { readonly stream: PassThrough; servedAt: Millis }

/**
 * One decoder for everybody, only while somebody watches. Who is slow gets fewer pictures; who takes none is let go.
 */
export class LiveMjpeg {
  readonly #options: LiveMjpegOptions;
  readonly #viewers = new Set<Watching>();
  readonly #waiting: Buffer[] = [];
  #latest: Buffer | undefined;
  #shownAt = millis(-Infinity);
  #timer: NodeJS.Timeout | undefined;
  /** Ends decoding, or waiting to begin it again; undefined while nobody watches. */
  #stop: (() => void) | undefined;

  constructor(options: LiveMjpegOptions) { this.#options = options; }

  get viewers(): number { return this.#viewers.size; }

  /**
   * Answers with all pictures from now on.
   * @throws {HttpError} 503 `http.too-many` when as many watch as are served.
   */
  watch(rightOf: (request: IncomingMessage) => ViewingRight): Middleware {
    return (ctx) => {
      const { maxViewers = 8, clock } = this.#options;
      const right = rightOf(ctx.req);
      if (this.#viewers.size >= maxViewers) throw tooMany();
      this.#stop ??= this.#decode();
      const viewer: Watching = { stream: new PassThrough(), servedAt: clock.monotonic() };
      const stopChecking = this.#watchOver(viewer, right);
      viewer.stream.once('close', () => {
        stopChecking();
        this.#leave(viewer);
      });
      this.#viewers.add(viewer);
      viewer.stream.write(`--${BOUNDARY}\r\n`);
      if (this.#latest !== undefined) this.#send(viewer, this.#latest);
      ctx.set({ 'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`, 'X-Accel-Buffering': 'no' });
      ctx.body = viewer.stream;
    };
  }

  #decode(): () => void {
    const { hub, mask, log } = this.#options;
    const decoder = new MjpegDecoder({
      mask, log, onPicture: (jpeg) => this.#take(jpeg), onFailed: () => this.#decodeAgain(),
    });
    const leave = hub.join(decoder);
    if (leave === undefined) throw tooMany();
    return () => {
      leave();
      decoder[Symbol.dispose]();
    };
  }

  #decodeAgain(): void {
    this.#stop?.();
    const timer = setTimeout(() => {
      try {
        this.#stop = this.#decode();
      } catch {
        this.#decodeAgain(); // others have taken its place
      }
    }, AGAIN_AFTER);
    this.#stop = () => clearTimeout(timer);
  }

  #leave(viewer: Watching): void {
    this.#viewers.delete(viewer);
    if (this.#viewers.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
    this.#latest = undefined;
    this.#waiting.length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #take(jpeg: Buffer): void {
    this.#waiting.push(jpeg);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.#timer ??= setTimeout(() =>
      this.#show(), Math.max(0, this.#shownAt + SPACING - this.#options.clock.monotonic()));
  }

  #show(): void {
    this.#timer = undefined;
    const jpeg = this.#waiting.shift();
    if (jpeg === undefined) return;
    this.#latest = jpeg;
    this.#shownAt = this.#options.clock.monotonic();
    for (const viewer of this.#viewers) this.#serve(viewer, jpeg);
    if (this.#waiting.length > 0) this.#timer = setTimeout(() => this.#show(), SPACING);
  }

  #serve(viewer: Watching, jpeg: Buffer): void {
    const isOnItsWay = viewer.stream.writableLength + viewer.stream.readableLength > 0;
    if (!isOnItsWay) this.#send(viewer, jpeg);
  }

  /** A part ends with the boundary of the next one, or browsers would show it only when that comes. */
  #send(viewer: Watching, jpeg: Buffer): void {
    viewer.servedAt = this.#options.clock.monotonic();
    const head = `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.byteLength}\r\n\r\n`;
    viewer.stream.write(Buffer.concat([Buffer.from(head), jpeg, Buffer.from(`\r\n--${BOUNDARY}\r\n`)]));
  }

  /** Lets it go when it may no longer see, or takes nothing although there is something. */
  #watchOver(viewer: Watching, { holds, onEnd }: ViewingRight): () => void {
    const { clock, patience = seconds(15) } = this.#options;
    const check = (): void => {
      const isStuck = this.#shownAt - viewer.servedAt > 0 && clock.monotonic() - viewer.servedAt > patience;
      if (isStuck || !holds()) viewer.stream.destroy();
    };
    const timer = setInterval(check, Math.min(CHECK_EVERY, patience));
    const forget = onEnd(check);
    return () => {
      clearInterval(timer);
      forget();
    };
  }
}

const tooMany = (): HttpError =>
  new HttpError(503, 'http.too-many', 'as many watch already as the device serves; close one', { retryAfter: 30 });
