/** What is asked of the analysis of a video file, and what it gives. */
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import type { Millis } from '../../core/units.ts';
import type { DecodingState } from '../gate/decoding-state.ts';
import type { PictureOptions } from '../stream/picture-options.ts';

export interface FileAnalysis {
  readonly video: { readonly size: Size };
  /**
   * The frames in order; `at` counts from the clip's first picture. Decoding waits for
   * whoever reads; leaving the loop ends it.
   * @throws {DeviceError} `camera.damaged` when the rest of the file cannot be decoded.
   */
  readonly frames: AsyncIterable<GrayFrame>;
  /**
   * To be told of each frame before the next is read: does vision want to look closely (`Observation.attention`)?
   * Without it the gate judges by itself.
   */
  attend(at: Millis, attention: boolean): void;
  /** How pictures are chosen now, and what share of them was decoded. */
  readonly decoding: DecodingState;
}

export interface FileOptions extends PictureOptions {
  /** Takes the colour frames, in order; one may come somewhat before the gray frame of its time is read. */
  readonly onColour?: (frame: ColourFrame) => void;
}
