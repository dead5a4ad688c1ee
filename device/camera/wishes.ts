/**
 * What the owner asks of the camera's pictures beside where they come from, and what of that a camera does not take.
 */
import type { Size } from '../core/geometry.ts';
import { millis, type Millis } from '../core/units.ts';

export type WhiteBalance = 'auto' | 'incandescent' | 'tungsten' | 'fluorescent' | 'indoor' | 'daylight' | 'cloudy';

/** As the settings below `camera.` say it. */
export interface AskedOfCamera {
  readonly size: string;
  readonly frame_rate: number;
  readonly rotation: '0' | '90' | '180' | '270';
  readonly flip: Orientation['flip'];
  readonly exposure: 'auto' | 'short' | 'long';
  readonly exposure_compensation: number;
  readonly shutter: Millis;
  readonly gain: number;
  readonly white_balance: WhiteBalance;
  readonly focus: 'auto' | 'continuous' | 'manual';
  readonly focus_position: number;
}

/** How pictures are put upright: turned clockwise first, then mirrored. */
export interface Orientation {
  readonly rotation: 0 | 90 | 180 | 270;
  readonly flip: 'none' | 'horizontal' | 'vertical' | 'both';
}

/** Undefined is what the source does by itself. */
export interface CameraWishes {
  readonly size?: Size | undefined;
  readonly frameRate?: number | undefined;
  /** Undefined when the pictures stay as they are. */
  readonly orientation?: Orientation | undefined;
  readonly exposure?: 'short' | 'long' | undefined;
  /** In EV. */
  readonly exposureCompensation?: number | undefined;
  readonly shutter?: Millis | undefined;
  /** Times the sensor's own. */
  readonly gain?: number | undefined;
  readonly whiteBalance?: Exclude<WhiteBalance, 'auto'> | undefined;
  /** With `manual` at a distance: dioptres, 0 is infinity. */
  readonly focus?: { readonly mode: 'continuous' } | { readonly mode: 'manual'; readonly position: number } | undefined;
}

export type WishName = keyof CameraWishes;

/** By default nothing is. */
export const NOTHING_ASKED: AskedOfCamera = {
  size: '', frame_rate: 0, rotation: '0', flip: 'none', exposure: 'auto', exposure_compensation: 0,
  shutter: millis(0), gain: 0,
  white_balance: 'auto', focus: 'auto', focus_position: 0,
};

export function readWishes(asked: AskedOfCamera): CameraWishes {
  const rotation = ROTATIONS[asked.rotation];
  return {
    size: parseSize(asked.size),
    frameRate: asked.frame_rate || undefined,
    orientation: rotation === 0 && asked.flip === 'none' ? undefined : { rotation, flip: asked.flip },
    exposure: asked.exposure === 'auto' ? undefined : asked.exposure,
    exposureCompensation: asked.exposure_compensation || undefined,
    shutter: asked.shutter === 0 ? undefined : asked.shutter,
    gain: asked.gain || undefined,
    whiteBalance: asked.white_balance === 'auto' ? undefined : asked.white_balance,
    focus: focusOf(asked),
  };
}

const ROTATIONS = { 0: 0, 90: 90, 180: 180, 270: 270 } as const;

function parseSize(text: string): Size | undefined {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(text) ?? []).map(Number);
  return width === undefined || height === undefined ? undefined : { width, height };
}

function focusOf({ focus, focus_position: position }: AskedOfCamera): CameraWishes['focus'] {
  if (focus === 'auto') return undefined;
  return focus === 'manual' ? { mode: 'manual', position } : { mode: 'continuous' };
}

const SETTINGS: Readonly<Record<WishName, string>> = {
  size: 'camera.size', frameRate: 'camera.frame_rate',
  orientation: 'camera.rotation and camera.flip', exposure: 'camera.exposure',
  exposureCompensation: 'camera.exposure_compensation', shutter: 'camera.shutter', gain: 'camera.gain',
  whiteBalance: 'camera.white_balance', focus: 'camera.focus',
};

/** One sentence for the wish `name` that is not met. */
export const unmet = (name: WishName, why: string): string => `${SETTINGS[name]}: not possible here; ${why}`;

/** Sentences for all of `wishes` but those that are `taken`. */
export const unmetBut = (wishes: CameraWishes, taken: readonly WishName[], why: string): readonly string[] =>
  WISH_NAMES.filter((name) => wishes[name] !== undefined && !taken.includes(name)).map((name) => unmet(name, why));

const WISH_NAMES: readonly WishName[] = [
  'size', 'frameRate', 'orientation', 'exposure', 'exposureCompensation', 'shutter', 'gain', 'whiteBalance', 'focus',
];

/** ffmpeg's filters that put a picture upright; undefined when it is. */
export function uprightFilter(orientation: Orientation | undefined): string | undefined {
  if (orientation === undefined) return undefined;
  const { rotation, flip } = orientation;
  const turned = { 0: [], 90: ['transpose=clock'], 180: ['hflip', 'vflip'], 270: ['transpose=cclock'] }[rotation];
  const mirrored = { none: [], horizontal: ['hflip'], vertical: ['vflip'], both: ['hflip', 'vflip'] }[flip];
  return [...turned, ...mirrored].join();
}

/** The size of a picture of `size` once it is upright. */
export const uprightSize = ({ width, height }: Size, orientation: Orientation | undefined): Size =>
  (orientation?.rotation === 90 || orientation?.rotation === 270 ? { width: height, height: width }
    : { width, height });

/** What a feed of pictures that are encoded here says of its size and of how they become upright. */
export const uprightFeed = (
  size: Size, orientation: Orientation | undefined,
): { readonly size: Size; readonly upright?: string } => {
  const upright = uprightFilter(orientation);
  return { size: uprightSize(size, orientation), ...(upright === undefined ? {} : { upright }) };
};
