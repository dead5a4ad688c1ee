/**
 * Scenes that fool detectors, made from a still picture of a place: weather, light, animals, cameras, and people who
 * are hard to see. Drawn at twice the size that vision looks at and reduced as ffmpeg does (area). Same seed, same
 * scene. Tests and measurements only.
 */
import type { GrayFrame } from '../../device/core/frame.ts';
import type { Box } from '../../device/core/geometry.ts';
import { millis } from '../../device/core/units.ts';
import { seeded } from './drawn-scene.ts';

/** A gray picture, grey values 0 to 255 and beyond. */
export interface Plate { readonly width: number; readonly height: number; readonly grey: Float32Array }

/** What is done to a picture, drawn at twice vision's size, `t` seconds after the beginning. */
export type Effect = (picture: Plate, t: number) => Plate;

/** `strength` 1 is what is often met. */
export interface Making { readonly seed: number; readonly strength: number }

export type Maker = (making: Making, place: Plate) => Effect;

const tau = 2 * Math.PI;
const smoothStep = (from: number, to: number, value: number): number => {
  const share = Math.min(Math.max((value - from) / (to - from), 0), 1);
  return share * share * (3 - 2 * share);
};
const at = (plate: Plate, x: number, y: number): number => {
  const u = Math.min(Math.max(x, 0), plate.width - 1.001);
  const v = Math.min(Math.max(y, 0), plate.height - 1.001);
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const [fx, fy, i] = [u - left, v - top, top * plate.width + left];
  const [a = 0, b = 0, c = 0, d = 0] = [
    plate.grey[i], plate.grey[i + 1], plate.grey[i + plate.width], plate.grey[i + plate.width + 1],
  ];
  return (a * (1 - fx) + b * fx) * (1 - fy) + (c * (1 - fx) + d * fx) * fy;
};
const paint = (plate: Plate, value: (x: number, y: number, grey: number) => number): Plate => {
  const grey = new Float32Array(plate.grey.length);
  for (let y = 0, i = 0; y < plate.height; y += 1) {
    for (let x = 0; x < plate.width; x += 1, i += 1) grey[i] = value(x, y, plate.grey[i] ?? 0);
  }
  return { ...plate, grey };
};
/** Only the pixels of a rectangle: what is small is drawn in place. */
const touch = (plate: Plate, box: Box, value: (x: number, y: number, grey: number) => number): void => {
  const [left, top, width, height] = box.map(Math.round) as [number, number, number, number];
  for (let y = Math.max(0, top); y < Math.min(plate.height, top + height); y += 1) {
    for (let x = Math.max(0, left); x < Math.min(plate.width, left + width); x += 1) {
      const i = y * plate.width + x;
      plate.grey[i] = value(x, y, plate.grey[i] ?? 0);
    }
  }
};
const copy = (plate: Plate): Plate => ({ ...plate, grey: plate.grey.slice() });

/** Smooth noise of one octave, from -1 to 1, of `size` units a wave. */
function smoothNoise(seed: number): (x: number, y: number, size: number) => number {
  const corner = (x: number, y: number): number => {
    let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
    return ((h ^ (h >>> 13)) >>> 0) / 2 ** 31 - 1;
  };
  return (x, y, size) => {
    const [u, v] = [x / size, y / size];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [fx, fy] = [smoothStep(0, 1, u - left), smoothStep(0, 1, v - top)];
    return (corner(left, top) * (1 - fx) + corner(left + 1, top) * fx) * (1 - fy) +
      (corner(left, top + 1) * (1 - fx) + corner(left + 1, top + 1) * fx) * fy;
  };
}

/** A place drawn in code: walls and ground of rough greys, with seams. */
export function drawnPlace(width: number, height: number, seed: number): Plate {
  const rough = smoothNoise(seed);
  const empty = { width, height, grey: new Float32Array(width * height) };
  return paint(empty, (x, y) => {
    const seam = x % 37 < 2 || y % 29 < 2 ? -22 : 0;
    return 105 + 30 * rough(x, y, 90) + 16 * rough(x, y, 13) + 8 * rough(x, y, 5) + seam;
  });
}

const night = (plate: Plate): Plate => paint(plate, (_x, _y, grey) => 0.22 * grey + 6);

/** What happens to a place where nothing does. */
export const disturbances: Readonly<Record<string, Maker>> = {
  /**
   * The filter swings out at dusk: greens turn bright, the middle is lit, all within a frame; back after half a minute.
   */
  irCut({ seed, strength }) {
    const leaves = smoothNoise(seed);
    return (picture, t) => {
      if (t < 35 || t > 65) return picture;
      const settle = t < 50 ? smoothStep(0, 1.5, t - 35) : 1;
      return paint(picture, (x, y, grey) => {
        const lamp = 1 - 0.7 * Math.hypot(x / picture.width - 0.5, y / picture.height - 0.5);
        const remapped = 255 * (grey / 255) ** 0.7 * lamp * (0.8 + 0.4 * strength * leaves(x, y, 40));
        return remapped * (0.7 + 0.3 * settle);
      });
    };
  },
  /** Every five to ten seconds the lights of a car sweep over the place at night. */
  headlights({ seed, strength }) {
    const random = seeded(seed);
    const sweeps = Array.from({ length: 12 }, (_, index) =>
      ({
        from: 7 * index + 3 * random(), lasts: 1.5 + 2.5 * random(), y: 0.3 + 0.5 * random(), back: random() < 0.5,
        size: 0.1 + 0.2 * random(),
      }));
    return (picture, t) => sweeps.reduce((dark, { from, lasts, y, back, size }) => {
      const share = (t - from) / lasts;
      if (share < 0 || share > 1) return dark;
      const middle = (back ? 1.3 - 1.6 * share : -0.3 + 1.6 * share) * dark.width;
      return paint(dark, (u, v, grey) => {
        const beam = Math.exp(-(((u - middle) / (size * dark.width)) ** 2)
          - (((v - y * dark.height) / (0.6 * size * dark.width)) ** 2));
        return grey + strength * beam * (30 + 1.6 * grey);
      });
    }, night(picture));
  },
  /** A lamp behind a window, in a room, over a door: part of the picture is lit, and dark again. */
  lamp({ seed, strength }) {
    const random = seeded(seed);
    const [left, top] = [0.1 + 0.4 * random(), 0.1 + 0.4 * random()];
    const [right, bottom] = [left + 0.2 + 0.25 * random(), top + 0.2 + 0.3 * random()];
    return (picture, t) => {
      const on = t > 33 && Math.floor((t - 33) / 9) % 2 === 0 ? 1 : 0;
      return paint(picture, (x, y, grey) => {
        const [u, v] = [x / picture.width, y / picture.height];
        const lit = smoothStep(left - 0.02, left + 0.02, u) * (1 - smoothStep(right - 0.02, right + 0.02, u)) *
          smoothStep(top - 0.02, top + 0.02, v) * (1 - smoothStep(bottom - 0.02, bottom + 0.02, v));
        return grey * (1 + 0.6 * strength * on * lit);
      });
    };
  },
  softClouds: (making) => cloudShadows(making, 0.5),
  hardClouds: (making) => cloudShadows(making, 0.08),
  /** Leaves in the wind: the upper left part of the picture is pulled about, in gusts. */
  trees({ seed, strength }) {
    const [push, lift, gust] = [smoothNoise(seed), smoothNoise(seed + 1), smoothNoise(seed + 2)];
    return (picture, t) => {
      const wind = strength * (1.2 + 1.8 * Math.max(0, gust(10 * t, 0, 40)));
      const tree = (u: number, v: number): number => 1 - smoothStep(0.28, 0.4, Math.hypot(u - 0.25, v - 0.3));
      return paint(picture, (x, y, grey) => {
        const share = tree(x / picture.width, y / picture.height);
        if (share === 0) return grey;
        const dx = push(x + 60 * t, y + 9 * t, 24) + 0.6 * push(x + 31, y + 130 * t, 11);
        const dy = 0.6 * lift(x + 70 * t, y, 20);
        return at(picture, x + share * wind * dx, y + share * wind * dy);
      });
    };
  },
  /** Insects before the lens at night: bright, blurred, fast. */
  insects({ seed, strength }) {
    const random = seeded(seed);
    const flights = Array.from({ length: Math.round(30 * strength) }, () => ({
      from: 90 * random(), lasts: 0.3 + 1.2 * random(), x: random(), y: random(),
      way: tau * random(), turn: 4 * (random() - 0.5),
      speed: 100 + 300 * random(), size: 3 + 9 * random(), light: 40 + 90 * random(),
    }));
    return (picture, t) => {
      const dark = night(picture);
      for (const { from, lasts, x, y, way, turn, speed, size, light } of flights) {
        if (t < from || t > from + lasts) continue;
        // A streak: the insect at eight moments of an exposure of a fifteenth of a second.
        for (let moment = 0; moment < 8; moment += 1) {
          const since = t - from + moment / 120;
          const u = x * dark.width + speed * since * Math.cos(way + turn * since);
          const v = y * dark.height + speed * since * Math.sin(way + turn * since);
          touch(dark, [u - 2 * size, v - 2 * size, 4 * size, 4 * size], (px, py, grey) =>
            grey + (light / 3) * Math.exp(-((px - u) ** 2 + (py - v) ** 2) / (size * size)));
        }
      }
      return dark;
    };
  },
  snow: ({ seed, strength }) => falling(seed, {
    count: Math.round(120 * strength), wide: [1.5, 4], long: [1.5, 4], fall: [60, 150], drift: 30,
    light: 70, cover: 0.7,
  }),
  heavyRain: ({ seed, strength }) => falling(seed, {
    count: Math.round(60 * strength), wide: [1, 2.2], long: [12, 34], fall: [500, 900], drift: 60,
    light: 60, cover: 0.45,
  }),
  /** Under the camera's own lamp: what falls near the lens is large, bright and fast. */
  nightSnow: ({ seed, strength }) => atNight(falling(seed, {
    count: Math.round(90 * strength), wide: [1, 6], long: [2, 14], fall: [60, 420], drift: 60,
    light: 150, cover: 0.6,
  })),
  nightRain: ({ seed, strength }) => atNight(falling(seed, {
    count: Math.round(30 * strength), wide: [1, 4], long: [20, 70], fall: [900, 1700], drift: 80,
    light: 170, cover: 0.5,
  })),
  /** Threads of a spider's web, lit by the camera's lamp, swing in the wind. */
  web({ seed, strength }) {
    const random = seeded(seed);
    const threads = Array.from({ length: 4 }, () => ({
      x: 0.1 + 0.8 * random(), way: 0.6 * (random() - 0.5),
      swing: (3 + 6 * random()) * strength, rate: 0.3 + 0.9 * random(), wide: 0.8 + 1.6 * random(),
    }));
    const gust = smoothNoise(seed);
    return (
      picture, t,
    ) => paint(night(picture), (x, y, grey) => threads.reduce((sum, { x: foot, way, swing, rate, wide }) => {
      const v = y / picture.height;
      const middle = (foot + way * v) * picture.width
        + swing * Math.sin(Math.PI * v) * Math.sin(tau * rate * t) * (0.5 + gust(8 * t, foot, 30));
      return Math.abs(x - middle) > 3 * wide ? sum : sum + 45 * Math.exp(-(((x - middle) / wide) ** 2));
    }, grey));
  },
  /** Automatic exposure that never settles: the picture pumps, and its bright parts saturate. */
  pumping({ seed, strength }) {
    const phase = tau * seeded(seed)();
    return (picture, t) => {
      const gain = 1 + 0.25 * strength * Math.sin(t + phase) + 0.1 * strength * Math.sin(2.7 * t);
      return paint(picture, (_x, _y, grey) => Math.min(255 * (gain * grey / 255) ** (1 / (0.8 + 0.2 * gain)), 255));
    };
  },
  /** A pole swings in the wind: slowly, by several pixels, with a little turn. */
  pole({ seed, strength }) {
    const random = seeded(seed);
    const [slow, phase] = [0.15 + 0.2 * random(), tau * random()];
    return (picture, t) => {
      const dx = strength * (3.5 * Math.sin(tau * slow * t + phase) + 0.8 * Math.sin(tau * 1.3 * t));
      const dy = strength * 1.2 * Math.sin(tau * 0.7 * slow * t);
      const turn = 0.003 * strength * Math.sin(tau * slow * t + phase + 1);
      return paint(picture, (x, y) =>
        at(picture, x + dx + turn * (y - picture.height / 2), y + dy - turn * (x - picture.width / 2)));
    };
  },
};

const atNight = (effect: Effect): Effect => (picture, t) => effect(night(picture), t);

function cloudShadows({ seed, strength }: Making, edge: number): Effect {
  const field = smoothNoise(seed);
  return (picture, t) => paint(picture, (x, y, grey) => {
    const cloud = field(x + 26 * t, y + 7 * t, 150) + 0.4 * field(x + 26 * t, y + 7 * t, 60);
    return grey * (1 - 0.4 * strength * smoothStep(-edge, edge, cloud));
  });
}

interface Drops {
  readonly count: number;
  readonly wide: readonly [number, number];
  readonly long: readonly [number, number];
  /** Pixels a second. */
  readonly fall: readonly [number, number];
  readonly drift: number;
  readonly light: number;
  readonly cover: number;
}

function falling(seed: number, { count, wide, long, fall, drift, light, cover }: Drops): Effect {
  const random = seeded(seed);
  const between = ([low, high]: readonly [number, number]): number => low + (high - low) * random();
  const drops = Array.from({ length: count }, () =>
    ({
      x: random(), y: random(), wide: between(wide), long: between(long), fall: between(fall),
      drift: drift * (random() - 0.3), sway: tau * random(),
    }));
  return (picture, t) => {
    const wet = copy(picture);
    for (const drop of drops) {
      const turn = Math.floor((drop.y * wet.height + drop.fall * t) / (wet.height + 60));
      // Each fall begins somewhere else.
      const start = (drop.x + 0.618 * turn) % 1;
      const u = (start * wet.width + drop.drift * t + 3 * Math.sin(t + drop.sway)) % wet.width;
      const v = ((drop.y * wet.height + drop.fall * t) % (wet.height + 60)) - 30;
      touch(wet, [u - 2 * drop.wide, v - drop.long, 4 * drop.wide, 2 * drop.long], (x, y, grey) => {
        const share = cover
          * Math.exp(-(((x - u) / drop.wide) ** 2))
          * (1 - smoothStep(0.7 * drop.long, drop.long, Math.abs(y - v)));
        return grey + share * light;
      });
    }
    return wet;
  };
}

/** A person or a thing in the picture: where, at each second; undefined while it is not there. */
export type Way = (t: number) => Box | undefined;

export interface Figure {
  readonly way: Way;
  /** Grey of the clothes, above and below. */
  readonly greys: readonly [number, number];
  /** Whether it has a head and legs, or is a box with windows. */
  readonly kind: 'person' | 'car';
  readonly seed: number;
  /** Pixels, at twice vision's size, by which a person sways who stands. */
  readonly sway?: number;
}

/** Draws a figure with cloth of its own and a soft outline. */
function drawFigure(picture: Plate, t: number, { way, greys, kind, seed, sway = 0 }: Figure): Plate {
  const box = way(t);
  if (box === undefined) return picture;
  const cloth = smoothNoise(seed);
  const [width, height] = [box[2] * picture.width, box[3] * picture.height];
  const lean = sway
    * (Math.sin(0.9 * t + seed) + 0.6 * Math.sin(2.3 * t) + (Math.floor(t / 4 + seed) % 2 === 0 ? 1 : -1));
  const [left, top] = [box[0] * picture.width + lean, box[1] * picture.height];
  const before = way(t - 0.2);
  const walks = before !== undefined && Math.hypot(before[0] - box[0], before[1] - box[1]) * picture.width > 0.3;
  const stride = walks ? Math.sin(7 * t + seed) : 0.4;
  const drawn = copy(picture);
  touch(drawn, [left - 2, top - 2, width + 4, height + 4], (x, y, grey) => {
    const [u, v] = [(x - left) / width, (y - top) / height];
    const inside = kind === 'car' ? carShape(u, v) : personShape(u, v, stride);
    const soft = smoothStep(-0.06, 0.06, inside);
    const colour = (v < 0.55 ? greys[0] : greys[1]) + 14 * cloth(40 * u, 80 * v, 9);
    return grey * (1 - soft) + colour * soft;
  });
  return drawn;
}

/** Above 0 inside. */
function personShape(u: number, v: number, stride: number): number {
  const head = 0.2 - Math.hypot((u - 0.5) * 1.0, (v - 0.1) * 2.2);
  const body = v > 0.18 && v < 0.58 ? 0.32 - Math.abs(u - 0.5) : -1;
  const leg = (side: number): number =>
    (v >= 0.5 && v <= 1 ? 0.13 - Math.abs(u - 0.5 - side * stride * 0.5 * (v - 0.5)) : -1);
  return Math.max(head, body, leg(1), leg(-1));
}
function carShape(u: number, v: number): number {
  const body = v > 0.4 && v < 0.95 ? 0.5 - Math.abs(u - 0.5) : -1;
  const roof = v > 0.05 && v <= 0.45 ? 0.3 - Math.abs(u - 0.5) : -1;
  return Math.max(body, roof);
}

export interface Scene {
  readonly place: Plate;
  readonly effects?: readonly Effect[];
  readonly figures?: readonly Figure[];
  /** Of the sensor, at vision's size about half of it. */
  readonly noise?: number;
  readonly seed: number;
}

/** One frame, as vision gets it: half the place's size. */
export function makeFrame({ place, effects = [], figures = [], noise = 3, seed }: Scene, t: number): GrayFrame {
  const peopled = figures.reduce((picture, figure) => drawFigure(picture, t, figure), place);
  const { grey, width: wide, height: high } = effects.reduce((picture, effect) => effect(picture, t), peopled);
  const random = seeded(Math.imul(seed + 1, 7919) + Math.round(1000 * t));
  const grain = (): number => 1.7 * noise * (random() + random() - 1);
  const [width, height] = [wide / 2, high / 2];
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (const i of [
        2 * y * wide + 2 * x, 2 * y * wide + 2 * x + 1, (2 * y + 1) * wide + 2 * x, (2 * y + 1) * wide + 2 * x + 1,
      ]) {
        sum += Math.min(Math.max(Math.round((grey[i] ?? 0) + grain()), 0), 255);
      }
      pixels[y * width + x] = Math.round(sum / 4);
    }
  }
  return { at: millis(Math.round(1000 * t)), width, height, pixels };
}
