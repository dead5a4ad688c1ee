/** What the camera sees of the still yard in one light. Pure. */
import type { Canvas } from '../brush/canvas.ts';
import { developed, plus, scaled, times, type Rgb, type Yuv } from '../brush/colour.ts';
import type { LightName } from '../story/day.ts';
import { colourKept, glowColour, haloAt, lightOn, lights } from '../yard/light.ts';
import { skyLight } from '../yard/sky.ts';
import { groundAt, horizon, uprightAt, type Place } from '../yard/view.ts';
import type { Planes } from './planes.ts';

/** Writes rows `row` and `row + 1` (`row` is even) of the yard in the light `name` into `out`. */
export function illuminate(canvas: Canvas, name: LightName, row: number, out: Planes): void {
  const { width } = canvas.size;
  for (let column = 0; column < width; column += 2) {
    let [sumU, sumV] = [0, 0];
    for (let pixel = 0; pixel < 4; pixel++) {
      const [x, y] = [column + (pixel & 1), row + (pixel >> 1)];
      const [bright, u, v] = seenAt(canvas, name, x, y);
      out.y[y * width + x] = Math.round(bright);
      sumU += u;
      sumV += v;
    }
    const quarter = (row >> 1) * (width >> 1) + (column >> 1);
    out.u[quarter] = Math.round(128 + sumU / 4);
    out.v[quarter] = Math.round(128 + sumV / 4);
  }
}

function seenAt(canvas: Canvas, name: LightName, column: number, row: number): Yuv {
  const { width, height } = canvas.size;
  const index = row * width + column;
  const [u, v] = [(column + 0.5) / width, (row + 0.5) / height];
  const sky = canvas.sky[index] ?? 0;
  const light = lights[name];
  let seen = sky > 0 ? scaled(skyLight(name, u, v), sky) : black;
  if (sky < 1) {
    const depth = canvas.depth[index] ?? 0;
    const place: Place = depth > 0 ? uprightAt([u, v], depth) : groundAt([u, Math.max(v, horizon + 0.005)]);
    const colour = colourAt(canvas, 3 * index);
    const glow = light.lamps * (canvas.glow[index] ?? 0) * (0.2 + 0.8 * colour[0]);
    seen = plus(seen, plus(times(colour, lightOn(light, place, canvas.tilt[index] ?? 0)), scaled(glowColour, glow)));
  }
  if (light.lamps > 0) seen = plus(seen, scaled(glowColour, light.lamps * haloAt(u, v)));
  return developed(seen, colourKept(light, seen));
}

const colourAt = ({ colour }: Canvas, start: number): Rgb =>
  [colour[start] ?? 0, colour[start + 1] ?? 0, colour[start + 2] ?? 0];

const black: Rgb = [0, 0, 0];
