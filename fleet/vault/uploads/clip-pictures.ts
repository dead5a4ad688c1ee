import { DeviceError } from '../../../device/core/errors.ts';
import type { Millis } from '../../../device/core/units.ts';
import { stillOfFile } from '../../../device/media/still.ts';

const AT_ONCE = 2;
/** Who comes behind so many gets none: an upload is not held up for its picture. */
const MOST_WAITING = 16;

/** Pictures of clips that came without one, a few at once however many clips come. */
export class ClipPictures {
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;

  /** A JPEG of the moment `offset` of the clip; undefined when there is none to be had. */
  async take(file: string, offset: Millis): Promise<Uint8Array | undefined> {
    if (this.#free > 0) this.#free--;
    else if (this.#waiting.length >= MOST_WAITING) return undefined;
    else await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    try {
      return await stillOfFile(file, offset);
    } catch (error) {
      if (error instanceof DeviceError) return undefined; // ingest says what is wrong with the clip
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
