/** What is dark before the lens by day and no visitor: insects that fly by, leaves that fall. Tests only. */
import type { Effect, Making, Plate } from './hard-scenes.ts';
import { seeded } from './drawn-scene.ts';

const tau = 2 * Math.PI;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly high: number;
  /** Greys by which its middle is darker. */
  readonly dark: number;
}

/** Darkens an ellipse without a firm rim, as what is out of focus. Pixels. */
function shade({ width, height, grey }: Plate, { x, y, wide, high, dark }: Spot): void {
  for (let v = Math.max(0, Math.floor(y - 2 * high)); v < Math.min(height, y + 2 * high); v += 1) {
    for (let u = Math.max(0, Math.floor(x - 2 * wide)); u < Math.min(width, x + 2 * wide); u += 1) {
      const far = ((u - x) / wide) ** 2 + ((v - y) / high) ** 2;
      grey[v * width + u] = (grey[v * width + u] ?? 0) - dark * Math.exp(-far);
    }
  }
}

const drawn = (spotsAt: (t: number, place: Plate) => readonly Spot[]): Effect => (picture, t) => {
  const shaded = { ...picture, grey: picture.grey.slice() };
  for (const spot of spotsAt(t, picture)) shade(shaded, spot);
  return shaded;
};

/** Flies, by day, two in three seconds: each straight on for moments. */
export function flies({ seed, strength }: Making): Effect {
  const random = seeded(seed);
  const flights = Array.from({ length: Math.round(60 * strength) }, () => ({
    from: 90 * random(), lasts: 0.3 + 1.2 * random(), left: random(), top: random(), way: tau * random(),
    speed: 100 + 300 * random(), size: 3 + 9 * random(),
  }));
  return drawn((t, { width, height }) => flights.filter(({ from, lasts }) => t >= from && t < from + lasts).map(
    ({ from, left, top, way, speed, size }) => ({
      x: left * width + speed * (t - from) * Math.cos(way), y: top * height + speed * (t - from) * Math.sin(way),
      wide: size, high: size, dark: 80,
    })));
}

/** Dark leaves that come down now and then, turning. */
export function leaves({ seed, strength }: Making): Effect {
  const random = seeded(seed);
  const falls = Array.from({ length: Math.round(39 * strength) }, () => ({
    from: 90 * random(), left: random(), speed: 60 + 130 * random(), size: 4 + 5 * random(), swing: 8 + 20 * random(),
    turns: 0.5 + 0.8 * random(), phase: tau * random(),
  }));
  return drawn((t, { width }) => falls.filter(({ from }) => t >= from).map(
    ({ from, left, speed, size, swing, turns, phase }) => {
      const turn = tau * turns * (t - from) + phase;
      return {
        x: left * width + swing * Math.sin(turn), y: speed * (t - from) - 2 * size,
        wide: size, high: size * (0.3 + 0.7 * Math.abs(Math.cos(2 * turn))), dark: 90,
      };
    }));
}
