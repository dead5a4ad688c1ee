/** Pictures for vision out of the fragments that are recorded: where the stream that is to be watched is not there. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { samplesOf } from '../contract/mp4-samples.ts';
import { millis, type Millis } from '../core/units.ts';
import { GatedStream, type GatedStreamHandlers, type GatedStreamOptions } from './stream/gated-stream.ts';

/** Decodes from the next keyframe on. Frames come up to half a second later than from packets. */
export class RecordedPictures implements Disposable {
  readonly #stream: GatedStream;
  /** Stream time of the first picture that was taken. */
  #from: Millis | undefined;

  /** @throws {Mp4Error} When `init` is not of H.264 or H.265. */
  constructor(init: InitSegment, options: GatedStreamOptions, handlers: Omit<GatedStreamHandlers, 'arrived'>) {
    const inSession = <T extends { readonly at: Millis }>(frame: T): T =>
      ({ ...frame, at: millis(frame.at + (this.#from ?? 0)) });
    this.#stream = new GatedStream(options, {
      ...handlers, arrived() {},
      frame: (frame) => handlers.frame(inSession(frame)),
      colour: (frame) => handlers.colour(inSession(frame)),
    });
    this.#stream.begin(init);
  }

  take({ data, start, key, tracks }: Fragment): void {
    if (this.#from === undefined && !key) return;
    this.#from ??= start;
    for (const { ticks, offset, duration, key: isKey, data: payload } of samplesOf(data, tracks.video)) {
      this.#stream.picture({ decodeTicks: ticks, offset, duration, key: isKey, payload });
    }
  }

  attend(at: Millis, attention: boolean): void { this.#stream.attend(millis(at - (this.#from ?? 0)), attention); }

  [Symbol.dispose](): void { this.#stream[Symbol.dispose](); }
}
