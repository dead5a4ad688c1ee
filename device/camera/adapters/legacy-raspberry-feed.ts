/** The Raspberry Pi camera on systems with the old camera stack: JPEG pictures through `raspberry-pi-camera-native`. */
import { z } from 'zod';
import { DeviceError, describeError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import type { Log } from '../../core/log.ts';
import { loadOptional, type OptionalModule } from '../../runtime/load-optional.ts';
import type { Feed, FeedSource } from '../stream/feed.ts';
import { unmetBut, uprightFeed, type CameraWishes } from '../wishes.ts';

const LEGACY_PACKAGE = 'raspberry-pi-camera-native';

/** What of the package we use. */
export interface LegacyCamera {
  on(event: 'frame', listener: (picture: Uint8Array) => void): unknown;
  off(event: 'frame', listener: (picture: Uint8Array) => void): unknown;
  start(options: Readonly<Record<string, unknown>>, done: (error?: unknown) => void): unknown;
  stop(done: (error?: unknown) => void): unknown;
}

export type LegacyLookup =
  | { readonly ok: true; readonly camera: LegacyCamera }
  | { readonly ok: false; readonly reason: string };

const SIZE: Size = { width: 1280, height: 720 };
const FPS = 10;
const OLD_STACK =
  'the old camera stack has no such setting; Raspberry Pi OS of 2021 and later has rpicam-vid, which does';

/** Looks for the package. */
export async function findLegacyCamera(load: () => Promise<OptionalModule> = loadPackage): Promise<LegacyLookup> {
  const loaded = await load();
  if (!loaded.ok) return loaded;
  const camera = moduleSchema.safeParse(loaded.module);
  if (camera.success) return { ok: true, camera: camera.data.default };
  return { ok: false, reason: `${LEGACY_PACKAGE} has not the functions that are expected` };
}

const loadPackage = (): Promise<OptionalModule> =>
  loadOptional(LEGACY_PACKAGE, () => import(LEGACY_PACKAGE) as Promise<unknown>);

const functions = ['on', 'off', 'start', 'stop'] as const;
const isCamera = (value: unknown): boolean =>
  typeof value === 'object'
    && value !== null
    && functions.every((name) => typeof Reflect.get(value, name) === 'function');
const moduleSchema = z.object({ default: z.custom<LegacyCamera>(isCamera) });

export class LegacyRaspberryFeed implements FeedSource {
  readonly label: string;
  readonly #camera: LegacyCamera;
  readonly #log: Log;
  readonly #wishes: CameraWishes;
  constructor(label: string, camera: LegacyCamera, log: Log, wishes: CameraWishes = {}) {
    this.label = label;
    this.#camera = camera;
    this.#log = log;
    this.#wishes = wishes;
  }

  open(): Promise<Feed> {
    return Promise.resolve({
      input: ['-protocol_whitelist', 'pipe', '-use_wallclock_as_timestamps', '1', '-f', 'mjpeg', '-i', 'pipe:0'],
      stdin: { type: 'pictures', start: (put, fail) => this.#start(put, fail) },
      codec: 'mjpeg',
      ...uprightFeed(this.#wishes.size ?? SIZE, this.#wishes.orientation),
      unmet: unmetBut(this.#wishes, ['size', 'frameRate', 'orientation'], OLD_STACK),
    });
  }

  #start(put: (picture: Uint8Array) => void, fail: (error: Error) => void): () => void {
    this.#camera.on('frame', put);
    const { size = SIZE, frameRate = FPS } = this.#wishes;
    this.#camera.start({ ...size, fps: frameRate, encoding: 'JPEG', quality: 80 }, (error) => {
      if (error === undefined || error === null) return;
      fail(new DeviceError('camera.missing', `${this.label} does not start: ${describeError(error)}`));
    });
    return () => {
      this.#camera.off('frame', put);
      this.#camera.stop((error) => {
        if (error === undefined || error === null) return;
        this.#log.debug('the camera did not stop', { error: describeError(error) });
      });
    };
  }
}
