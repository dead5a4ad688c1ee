import type { Box } from './geometry.ts';
import type { Millis, Ratio } from './units.ts';

/** A small gray picture of the scene: what vision looks at. */
export interface GrayFrame {
  /** Stream time: milliseconds from the stream's first picture. */
  readonly at: Millis;
  readonly width: number;
  readonly height: number;
  /** 8-bit luma, row-major, `width * height` bytes. */
  readonly pixels: Uint8Array;
}

/** What vision saw in one frame. */
export interface Observation {
  /** The frame's stream time. */
  readonly at: Millis;
  readonly motion: boolean;
  readonly score: Ratio;
  /** What moves, as fractions of the picture; empty while `motion` is false. */
  readonly boxes: readonly Box[];
}
