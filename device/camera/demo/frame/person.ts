/** A visitor in the picture: made of limbs, lit as the place is, with a shadow, behind what is nearer. Pure. */
import type { Size } from '../../../core/geometry.ts';
import { developed, mixed, rgb, times, type Rgb, type Yuv } from '../brush/colour.ts';
import { between } from '../story/chance.ts';
import type { LightName, SkyState } from '../story/day.ts';
import type { DemoFigure } from '../scene.ts';
import { colourKept, lightOn, lights, type Light } from '../yard/light.ts';
import { inPixels, pixelsInMetre } from '../yard/view.ts';
import type { Backdrop } from './backdrop.ts';
import { bodyOf, type BodyPart } from './body.ts';
import { LimbPicture, regionAround, type Limb } from './limbs.ts';
import type { Planes } from './planes.ts';
import { shadowsOf } from './cast.ts';

/** Draws `figure` and the shadows it throws into `out`. */
export function drawPerson(out: Planes, backdrop: Backdrop, figure: DemoFigure, sky: SkyState): void {
  const parts = bodyOf(figure);
  for (const { limbs, strength } of shadowsOf(parts, figure, sky, backdrop.size)) {
    darken(out, backdrop, limbs, strength);
  }
  const limbs = parts.map((part) => limbInPicture(part, backdrop.size));
  using picture = new LimbPicture(regionAround(limbs, 2, backdrop.size), 'figure');
  const lightFrom = between(lights[sky.from].towards[0], lights[sky.to].towards[0], sky.mix);
  const light = litIn(sky, figure);
  parts.forEach((part, index) => {
    const limb = limbs[index];
    if (limb !== undefined) picture.add(limb, light(rgb(part.colour)), lightFrom);
  });
  layOver(out, backdrop, picture, figure.place[2]);
}

function limbInPicture({ from, to, fromRadius, toRadius }: BodyPart, size: Size): Limb {
  return {
    from: inPixels(from, size), to: inPixels(to, size),
    fromRadius: fromRadius * pixelsInMetre(from[2], size), toRadius: toRadius * pixelsInMetre(to[2], size),
  };
}

/** What the light at the figure's place makes of a colour; colours around 128. */
function litIn(sky: SkyState, { place: [x, , z] }: DemoFigure): (colour: Rgb) => Yuv {
  const [heights, tilts] = [[0.5, 1.3], [0.2, 0.9]];
  const of = (name: LightName): Falling => {
    const each = heights.flatMap((y) => tilts.map((tilt) => lightOn(lights[name], [x, y, z], tilt)));
    const mean = (channel: 0 | 1 | 2): number => each.reduce((sum, light) => sum + light[channel], 0) / each.length;
    return { light: lights[name], falling: [mean(0), mean(1), mean(2)] };
  };
  const [from, to] = [of(sky.from), of(sky.to)];
  return (colour) => {
    const [a, b] = [seenIn(from, colour), seenIn(to, colour)];
    return [between(a[0], b[0], sky.mix), between(a[1], b[1], sky.mix) + 128, between(a[2], b[2], sky.mix) + 128];
  };
}

interface Falling { readonly light: Light; readonly falling: Rgb }

/** Cloth that is dark to the eye is bright in infrared. */
function seenIn({ light, falling }: Falling, colour: Rgb): Yuv {
  const seen = times(light.infrared > 0 ? mixed(colour, infraredCloth, 0.32) : colour, falling);
  return developed(seen, colourKept(light, seen));
}

const infraredCloth: Rgb = [0.8, 0.8, 0.8];

/** A shadow lies on the ground only; `strength` is the share of the light that it takes. */
function darken({ y }: Planes, { size, depth }: Backdrop, limbs: readonly Limb[], strength: number): void {
  const softness = size.width / 320;
  using shadow = new LimbPicture(regionAround(limbs, softness, size), 'shadow');
  for (const limb of limbs) shadow.join(limb, softness);
  const { region, cover } = shadow;
  for (let row = 0, index = 0; row < region.height; row++) {
    let pixel = (region.top + row) * size.width + region.left;
    for (let column = 0; column < region.width; column++, index++, pixel++) {
      const share = cover[index] as number;
      if (share > 0 && depth[pixel] === 0) y[pixel] = (y[pixel] as number) * (1 - strength * share);
    }
  }
}

/** Lays the figure, `distance` metres away, over what is further. Colours are a quarter as fine as brightness. */
function layOver(out: Planes, { size, depth }: Backdrop, figure: LimbPicture, distance: number): void {
  const { region, cover } = figure;
  const centimetres = 100 * distance;
  for (let row = 0, index = 0; row < region.height; row++) {
    let pixel = (region.top + row) * size.width + region.left;
    for (let column = 0; column < region.width; column++, index++, pixel++) {
      const share = cover[index] as number;
      const upright = depth[pixel] as number;
      if (share === 0 || (upright > 0 && upright < centimetres)) continue;
      out.y[pixel] = (out.y[pixel] as number) * (1 - share) + (figure.y[index] as number);
      if (((row | column) & 1) === 1) continue;
      const quarter = ((region.top + row) >> 1) * (size.width >> 1) + ((region.left + column) >> 1);
      out.u[quarter] = (out.u[quarter] as number) * (1 - share) + (figure.u[index] as number);
      out.v[quarter] = (out.v[quarter] as number) * (1 - share) + (figure.v[index] as number);
    }
  }
}
