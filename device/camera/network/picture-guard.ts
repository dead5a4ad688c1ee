/**
 * What every single picture of a camera must pass before it is shown: it is a JPEG, of the same
 * size, and not always the same one.
 */
import { DeviceError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { inSeconds, millis, type Millis } from '../../core/units.ts';
import { jpegSize } from './jpeg-size.ts';

export interface GuardOptions {
  /** The camera, as people may see it. */
  readonly where: string;
  readonly size: Size;
  /**
   * The same picture for so long, byte by byte, is one of a camera that stands still: a sensor's noise never repeats.
   */
  readonly stillAfter: Millis;
  /** At most so many pictures a second are shown; all if not given. */
  readonly framesPerSecond: number | undefined;
  readonly monotonic: () => Millis;
}

/** So many bodies without a picture in a row are no accident. */
const MOST_GARBAGE = 20;
/** A picture that comes before its turn by this share of the time between two is taken all the same. */
const EARLY = 0.3;

export class PictureGuard {
  readonly #options: GuardOptions;
  #last: Uint8Array | undefined;
  #changedAt = millis(0);
  #dueAt = -Infinity;
  #garbage = 0;

  constructor(options: GuardOptions) { this.#options = options; }

  /** Whether to show `picture`. @throws {DeviceError} `camera.frozen`, `camera.changed`, `camera.damaged`. */
  admits(picture: Uint8Array): boolean {
    const { where, size, framesPerSecond, monotonic } = this.#options;
    const now = monotonic();
    this.#watchStillness(picture, now);
    const found = jpegSize(picture);
    if (found === undefined) {
      if (++this.#garbage >= MOST_GARBAGE)
        throw new DeviceError('camera.damaged', `${where} sends something else than pictures`);
      return false;
    }
    this.#garbage = 0;
    if (found.width !== size.width || found.height !== size.height) {
      throw new DeviceError('camera.changed', `${where} went over to pictures of ${found.width}x${found.height}`);
    }
    return framesPerSecond === undefined || this.#isDue(now, 1000 / framesPerSecond);
  }

  #isDue(now: Millis, period: number): boolean {
    if (now < this.#dueAt - EARLY * period) return false;
    this.#dueAt = Math.max(this.#dueAt, now) + period;
    return true;
  }

  #watchStillness(picture: Uint8Array, now: Millis): void {
    if (this.#last === undefined || !isSame(this.#last, picture)) {
      this.#last = picture;
      this.#changedAt = now;
    } else if (now - this.#changedAt >= this.#options.stillAfter) throw frozen(this.#options);
  }
}

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => a === b || Buffer.compare(a, b) === 0;

export const frozen = (
  { where, stillAfter }: Pick<GuardOptions, 'where' | 'stillAfter'>,
): DeviceError => new DeviceError('camera.frozen',
  `${where} has shown one and the same picture for ${inSeconds(stillAfter)} s; `
    + 'one that takes a new picture more seldom needs a longer camera.stall_timeout');
