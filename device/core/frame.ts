import type { Box, Point } from './geometry.ts';
import { ratio, type Millis, type Ratio } from './units.ts';

/** A small gray picture of the scene: what vision looks at. */
export interface GrayFrame {
  /** Stream time: milliseconds from the stream's first picture. */
  readonly at: Millis;
  readonly width: number;
  readonly height: number;
  /** 8-bit luma, row-major, `width * height` bytes. */
  readonly pixels: Uint8Array;
}

/** A colour picture of the scene, as large as it is recorded or smaller: what faces and things are looked for in. */
export interface ColourFrame {
  /** Stream time, on the same timeline as the gray frames. */
  readonly at: Millis;
  readonly width: number;
  readonly height: number;
  /**
   * As video has it, which takes half of what red, green and blue would: `width * height` bytes of luma, 16 to 235,
   * then as many quarters of each of the two chromas (BT.601, 4:2:0), all row-major. Both sides are even.
   */
  readonly pixels: Uint8Array;
}

/** How long a thing has been in a zone, all stays together. */
export interface ZoneStay {
  readonly zone: string;
  readonly time: Millis;
  /** Whether it is there now. */
  readonly inside: boolean;
}

/** One thing, followed from frame to frame. */
export interface Track {
  /** From 1 on; the same thing keeps it while it is followed. */
  readonly id: number;
  readonly box: Box;
  /** When it was first seen. */
  readonly since: Millis;
  /** False while it rests. */
  readonly moving: boolean;
  /** The way of its foot (the middle of the lower edge of its box), oldest first, thinned to at most 32 points. */
  readonly path: readonly Point[];
  /** Every zone that it has been in. */
  readonly zones: readonly ZoneStay[];
}

/** A thing stepped over a counting line. */
export interface Crossing {
  readonly line: string;
  readonly direction: 'in' | 'out';
  /** The thing's `Track.id`. */
  readonly track: number;
}

/** What is wrong with the picture itself. */
export const TAMPER_KINDS = ['covered', 'defocused', 'moved', 'blinded', 'frozen'] as const;
export type TamperKind = (typeof TAMPER_KINDS)[number];

/** What vision saw in one frame. */
export interface Observation {
  /** The frame's stream time. */
  readonly at: Millis;
  readonly motion: boolean;
  readonly score: Ratio;
  /** What moves where it counts (zones), as fractions of the picture; empty while `motion` is false. */
  readonly boxes: readonly Box[];
  /** The things behind `boxes`, in the same order. */
  readonly tracks: readonly Track[];
  /** Lines crossed since the frame before. */
  readonly crossings: readonly Crossing[];
  /** What is wrong now, for as long as it is. */
  readonly tamper: readonly TamperKind[];
  /**
   * Look closer: something is seen, or may be. With frames more than half a second apart nothing can be said to move or
   * to rest; whoever chooses the frames then delivers five a second until this has been false for some seconds. True
   * also until the scene is known.
   */
  readonly attention: boolean;
}

/** An observation of nothing. */
export const nothingSeen = (at: Millis): Observation =>
  ({ at, motion: false, score: ratio(0), boxes: [], tracks: [], crossings: [], tamper: [], attention: false });
