import assert from 'node:assert/strict';
import type { GrayFrame, Observation } from '../core/frame.ts';
import type { CountingLine, Zone } from '../contract/places.ts';
import type { Box, Polygon } from '../core/geometry.ts';
import { millis } from '../core/units.ts';
import { DrawnScene, seeded, type Picture, type SceneSize } from '../../test/vision/drawn-scene.ts';
import { maskBits, MotionDetector, type MotionSettings } from './motion-detector.ts';

const yard: SceneSize = { width: 160, height: 88 };
const cell = 4;

interface Play extends MotionSettings { readonly size?: SceneSize; readonly fps?: number; readonly noise?: number }

/** Plays `seconds` of what `picture` says is there at each second, and lists what was seen. */
async function play(seconds: number, picture: (second: number) => Picture, options: Play = {}): Promise<Observation[]> {
  const { size = yard, fps = 5, noise = 2, ...settings } = options;
  const scene = new DrawnScene(size, { noise });
  const detector = await MotionDetector.create({ ...size, ...settings });
  return Array.from({ length: seconds * fps }, (_, index) =>
    detector.observe(scene.frame((1000 * index) / fps, picture(index / fps))));
}

const during = (seen: readonly Observation[], from: number, to: number): readonly Observation[] =>
  seen.filter(({ at }) => at >= 1000 * from && at < 1000 * to);
const alarms = (seen: readonly Observation[]): number[] =>
  seen.filter(({ motion }) => motion).map(({ at }) => at / 1000);
const covers = (boxes: readonly Box[], [x, y, w, h]: Box, { width, height }: SceneSize): boolean =>
  boxes.some(([left, top, wide, high]) =>
    Math.abs(left - x) <= cell / width && Math.abs(top - y) <= cell / height &&
    Math.abs(left + wide - x - w) <= cell / width && Math.abs(top + high - y - h) <= cell / height);

/** A bright walker, 10 % of the picture wide and 30 % high, that crosses from the left from the fifth second on. */
const walker = (second: number, speed = 0.06): Box => [0.1 + speed * (second - 5), 0.4, 0.1, 0.3];
const walk = (second: number): Picture => (second < 5 ? {} : { things: [[walker(second), 190]] });

describe('motion detector', () => {

  it('sees nothing in a still scene', async () => assert.deepEqual(alarms(await play(20, () => ({}))), []));

  for (const size of [yard, { width: 160, height: 120 }, { width: 322, height: 181 }]) {
    it(`follows a walker within one cell at ${size.width}x${size.height}`, async () => {
      const seen = during(await play(14, walk, { size }), 5.4, 14);
      const followed = seen.filter(({ boxes, at }) => covers(boxes, walker(at / 1000), size));
      assert.ok(followed.length >= seen.length - 1, `${followed.length} of ${seen.length}`);
    });
  }

  for (const fps of [2, 10, 25]) {
    it(`sees a walker, and nothing before, at ${fps} frames a second`, async () => {
      const seen = await play(12, walk, { fps });
      assert.deepEqual(alarms(during(seen, 0, 5)), []);
      assert.ok(during(seen, 6.1, 12).every(({ motion }) => motion));
    });
  }

  it('sees a walker through strong noise', async () => {
    const seen = await play(14, walk, { noise: 10 });
    assert.deepEqual(alarms(during(seen, 0, 5)), []);
    assert.ok(alarms(during(seen, 6, 14)).length >= 39);
  });

  it('takes passing clouds for light', async () =>
    assert.deepEqual(alarms(await play(30, (second) => ({ light: 1 + 0.3 * Math.sin(second / 2) }))), []));

  it('takes a step of exposure for light within a second', async () => {
    const seen = await play(20, (second) => ({ light: second < 10 ? 1 : 0.65 }));
    assert.deepEqual(alarms(during(seen, 0, 10)), []);
    assert.deepEqual(alarms(during(seen, 11, 20)), []);
  });

  it('still sees a walker while clouds pass', async () => {
    const seen = await play(14, (second) => ({ ...walk(second), light: 1 + 0.25 * Math.sin(second) }));
    assert.ok(alarms(during(seen, 6, 14)).length >= 39);
  });

  it('forgives a camera that shakes, and still sees a walker', async () => {
    const random = seeded(7);
    const seen = await play(24, (second) => {
      const moved = [3 * random() - 1.5, 3 * random() - 1.5] as const;
      return second < 15 ? { moved } : { moved, things: [[walker(second - 10), 190]] };
    });
    assert.deepEqual(alarms(during(seen, 0, 15)), []);
    assert.ok(alarms(during(seen, 16, 24)).length >= 39);
  });

  it('learns leaves that move in one place', async () => {
    const random = seeded(3);
    const leaf = (column: number): Box => [0.6 + 0.03 * column, 0.3, 0.02, 0.1];
    const leaves = (): Picture => ({ things: [0, 1, 2, 3].map((column) => [leaf(column), random() < 0.5 ? 70 : 105]) });
    const seen = await play(60, leaves);
    assert.deepEqual(alarms(during(seen, 30, 60)), []);
  });

  it('keeps a person who stands still', async () => {
    const seen = await play(20, (second) => (second < 5 ? {} : { things: [[walker(Math.min(second, 9)), 190]] }));
    assert.ok(during(seen, 9, 16).every(({ motion }) => motion));
  });

  it('absorbs what came and stayed', async () => {
    const seen = await play(60, (second) => (second < 5 ? {} : { things: [[walker(Math.min(second, 7)), 190]] }));
    assert.deepEqual(alarms(during(seen, 40, 60)), []);
  });

  it('leaves no ghost where something stood from the beginning and left', async () => {
    const seen = await play(40, (second) => {
      if (second >= 25) return {};
      return { things: [[second < 15 ? walker(5) : walker(second - 10, 0.12), 190]] };
    });
    assert.deepEqual(alarms(during(seen, 0, 15)), []);
    assert.deepEqual(alarms(during(seen, 27, 40)), []);
  });

  it('sees smaller things the higher its sensitivity', async () => {
    const small = (second: number): Picture =>
      (second < 5 ? {} : { things: [[[0.1 + 0.03 * (second - 5), 0.4, 0.03, 0.045], 150]] });
    const count = async (sensitivity: number): Promise<number> => alarms(await play(12, small, { sensitivity })).length;
    const [low, high] = [await count(0), await count(1)];
    assert.ok(low < high, `${low} at 0, ${high} at 1`);
  });

  it('leaves out what is smaller than the minimum size', async () =>
    assert.deepEqual(alarms(await play(12, walk, { minimumSize: 0.1 })), []));

  it('scores more what is larger', async () => {
    const top = async (high: number): Promise<number> => Math.max(...(await play(8, (second) =>
      (second < 5 ? {} : { things: [[[0.1 + 0.06 * (second - 5), 0.4, 0.1, high], 190]] }))).map(({ score }) => score));
    assert.ok(await top(0.1) < await top(0.5));
  });

  it('follows a walker as one thing, and tells his way', async () => {
    const seen = during(await play(14, walk), 5.4, 14);
    assert.ok(seen.every(({ boxes, tracks }) => tracks.map(({ box }) => box).join() === boxes.join()));
    const last = seen.at(-1)?.tracks[0];
    assert.deepEqual([...new Set(seen.flatMap(({ tracks }) => tracks.map(({ id }) => id)))], [1]);
    assert.ok(last !== undefined && last.moving && last.since <= 5400 && last.path.length > 5);
    const feet = last.path.map(([x]) => x);
    assert.deepEqual(feet, feet.toSorted((a, b) => a - b));
  });

  it('says that who stands still rests', async () => {
    const seen = await play(14, (second) => (second < 5 ? {} : { things: [[walker(Math.min(second, 9)), 190]] }));
    assert.deepEqual(seen.at(-1)?.tracks.map(({ moving }) => moving), [false]);
  });

  const rightHalf: Polygon = [[0.5, 0], [1, 0], [1, 1], [0.5, 1]];

  it('sees a walker where a zone includes him, and counts his time in it', async () => {
    const zones: Zone[] = [{ name: 'right', type: 'include', polygon: rightHalf }];
    const seen = await play(18, walk, { zones });
    // His foot, in the middle of his box, is in the zone from second 10.8 on.
    assert.deepEqual(alarms(during(seen, 0, 10.5)), []);
    assert.ok(during(seen, 11.2, 18).every(({ motion }) => motion));
    const { zones: stays = [], since = 0 } = seen.at(-1)?.tracks[0] ?? {};
    assert.deepEqual(stays.map(({ zone, inside }) => [zone, inside]), [['right', true]]);
    assert.ok(Math.abs((stays[0]?.time ?? 0) - 7000) <= 600, String(stays[0]?.time));
    assert.ok(since < 6000);
  });

  it('sees nothing where a zone excludes, and the same walker on its other side', async () => {
    const zones: Zone[] = [{ name: 'tree', type: 'exclude', polygon: [[0.4, 0], [0.55, 0], [0.55, 1], [0.4, 1]] }];
    const seen = during(await play(18, walk, { zones }), 5.4, 18);
    const inside = seen.flatMap(({ boxes }) => boxes).filter(([x, , width]) => x > 0.4 && x + width < 0.55);
    assert.deepEqual(inside, []);
    assert.deepEqual([...new Set(seen.flatMap(({ tracks }) => tracks.map(({ id }) => id)))], [1]);
  });

  it('asks of each zone what its sensitivity and least size say', async () => {
    const zone = { name: 'right', type: 'include', polygon: rightHalf } as const;
    const seen = async (more: Partial<Zone>): Promise<number> =>
      alarms(during(await play(18, walk, { zones: [{ ...zone, ...more }] }), 11.2, 18)).length;
    assert.equal(await seen({ minimum_size: 0.2 }), 0);
    assert.ok(await seen({ minimum_size: 0.01 }) > 30);
  });

  it('counts a walker at a line once', async () => {
    const lines: CountingLine[] = [{ name: 'gate', from: [0.5, 1], to: [0.5, 0] }];
    const seen = await play(18, walk, { lines });
    assert.deepEqual(seen.flatMap(({ crossings }) => crossings), [{ line: 'gate', direction: 'in', track: 1 }]);
  });

  describe('with a frame now and then', () => {
    const still: Picture = {};
    /** Frames at these seconds. */
    async function look(...shown: readonly (readonly [number, Picture])[]): Promise<Observation[]> {
      const scene = new DrawnScene(yard);
      const detector = await MotionDetector.create(yard);
      const known = Array.from({ length: 20 }, (_, index) => [index / 5, still] as const);
      return [...known, ...shown].map(([second, picture]) => detector.observe(scene.frame(1000 * second, picture)))
        .slice(20);
    }
    const present = (second: number): Picture => ({ things: [[walker(second), 190]] });
    const said = (seen: readonly Observation[]): string =>
      seen.map(({ motion, attention }) => (motion ? 'M' : attention ? 'a' : '.')).join('');

    it('asks for attention until it knows the scene', async () => {
      const seen = await play(4, () => ({}));
      assert.equal(said(seen).slice(0, 12), 'aaaaaaaaaa..');
    });
    it('rests while nothing happens', async () =>
      assert.equal(said(await look(...[6, 8, 12, 22].map((second) => [second, still] as const))), '....'));
    it('asks for attention when something is there, and says at the next frame whether it moves', async () =>
      assert.equal(said(await look([8, still], [12, present(8)], [12.2, present(8.2)], [12.4, present(8.4)])), '.aMM'));
    it('does not believe what came between two frames and lies there', async () => {
      const seen = await look([8, still], ...[12, 12.2, 12.4, 12.6, 14, 14.2, 20, 24].map((second) =>
        [second, present(9)] as const));
      assert.ok(!said(seen).includes('M'));
      assert.equal(said(seen).at(-1), '.');
    });
    it('judges by what there is when nobody gives it more', async () =>
      assert.equal(said(await look([8, still], [12, present(6)], [16, present(8)], [20, present(10)])), '.aMM'));
    it('forgets what lies there by time, not by frames', async () => {
      const lies = [12, 22, 32, 42, 52].map((second) => [second, present(9)] as const);
      const seen = await look([8, still], ...lies, [62, still], [62.2, still], [63.2, still]);
      assert.equal(said(seen).replaceAll('a', '.'), '.........');
    });
  });

  it('shows what it saw, pixel by pixel', async () => {
    const zones: Zone[] = [{ name: 'sky', type: 'exclude', polygon: [[0, 0], [1, 0], [1, 0.2], [0, 0.2]] }];
    const scene = new DrawnScene(yard);
    const detector = await MotionDetector.create({ ...yard, zones });
    for (let index = 0; index < 40; index += 1) detector.observe(scene.frame(200 * index, walk(index / 5)));
    const mask = detector.mask();
    const at = (x: number, y: number): number =>
      mask[Math.floor(y * yard.height) * yard.width + Math.floor(x * yard.width)] ?? 0;
    const [left, top, width, height] = walker(7.8);
    const { marked, energy, believed, excluded } = maskBits;
    assert.equal(mask.length, yard.width * yard.height);
    assert.equal(at(left + width / 2, top + height / 2), marked + believed);
    assert.equal(at(left + width - 0.01, top + height / 2), marked + energy + believed);
    assert.deepEqual([at(0.9, 0.9), at(0.5, 0.05)], [0, excluded]);
  });

  it('shows what lies outside of the zones that count', async () => {
    const zones: Zone[] = [{ name: 'ground', type: 'include', polygon: [[0, 0.5], [1, 0.5], [1, 1], [0, 1]] }];
    const scene = new DrawnScene(yard);
    const detector = await MotionDetector.create({ ...yard, zones });
    detector.observe(scene.frame(0, walk(0)));
    const mask = detector.mask();
    assert.deepEqual([mask[0], mask.at(-1)], [maskBits.outside, 0]);
  });

  it('says the same of the same frames', async () => assert.deepEqual(await play(8, walk), await play(8, walk)));

  it('refuses a frame of another size, saying what was expected and what came', async () => {
    const detector = await MotionDetector.create(yard);
    const frame: GrayFrame = { at: millis(0), ...yard, pixels: new Uint8Array(7) };
    assert.throws(() => detector.observe(frame),
      { code: 'vision.frame', message: 'expected 160x88 gray frames of 14080 bytes, got 160x88 with 7 bytes' });
  });

  it('refuses a frame that is older than the one before', async () => {
    const detector = await MotionDetector.create(yard);
    const scene = new DrawnScene(yard);
    detector.observe(scene.frame(400));
    assert.throws(() => detector.observe(scene.frame(200)), { code: 'vision.frame' });
  });

  it('refuses sizes and settings out of range', async () => {
    await assert.rejects(MotionDetector.create({ width: 16, height: 88 }), RangeError);
    await assert.rejects(MotionDetector.create({ ...yard, sensitivity: 2 }), RangeError);
    await assert.rejects(MotionDetector.create({ ...yard, contrast: 9 }), RangeError);
    await assert.rejects(MotionDetector.create({ ...yard, absorb: millis(100) }), RangeError);
  });
});
