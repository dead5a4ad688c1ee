/** Cameras that send JPEG pictures over HTTP: MJPEG, or a single picture that is asked for again and again. */
import { DeviceError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import type { Log } from '../../core/log.ts';
import type { Millis } from '../../core/units.ts';
import type { CameraCertificate } from '../../media/camera-certificate.ts';
import type { Clock } from '../../runtime/clock.ts';
import { explainConnection } from '../network/connection-fault.ts';
import { ExpiryNotice } from '../network/expiry-notice.ts';
import { HttpCamera } from '../network/http-client.ts';
import { jpegSize } from '../network/jpeg-size.ts';
import { frozen, isSame, PictureGuard } from '../network/picture-guard.ts';
import { openPictures, type Pictures } from '../network/pictures.ts';
import { openTrust } from '../network/trust.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { unmetBut, uprightFeed, type CameraWishes } from '../wishes.ts';

export interface HttpCameraOptions {
  readonly label: string;
  /** How long the camera may be silent, or show one and the same picture. */
  readonly timeout: Millis;
  readonly certificate: CameraCertificate;
  readonly wishes: CameraWishes;
  readonly clock: Clock;
  readonly log: Log;
}

/** A single picture is asked for so often. */
const POLLS = 2;
const MOST_POLLS = 30;

export class HttpFeed implements FeedSource {
  readonly label: string;
  readonly #address: URL;
  readonly #options: HttpCameraOptions;
  readonly #expiry: ExpiryNotice;
  /** The picture at which the camera stood still. */
  #stillAt: Uint8Array | undefined;

  constructor(address: URL, options: HttpCameraOptions) {
    this.label = options.label;
    this.#address = address;
    this.#options = options;
    this.#expiry = new ExpiryNotice(options);
  }

  /**
   * The connection is made here, for the whole session: ffmpeg gets pictures, and neither an address nor a password.
   */
  async open(signal: AbortSignal): Promise<Feed> {
    const { timeout, certificate, wishes, clock, label: where } = this.#options;
    const trust = this.#address.protocol === 'https:'
      ? await openTrust(certificate, (shown) => this.#expiry.seen(shown, where, signal))
      : undefined;
    const camera = new HttpCamera({ address: this.#address, where, trust, timeout });
    const over = new AbortController();
    const end = (reason?: Error): void => { over.abort(reason); camera[Symbol.dispose](); };
    const timer = setTimeout(() =>
      end(new DeviceError('camera.timeout', `${where} answers, but sends no picture`)), timeout * 2);
    signal.addEventListener('abort', () => end(), { signal: over.signal });
    try {
      const running = AbortSignal.any([signal, over.signal]);
      const pictures = await openPictures(
        camera, { where, timeout, clock, pollsPerSecond: Math.min(wishes.frameRate ?? POLLS, MOST_POLLS) }, running,
      );
      const first = await firstPicture(pictures, where);
      if (this.#stillAt !== undefined && isSame(this.#stillAt, first.picture))
        throw frozen({ where, stillAfter: timeout });
      return this.#feed(first, pictures, { signal: running, end });
    } catch (error) {
      const reason: unknown = over.signal.reason;
      end();
      signal.throwIfAborted();
      throw explainConnection(reason instanceof DeviceError ? reason : error, where);
    } finally {
      clearTimeout(timer);
    }
  }

  #feed(
    { picture, size }: FirstPicture, pictures: Pictures, running: { readonly signal: AbortSignal; end(): void },
  ): Feed {
    const { label: where, wishes, timeout, clock } = this.#options;
    const guard = new PictureGuard({
      where, size, stillAfter: timeout, framesPerSecond: wishes.frameRate, monotonic: () => clock.monotonic(),
    });
    const show = (put: (part: Uint8Array) => void, latest: Uint8Array): void => {
      try {
        if (guard.admits(latest)) put(framed(latest));
      } catch (error) {
        if (error instanceof DeviceError && error.code === 'camera.frozen') this.#stillAt = latest;
        throw error;
      }
    };
    const run = async (put: (part: Uint8Array) => void): Promise<never> => {
      show(put, picture);
      for await (const latest of pictures) show(put, latest);
      throw new DeviceError('camera.ended', `${where} ended its stream`);
    };
    return {
      input: [
        '-protocol_whitelist', 'pipe', '-use_wallclock_as_timestamps', '1', '-analyzeduration', '0',
        '-fpsprobesize', '0',
        '-f', 'mpjpeg', '-i', 'pipe:0',
      ],
      stdin: {
        type: 'pictures',
        start: (put, fail) => {
          // What is told to end breaks off somewhere: that is no fault.
          run(put).catch((error: unknown) => { if (!running.signal.aborted) fail(explainConnection(error, where)); });
          return () => running.end();
        },
      },
      codec: 'mjpeg',
      ...uprightFeed(size, wishes.orientation),
      unmet: unmetBut(wishes, ['frameRate', 'orientation'], `${where} has such settings on a page of its own, if any`),
    };
  }
}

interface FirstPicture { readonly picture: Uint8Array; readonly size: Size }

/** Cameras that were just joined may begin with half a picture. */
const MOST_FALSE_STARTS = 5;

async function firstPicture(pictures: Pictures, where: string): Promise<FirstPicture> {
  for (let tries = 0; tries < MOST_FALSE_STARTS; tries++) {
    const { value: picture } = await pictures.next();
    if (picture === undefined)
      throw new DeviceError('camera.ended', `${where} ended its stream before the first picture`);
    const size = jpegSize(picture);
    if (size !== undefined) return { picture, size };
  }
  throw new DeviceError('camera.no-video', `${where} answers, but what it calls pictures are none that can be read`);
}

/** As ffmpeg reads it without waiting for what follows. */
const framed = (picture: Uint8Array): Uint8Array => Buffer.concat([
  Buffer.from(`--tyto\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.byteLength}\r\n\r\n`, 'latin1'),
  picture, Buffer.from('\r\n', 'latin1'),
]);
