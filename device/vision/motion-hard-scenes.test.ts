import assert from 'node:assert/strict';
import type { Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { flies, leaves } from '../../test/vision/dark-scenes.ts';
import { disturbances, drawnPlace, makeFrame, type Figure, type Scene } from '../../test/vision/hard-scenes.ts';
import { MotionDetector } from './motion-detector.ts';

const place = drawnPlace(320, 192, 4);

/** Plays `seconds`, five frames each. */
async function play(seconds: number, scene: Partial<Scene>): Promise<Observation[]> {
  const detector = await MotionDetector.create({ width: place.width / 2, height: place.height / 2 });
  return Array.from({ length: 5 * seconds }, (_, index) =>
    detector.observe(makeFrame({ place, seed: 1, ...scene }, index / 5)));
}

const alarms = (seen: readonly Observation[], from: number): number =>
  seen.filter(({ at, motion }) => motion && at >= 1000 * from).length;

/** Comes from the left from second 5 on, is in the middle at second 9. */
const come = (t: number, size: readonly [number, number], y: number): Box | undefined =>
  (t < 5 ? undefined : [0.1 * Math.min(t - 5, 4), y, ...size]);

/** Whether a box is about what is in another: a quarter of it, and not mostly of something else. */
function shares([x, y, wide, high]: Box, other: Box | undefined): boolean {
  if (other === undefined) return false;
  const across = Math.min(x + wide, other[0] + other[2]) - Math.max(x, other[0]);
  const down = Math.min(y + high, other[1] + other[3]) - Math.max(y, other[1]);
  const common = Math.max(across, 0) * Math.max(down, 0);
  return common >= 0.25 * other[2] * other[3] && common >= 0.15 * wide * high;
}

describe('motion detector in hard scenes', () => {

  for (const [name, strength, most] of [
    ['lamp', 1, 0], ['pumping', 1, 0], ['softClouds', 1, 5], ['pole', 1, 0],
    ['hardClouds', 1, 2], ['heavyRain', 1, 2], ['snow', 1, 2], ['insects', 1, 8], ['headlights', 1, 16],
  ] as const) {
    it(`raises hardly an alarm: ${name} of strength ${strength}`, async () => {
      const making = disturbances[name];
      assert.ok(making !== undefined);
      const seen = await play(40, { effects: [making({ seed: 2, strength }, place)] });
      assert.ok(alarms(seen, 20) <= most, `${alarms(seen, 20)} of 100 frames`);
    });
  }

  it('raises hardly an alarm at the threads of a spider, lit before the lens, that swing in the wind', async () => {
    const seen = await play(60, { effects: [disturbances.web?.({ seed: 4, strength: 1 }, place) ?? assert.fail()] });
    assert.ok(alarms(seen, 10) <= 20, `${alarms(seen, 10)} of 250 frames`);
  });

  for (const [name, effect, most] of [['flies', flies, 10], ['falling leaves', leaves, 30]] as const) {
    it(`raises hardly an alarm at what is dark and small by day: ${name}`, async () => {
      const seen = await play(60, { effects: [effect({ seed: 4, strength: 1 })] });
      assert.ok(alarms(seen, 10) <= most, `${alarms(seen, 10)} of 250 frames`);
    });
  }

  for (const name of ['nightSnow', 'nightRain'] as const) {
    it(`sees who walks through it, and hardly anything before: ${name}`, async () => {
      const making = disturbances[name];
      assert.ok(making !== undefined);
      const way = (t: number): Box | undefined => (t < 20 ? undefined : [0.1 * (t - 20) - 0.1, 0.35, 0.1, 0.4]);
      const person: Figure = { kind: 'person', greys: [210, 170], seed: 1, way };
      const seen = await play(30, { figures: [person], effects: [making({ seed: 2, strength: 1 }, place)] });
      const during = seen.filter(({ at }) => at >= 22_000 && at < 29_000);
      const about = during.filter(({ at, boxes }) => boxes.some((box) => shares(box, way(at / 1000)))).length;
      assert.ok(about >= 30, `${about} of ${during.length} frames`);
      const before = seen.filter(({ at, motion }) => motion && at >= 8000 && at < 20_000).length;
      assert.ok(before <= 8, `${before} of 60 frames before`);
    });
  }

  /** Dark cars come down three lanes from second 12 on, each through the picture in 1.2 s. */
  const cars = [0, 1, 2].map((lane): Figure => ({
    kind: 'car', greys: [30, 30], seed: lane,
    way: (t) => {
      const gone = ((t - 12 + 0.45 * lane) % 1.6) / 1.2;
      return t < 12 || gone > 1 ? undefined : [0.06 + 0.32 * lane, 1.3 * gone - 0.3, 0.2, 0.3];
    },
  }));
  /** Of the cars wholly in the picture, the share that a box is about. */
  const found = (seen: readonly Observation[]): number => {
    const looks = seen.flatMap(({ at, boxes }) => cars.flatMap(({ way }) => {
      const box = way(at / 1000);
      return box === undefined || box[1] < 0 || box[1] > 0.7 ? [] : [boxes.some((own) => shares(own, box))];
    }));
    return looks.filter(Boolean).length / looks.length;
  };

  it('sees dark cars that drive fast through heavy rain', async () => {
    const making = disturbances.heavyRain;
    assert.ok(making !== undefined);
    const seen = await play(32, { figures: cars, effects: [making({ seed: 2, strength: 1 }, place)] });
    assert.ok(found(seen) > 0.6, `${found(seen)} of them`);
  });

  it('sees who walks through the hard shadows of clouds', async () => {
    const making = disturbances.hardClouds;
    assert.ok(making !== undefined);
    const way = (t: number): Box | undefined => (t < 20 ? undefined : [0.1 * (t - 20) - 0.1, 0.35, 0.1, 0.4]);
    const person: Figure = { kind: 'person', greys: [210, 60], seed: 1, way };
    const seen = await play(30, { figures: [person], effects: [making({ seed: 2, strength: 1 }, place)] });
    const during = seen.filter(({ at }) => at >= 22_000 && at < 29_000);
    const about = during.filter(({ at, boxes }) => boxes.some((box) => shares(box, way(at / 1000)))).length;
    assert.ok(about >= 25, `${about} of ${during.length} frames`);
  });

  it('keeps a person who stands there for the better part of a minute, as one thing', async () => {
    const person: Figure = {
      kind: 'person', greys: [60, 40], seed: 1, sway: 0.3, way: (t) => come(t, [0.08, 0.34], 0.4),
    };
    const seen = (await play(60, { figures: [person] })).filter(({ at }) => at > 6000);
    assert.equal(seen.filter(({ motion }) => !motion).length, 0);
    assert.equal(new Set(seen.flatMap(({ tracks }) => tracks.map(({ id }) => id))).size, 1);
  });

  it('takes a car that was parked for background', async () => {
    const car: Figure = { kind: 'car', greys: [200, 160], seed: 1, way: (t) => come(t, [0.24, 0.22], 0.5) };
    const seen = await play(40, { figures: [car] });
    assert.ok(alarms(seen.slice(0, 60), 6) > 20);
    assert.equal(alarms(seen, 32), 0);
  });
});
