/** Clouds in the sky, the shade they throw on the yard, and the stars. Pure. */
import type { Size } from '../../../core/geometry.ts';
import { developed, type Yuv } from '../brush/colour.ts';
import { grainy } from '../brush/texture.ts';
import { between, chance, smoothStep } from '../story/chance.ts';
import type { LightName, Weather } from '../story/day.ts';
import { lights } from '../yard/light.ts';
import { horizon } from '../yard/view.ts';
import type { DemoScene } from '../scene.ts';
import type { Backdrop } from './backdrop.ts';
import type { Planes } from './planes.ts';

/** Pixels that clouds move while the air drifts one metre, in a picture 1280 wide. */
const pixelsPerMetre = 5;

export class Clouds {
  readonly #backdrop: Backdrop;
  /** Thickness from 0 to 255 of a band of clouds that joins itself end to end. */
  readonly #thickness: Uint8Array;
  readonly #band: Size;
  readonly #stars: readonly Star[];
  readonly #runs: readonly Run[];

  constructor(backdrop: Backdrop) {
    const { width, height } = backdrop.size;
    this.#backdrop = backdrop;
    this.#band = { width: 2 * Math.round(width * 0.75), height: Math.ceil(height * horizon) };
    this.#thickness = cloudBand(this.#band);
    this.#stars = starsOver(backdrop);
    this.#runs = Array.from({ length: this.#band.height }, (_, row) => runsOf(backdrop, row)).flat();
  }

  /** Draws stars, as dark as it is, and clouds over the sky of `out`. */
  draw(out: Planes, scene: DemoScene): void {
    const night = nightShare(scene);
    if (night > 0) for (const star of this.#stars) twinkle(out.y, star, night, scene.leafPhase);
    const look = lookOf(scene);
    const drift = Math.round((scene.drift * pixelsPerMetre * this.#backdrop.size.width) / 1280);
    for (const run of this.#runs) this.#drawRun(out, run, look, drift);
  }

  #drawRun(out: Planes, { row, start, end }: Run, { covers, light, u, v }: Look, drift: number): void {
    const { sky, size: { width } } = this.#backdrop;
    const band = this.#band.width;
    const [line, thicknesses, left] = [row * width, row * band, drift + start];
    const quarters = (row >> 1) * (width >> 1);
    let from = left % band;
    for (let column = start; column < end; column++, from = from + 1 === band ? 0 : from + 1) {
      const thickness = this.#thickness[thicknesses + from] as number;
      const cover = ((covers[thickness] as number) * (sky[line + column] as number)) >> 8;
      if (cover === 0) continue;
      const was = out.y[line + column] as number;
      out.y[line + column] = was + ((((light[thickness] as number) - was) * cover) >> 8);
      if (((row | column) & 1) !== 0) continue;
      const quarter = quarters + (column >> 1);
      const [wasU, wasV] = [out.u[quarter] as number, out.v[quarter] as number];
      out.u[quarter] = wasU + (((u - wasU) * cover) >> 8);
      out.v[quarter] = wasV + (((v - wasV) * cover) >> 8);
    }
  }
}

/** Pixels of one row, from `start` up to `end`, through which the sky is seen. */
interface Run { readonly row: number; readonly start: number; readonly end: number }

function runsOf({ sky, size: { width } }: Backdrop, row: number): readonly Run[] {
  const runs: Run[] = [];
  const line = sky.subarray(row * width, (row + 1) * width);
  for (let start = 0; start < width; start++) {
    if (line[start] === 0) continue;
    const length = line.subarray(start).indexOf(0);
    const end = length < 0 ? width : start + length;
    runs.push({ row, start, end });
    start = end;
  }
  return runs;
}

/** How the clouds look just now: for each thickness how much it covers, 0 to 256, and how bright it is. */
interface Look { readonly covers: Int16Array; readonly light: Int16Array; readonly u: number; readonly v: number }

/** The more clouds, the thinner they begin. */
function lookOf(scene: DemoScene): Look {
  const begins = between(0.62, 0.36, scene.cloud);
  const [bright, u, v] = cloudColour(scene);
  const shares = Array.from({ length: 256 }, (_, thickness) => smoothStep(begins, begins + 0.3, thickness / 255));
  return {
    covers: Int16Array.from(shares, (share) => 256 * 0.92 * share),
    light: Int16Array.from(shares, (share) => bright * (1 - 0.14 * share * share * (0.4 + scene.cloud))),
    u: Math.round(u + 128), v: Math.round(v + 128),
  };
}

function cloudColour({ sky }: DemoScene): Yuv {
  const of = (name: LightName): Yuv => developed(lights[name].cloud, lights[name].saturation);
  const [from, to] = [of(sky.from), of(sky.to)];
  return [between(from[0], to[0], sky.mix), between(from[1], to[1], sky.mix), between(from[2], to[2], sky.mix)];
}

/** Flatter and smaller towards the horizon, as clouds are. */
function cloudBand({ width, height }: Size): Uint8Array {
  const at = (column: number, row: number): number => {
    const near = 0.35 + 0.65 * (1 - row / height);
    const [x, y] = [(column / height) * 1.1 / near, (row / height) * 2 / near];
    return grainy(x + 50, y, 300, 5);
  };
  return Uint8Array.from({ length: width * height }, (_, index) => {
    const [column, row] = [index % width, Math.floor(index / width)];
    const share = smoothStep(0.8, 1, column / width);
    const thickness = share === 0 ? at(column, row) : between(at(column, row), at(column - width, row), share);
    return 255 * Math.min(Math.max((thickness - 0.2) / 0.6, 0), 1);
  });
}

interface Star { readonly index: number; readonly bright: number; readonly phase: number }

function starsOver({ size, sky }: Backdrop): readonly Star[] {
  return Array.from({ length: 150 }, (_, star): Star => {
    const [u, v] = [chance(star, 310), horizon * 0.9 * chance(star, 311) ** 1.3];
    const index = Math.floor(v * size.height) * size.width + Math.floor(u * size.width);
    return { index, bright: 25 + 120 * chance(star, 312) ** 4, phase: 6.3 * chance(star, 313) };
  }).filter(({ index }) => sky[index] === 256);
}

function twinkle(y: Uint8Array, { index, bright, phase }: Star, night: number, time: number): void {
  const light = bright * night * (0.8 + 0.2 * Math.sin(time * 1.7 + phase * 5));
  y[index] = Math.min((y[index] as number) + Math.round(light), 219);
  if (bright < 60) return;
  for (const beside of [index - 1, index + 1]) y[beside] = Math.min((y[beside] ?? 0) + Math.round(light * 0.3), 219);
}

const nightShare = ({ sky }: DemoScene): number =>
  sky.from === 'night' ? (sky.to === 'night' ? 1 : 1 - sky.mix) : sky.to === 'night' ? sky.mix : 0;

/** How much light the clouds leave at a place on the ground, 0 to 1. */
export function cloudShade([x, z]: readonly [number, number], { cloud, drift }: Weather, daylight: number): number {
  const patch = smoothStep(0.62 - 0.25 * cloud, 0.8 - 0.2 * cloud, grainy((x - drift * 0.9) / 9 + 70, z / 14, 320, 2));
  return 1 - daylight * (0.16 * cloud + 0.2 * patch * (0.35 + 0.65 * cloud));
}
