import assert from 'node:assert/strict';
import type { Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
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

describe('motion detector in hard scenes', () => {

  for (const [name, strength, most] of [
    ['lamp', 1, 0], ['pumping', 1, 0], ['softClouds', 1, 5], ['pole', 1, 0], ['heavyRain', 0.5, 15],
  ] as const) {
    it(`raises hardly an alarm: ${name}`, async () => {
      const making = disturbances[name];
      assert.ok(making !== undefined);
      const seen = await play(40, { effects: [making({ seed: 2, strength }, place)] });
      assert.ok(alarms(seen, 20) <= most, `${alarms(seen, 20)} of 100 frames`);
    });
  }

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
