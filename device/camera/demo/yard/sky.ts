/** The sky without its clouds: a gradient, at night a moon. */
import { mixed, plus, scaled, type Rgb } from '../brush/colour.ts';
import { smoothStep } from '../story/chance.ts';
import type { LightName } from '../story/day.ts';
import { lights } from './light.ts';
import { horizon } from './view.ts';

const moon = { u: 0.565, v: 0.085, radius: 0.0125 } as const;

/** Light of the sky at `[u, v]` of the picture. */
export function skyLight(name: LightName, u: number, v: number): Rgb {
  const light = lights[name];
  const height = Math.max(1 - v / horizon, 0);
  const side = name === 'dusk' ? 0.25 * (0.5 - u) : name === 'dawn' ? 0.25 * (u - 0.5) : 0;
  const plain = mixed(light.horizon, light.zenith, Math.min(Math.max(height - side, 0), 1) ** 0.7);
  return name === 'night' ? plus(plain, moonLight(u, v)) : plain;
}

function moonLight(u: number, v: number): Rgb {
  const [x, y] = [u - moon.u, ((v - moon.v) * 9) / 16];
  const distance = Math.hypot(x, y) / moon.radius;
  const shadow = Math.hypot(x - 0.5 * moon.radius, y + 0.2 * moon.radius) / moon.radius;
  const disc = smoothStep(1.06, 0.94, distance) * smoothStep(0.86, 1.02, shadow);
  return scaled([1, 0.96, 0.84], 0.8 * disc + 0.045 / (1 + distance * distance * 0.25));
}
