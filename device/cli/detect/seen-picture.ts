/**
 * One look of the detector as a picture: the gray frame enlarged, what was marked in it, what is believed, the places
 * drawn by the user.
 */
import type { CountingLine, Places } from '../../contract/places.ts';
import type { GrayFrame, Observation, Track } from '../../core/frame.ts';
import type { Box, Point } from '../../core/geometry.ts';
import { maskBits } from '../../vision/motion-detector.ts';
import { Canvas } from './canvas.ts';
import type { IndexedPicture } from './png.ts';

/** A pixel of the frame is this many on a side. */
const SCALE = 4;

/** What a pixel of each kind of red, green and blue keeps of its brightness, and what it has of each at least. */
const TINTS = {
  plain: { keeps: [1, 1, 1], least: [0, 0, 0] },
  /** In a cell of a thing that is believed. */
  believed: { keeps: [0.45, 0.9, 0.45], least: [0, 70, 0] },
  /** Differs from the background. */
  marked: { keeps: [0.4, 0.55, 0.8], least: [0, 30, 110] },
  /** Changed just now. */
  changed: { keeps: [0.9, 0.6, 0.2], least: [140, 50, 0] },
  /** Where nothing counts. */
  excluded: { keeps: [0.3, 0.3, 0.3], least: [0, 0, 0] },
} as const;
type Tint = keyof typeof TINTS;
const tintNames = Object.keys(TINTS) as Tint[];
/** Of each tint, from dark to bright; after all of them come the plain colours. */
const SHADES = 48;

const COLOURS = {
  black: [0, 0, 0], white: [255, 255, 255], green: [80, 255, 80], teal: [0, 190, 170], cyan: [90, 220, 255],
  magenta: [255, 80, 255], yellow: [255, 235, 60], red: [255, 50, 40],
} as const;
type Colour = keyof typeof COLOURS;
const colourNames = Object.keys(COLOURS) as Colour[];
const colour = (name: Colour): number => tintNames.length * SHADES + colourNames.indexOf(name);

const PALETTE = Uint8Array.from([
  ...tintNames.flatMap((name) => shadesOf(TINTS[name])),
  ...colourNames.flatMap((name) => COLOURS[name]),
]);
/** The darkest shade's place in the palette, by a pixel's `maskBits`. */
const TINT_OF_BITS = Uint8Array.from({ length: 32 }, (_, bits) => tintNames.indexOf(tintOf(bits)) * SHADES);

export interface Look {
  readonly frame: GrayFrame;
  readonly seen: Observation;
  /** As `SceneEye.mask`. */
  readonly mask: Uint8Array;
}
/** A face or a thing that was recognised. */
export interface NamedBox { readonly name: string; readonly box: Box }

/** A picture of `look`, four times as wide and high as its frame. */
export function paintLook(
  { frame, seen, mask }: Look, { zones, lines, privacy_masks: masks }: Places, recognised: readonly NamedBox[] = [],
): IndexedPicture {
  const canvas = new Canvas({ width: frame.width * SCALE, height: frame.height * SCALE });
  paintFrame(canvas, frame, mask);
  for (const { name, type, polygon } of zones) {
    drawPlace(canvas, name, polygon, type === 'include' ? 'cyan' : 'magenta');
  }
  for (const { name, polygon } of masks) drawPlace(canvas, name, polygon, 'white');
  for (const line of lines) drawLine(canvas, line);
  seen.tracks.forEach((track) => drawTrack(canvas, track));
  for (const { name, box } of recognised) drawNamed(canvas, name, box);
  drawState(canvas, seen);
  return { ...canvas.size, pixels: canvas.pixels, palette: PALETTE };
}

function paintFrame(canvas: Canvas, { width, height, pixels }: GrayFrame, mask: Uint8Array): void {
  const wide = canvas.size.width;
  for (let y = 0; y < height; y += 1) {
    const row = y * SCALE * wide;
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const shade = Math.floor((pixels[at] ?? 0) * SHADES / 256);
      const from = row + x * SCALE;
      canvas.pixels.fill((TINT_OF_BITS[mask[at] ?? 0] ?? 0) + shade, from, from + SCALE);
    }
    for (let copy = 1; copy < SCALE; copy += 1) canvas.pixels.copyWithin(row + copy * wide, row, row + wide);
  }
}

function tintOf(bits: number): Tint {
  if ((bits & maskBits.excluded) !== 0) return 'excluded';
  if ((bits & maskBits.energy) !== 0) return 'changed';
  if ((bits & maskBits.marked) !== 0) return 'marked';
  if ((bits & maskBits.believed) !== 0) return 'believed';
  return (bits & maskBits.outside) !== 0 ? 'excluded' : 'plain'; // a thing reaches out of the zone that its foot is in
}

function shadesOf({ keeps, least }: (typeof TINTS)[Tint]): number[] {
  return Array.from({ length: SHADES }, (_, shade) =>
    keeps.map((share, channel) => Math.max(least[channel] ?? 0, share * shade * 255 / (SHADES - 1)))).flat();
}

function drawPlace(canvas: Canvas, name: string, polygon: readonly Point[], as: Colour): void {
  canvas.path(polygon, colour(as), true);
  const [corner] = polygon;
  if (corner !== undefined) canvas.words(name, corner, [colour(as), colour('black')]);
}

/** A line, with a short stroke from its middle towards the side that one is on after a step `in`. */
function drawLine(canvas: Canvas, { name, from, to }: CountingLine): void {
  const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const { width, height } = canvas.size;
  const [across, down] = [(to[0] - from[0]) * width, (to[1] - from[1]) * height];
  const stroke = 0.04 * width / Math.hypot(across, down);
  canvas.line(from, to, colour('yellow'));
  canvas.line(middle, [middle[0] - down * stroke / width, middle[1] + across * stroke / height], colour('yellow'));
  canvas.words(name, from, [colour('yellow'), colour('black')]);
}

function drawTrack(canvas: Canvas, { id, box, path, moving }: Track): void {
  const as = colour(moving ? 'green' : 'teal');
  canvas.path(path, as);
  canvas.frame(box, as);
  canvas.words(`${id}`, [box[0], box[1]], [colour('black'), as]);
}

function drawNamed(canvas: Canvas, name: string, box: Box): void {
  canvas.frame(box, colour('white'));
  canvas.words(name, [box[0], box[1] + box[3]], [colour('black'), colour('white')]);
}

/** The time, a red frame and its reason while the picture itself is wrong. */
function drawState(canvas: Canvas, { at, tamper }: Observation): void {
  const words = [(at / 1000).toFixed(1), ...tamper].join(' ');
  if (tamper.length > 0) canvas.frame([0, 0, 1, 1], colour('red'));
  canvas.words(words, [0, 0], [colour('white'), colour(tamper.length > 0 ? 'red' : 'black')]);
}
