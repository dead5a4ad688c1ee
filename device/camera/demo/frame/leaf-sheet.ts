/** Leaves painted on a sheet that is clear where no leaf is, in each of the four lights. Pure. */
import type { Point, Size } from '../../../core/geometry.ts';
import { developed, times } from '../brush/colour.ts';
import { coverPolygon, ellipse } from '../brush/coverage.ts';
import type { LightName } from '../story/day.ts';
import type { Leaf } from '../yard/leaves.ts';
import { lightOn, lights } from '../yard/light.ts';
import { inPixels, pixelsInMetre } from '../yard/view.ts';
import { emptyPlanes, type Planes } from './planes.ts';

export interface LeafSheet {
  /** Where the sheet lies in the picture, in even numbers of pixels; may begin outside. */
  readonly left: number;
  readonly top: number;
  readonly size: Size;
  /** 0 to 255 for each pixel; the colours are already weighted with it. */
  readonly cover: Uint8Array;
  readonly coverQuarter: Uint8Array;
  /** For each row the columns, from and up to, that leaves can reach. */
  readonly spans: readonly Point[];
  readonly lit: Readonly<Record<LightName, Planes>>;
}

const names: readonly LightName[] = ['day', 'dusk', 'night', 'dawn'];

/** Paints `leaves`, each over those before it. */
export function paintLeaves(leaves: readonly Leaf[], picture: Size): LeafSheet {
  const spots = leaves.map(({ place }) => inPixels(place, picture));
  // Wide enough that nothing is pushed off the sheet.
  const margin = Math.ceil(picture.width / 50);
  const left = 2 * Math.floor((Math.min(...spots.map(([x]) => x)) - margin) / 2);
  const top = 2 * Math.floor((Math.min(...spots.map(([, y]) => y)) - margin) / 2);
  const size = {
    width: eights(Math.max(...spots.map(([x]) => x)) + margin - left),
    height: eights(Math.max(...spots.map(([, y]) => y)) + margin - top),
  };
  const cover = new Float32Array(size.width * size.height);
  const colours = names.map((name) => ({ name, yuv: new Float32Array(3 * cover.length) }));
  leaves.forEach((leaf, index) => {
    const [x, y] = spots[index] ?? [0, 0];
    const length = leaf.size * pixelsInMetre(leaf.place[2], picture);
    const looks = colours.map(({ name, yuv }) => ({ yuv, colour: colourIn(name, leaf) }));
    coverPolygon(ellipse([x - left, y - top], [length, length * 0.5], leaf.angle), size, (column, row, share) => {
      const pixel = row * size.width + column;
      cover[pixel] = over(cover[pixel], 1, share);
      for (const { yuv, colour } of looks) {
        for (const [channel, value] of colour.entries()) {
          yuv[3 * pixel + channel] = over(yuv[3 * pixel + channel], value, share);
        }
      }
    });
  });
  return { left, top, size, ...bytesOf(cover, colours, size), spans: spansOf(cover, size, margin / 2) };
}

function colourIn(name: LightName, { colour, place, tilt }: Leaf): readonly number[] {
  const light = lights[name];
  const [y, u, v] = developed(times(colour, lightOn(light, place, tilt)), light.saturation);
  return [y, u + 128, v + 128];
}

const over = (below: number | undefined, above: number, share: number): number =>
  (below ?? 0) * (1 - share) + above * share;

function bytesOf(
  cover: Float32Array, colours: readonly { readonly name: LightName; readonly yuv: Float32Array }[], size: Size,
): Pick<LeafSheet, 'cover' | 'coverQuarter' | 'lit'> {
  const lit = colours.map(({ name, yuv }): readonly [LightName, Planes] => {
    const planes = emptyPlanes(size);
    planes.y.forEach((_, pixel) => { planes.y[pixel] = yuv[3 * pixel] ?? 0; });
    quarters(size, (pixel) => yuv[3 * pixel + 1] ?? 0, planes.u);
    quarters(size, (pixel) => yuv[3 * pixel + 2] ?? 0, planes.v);
    return [name, planes];
  });
  const coverQuarter = new Uint8Array(cover.length / 4);
  quarters(size, (pixel) => 255 * (cover[pixel] ?? 0), coverQuarter);
  return {
    cover: Uint8Array.from(cover, (share) => 255 * share), coverQuarter,
    lit: Object.fromEntries(lit) as Record<LightName, Planes>,
  };
}

/** The mean of each four pixels. */
function quarters({ width }: Size, value: (pixel: number) => number, out: Uint8Array): void {
  out.forEach((_, quarter) => {
    const pixel = 2 * Math.floor(quarter / (width / 2)) * width + 2 * (quarter % (width / 2));
    out[quarter] = (value(pixel) + value(pixel + 1) + value(pixel + width) + value(pixel + width + 1)) / 4;
  });
}

function spansOf(cover: Float32Array, { width, height }: Size, margin: number): readonly Point[] {
  return Array.from({ length: height }, (_, row): Point => {
    const line = cover.subarray(row * width, (row + 1) * width);
    const first = line.findIndex((share) => share > 0);
    if (first < 0) return [0, 0];
    const last = line.findLastIndex((share) => share > 0);
    return [Math.max(Math.floor(first - margin), 0), Math.min(Math.ceil(last + margin), width)];
  });
}

const eights = (length: number): number => 8 * Math.ceil(length / 8);
