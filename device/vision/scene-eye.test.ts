import assert from 'node:assert/strict';
import type { GrayFrame, Observation } from '../core/frame.ts';
import { DrawnScene, type Picture } from '../../test/vision/drawn-scene.ts';
import { each, grain, size, type Change } from '../../test/vision/tampered-scene.ts';
import { SceneEye, type EyeSettings } from './scene-eye.ts';

/** Five frames a second: the scene for 12 s, then a hand over the lens with something bright that moves on it. */
async function cover(settings: EyeSettings): Promise<Observation[]> {
  const eye = await SceneEye.create({ ...size, ...settings });
  const scene = new DrawnScene(size);
  return Array.from({ length: 150 }, (_, index) => {
    const frame = scene.frame(200 * index);
    const left = 2 * (index % 60);
    return eye.observe(index < 60 ? frame : each(frame, (_grey, x, y) =>
      x >= left && x < left + 20 && y > 30 && y < 55 ? 170 : 80 + x / 8 + grain(2)));
  });
}

/** Seconds in which a scene, five frames a second, shows motion while it is changed so. */
async function movedIn(
  seconds: number, change: Change, picture: (at: number) => Picture = () => ({}),
): Promise<number[]> {
  const eye = await SceneEye.create(size);
  const scene = new DrawnScene(size);
  const moved = Array.from({ length: 5 * seconds }, (_, index) => {
    const at = index / 5;
    return eye.observe(change(scene.frame(1000 * at, picture(at)), at)).motion ? [at] : [];
  });
  return moved.flat();
}

const lid = (frame: GrayFrame, grey: number): GrayFrame => each(frame, () => grey + grain(2));
const cloth = (frame: GrayFrame): GrayFrame =>
  each(frame, (_, x, y) => 110 + 12 * Math.sin(x / 9 + 2 * Math.sin(y / 13)) + 9 * Math.sin(y / 5 + x / 31) + grain(2));
const torch = (frame: GrayFrame): GrayFrame =>
  each(frame, (grey, x, y) => grey + 700 * Math.exp(-((x - 80) ** 2 + (y - 44) ** 2) / 5000) + grain(2));
/** Somebody who walks in from the left, at `since`. */
const visitor = (since: number) => (at: number): Picture =>
  at < since ? {} : { things: [[[(at - since) / 6 - 0.06, 0.35, 0.06, 0.35], 210]] };

describe('scene eye', () => {
  it('tells of a covered camera, and of no motion on what covers it', async () => {
    const seen = await cover({});
    const covered = seen.filter(({ tamper }) => tamper.includes('covered'));
    assert.ok(covered.length > 30, `${covered.length} frames`);
    assert.ok(covered.every(({ motion, score, boxes, tracks, crossings }) =>
      !motion && score === 0 && boxes.length + tracks.length + crossings.length === 0));
  });
  it('tells of that motion when nobody wants to hear of covering', async () => {
    const seen = await cover({ tamper: { covered: 0 } });
    assert.ok(seen.every(({ tamper }) => tamper.length === 0));
    assert.ok(seen.slice(-40).some(({ motion }) => motion));
  });
  it('asks for close looks while a covering is in doubt', async () => {
    const seen = await cover({});
    const until = seen.findIndex(({ tamper }) => tamper.length > 0);
    assert.ok(seen.slice(70, until).every(({ attention }) => attention));
  });
  for (const [what, hide] of Object.entries({
    'a gray lid': (frame) => lid(frame, 128), 'a white one': (frame) => lid(frame, 235),
    'a black one': (frame) => lid(frame, 12), 'a cloth': cloth, 'a torch': torch,
  } satisfies Record<string, (frame: GrayFrame) => GrayFrame>)) {
    for (const lasts of [1, 25]) {
      const hidden: Change = (frame, at) => at >= 20 && at < 20 + lasts ? hide(frame) : frame;
      it(`knows the scene again after ${lasts} s behind ${what}: nothing moves in it`, async () =>
        assert.deepEqual((await movedIn(50 + lasts, hidden)).filter((at) => at >= 20 + lasts), []));
      it(`sees who walks right after ${lasts} s behind ${what}`, async () => {
        const [seen] = (await movedIn(30 + lasts, hidden, visitor(21 + lasts))).filter((at) => at >= 20 + lasts);
        assert.ok(seen !== undefined && seen <= 22 + lasts, `seen at ${seen}`);
      });
    }
  }
  it('knows it again after a cover that is drawn over the lens, and off', async () => {
    const drawn: Change = (frame, at) =>
      each(frame, (grey, x) => x < 160 * (at - 20) && x < 160 * (46 - at) ? 90 + grain(2) : grey);
    assert.deepEqual((await movedIn(75, drawn)).filter((at) => at >= 46), []);
  });
  it('raises nothing because of what changed behind a cover: a car that left, dusk, another scene', async () => {
    const covered: Change = (frame, at) => at >= 20 && at < 45 ? lid(frame, 128) : frame;
    const pictures: ((at: number) => Picture)[] = [
      (at) => at < 30 ? { things: [[[0.5, 0.5, 0.25, 0.25], 200]] } : {},
      (at) => at < 30 ? {} : { light: 0.45 },
      (at) => at < 30 ? {} : { moved: [57, 40] },
    ];
    for (const picture of pictures)
      assert.deepEqual((await movedIn(75, covered, picture)).filter((at) => at >= 45), []);
  });
  it('raises nothing when a lens is uncovered that was covered from the start', async () => {
    const covered: Change = (frame, at) => at < 30 ? lid(frame, 128) : frame;
    assert.deepEqual(await movedIn(60, covered), []);
    const [seen] = await movedIn(60, covered, visitor(31));
    assert.ok(seen !== undefined && seen <= 33, `seen at ${seen}`);
  });
  it('knows a scene again from which the camera was turned away', async () => {
    const turned = (at: number): Picture => at >= 20 && at < 60 ? { moved: [57, 40] } : {};
    assert.deepEqual((await movedIn(90, (frame) => frame, turned)).filter((at) => at >= 60), []);
  });
  for (const [what, dim] of Object.entries({
    'a lamp is switched off and on': (grey) => 0.02 * grey + 3,
    'infrared light comes and goes': (grey, x) => 190 - 0.55 * grey + 10 * Math.sin(x / 20),
  } satisfies Record<string, (grey: number, x: number) => number>)) {
    it(`raises nothing when ${what} before a shaking camera, and sees who walks then`, async () => {
      const lit: Change = (frame, at) =>
        at < 20 || at >= 50 ? frame : each(frame, (grey, x) => dim(grey, x) + grain(1.2));
      const shaking = (at: number): Picture => ({ moved: [2 * Math.sin(7 * at), Math.cos(9 * at)] });
      assert.deepEqual((await movedIn(80, lit, shaking)).filter((at) => at < 20 || at >= 51), []);
      const [seen] = (await movedIn(60, lit, (at) => ({ ...shaking(at), ...visitor(51)(at) }))).filter((at) => at > 51);
      assert.ok(seen !== undefined && seen <= 53.5, `seen at ${seen}`);
    });
  }
  it('begins anew when the lens is uncovered under infrared light', async () => {
    const night: Change = (frame, at) =>
      at < 20 ? frame : at < 28 ? lid(frame, 8) : each(frame, (grey) => 190 - 0.55 * grey);
    assert.deepEqual((await movedIn(60, night)).filter((at) => at >= 28), []);
  });
  it('asks for close looks when the scene is seen again between pictures ten seconds apart', async () => {
    const eye = await SceneEye.create(size);
    const scene = new DrawnScene(size);
    const seen = Array.from({ length: 12 }, (_, index) => {
      const frame = scene.frame(10_000 * index);
      return eye.observe(index >= 5 && index < 10 ? lid(frame, 128) : frame);
    });
    assert.deepEqual(seen.slice(8).map(({ attention }) => attention), [false, false, true, false]);
  });
  it('refuses a sensitivity that is none', async () =>
    assert.rejects(SceneEye.create({ ...size, tamper: { moved: -1 } }), RangeError));
  describe('that watches by other rules meanwhile', () => {
    /** Five frames a second; another sensitivity at each second of `changes`. */
    async function watched(
      seconds: number, changes: readonly number[], frameAt: (scene: DrawnScene, at: number) => GrayFrame,
    ): Promise<Observation[]> {
      const eye = await SceneEye.create(size);
      const scene = new DrawnScene(size);
      return Array.from({ length: 5 * seconds }, (_, index) => {
        const at = index / 5;
        if (changes.includes(at)) eye.watchBy({ sensitivity: 0.5 + 0.01 * changes.indexOf(at) });
        return eye.observe(frameAt(scene, at));
      });
    }

    it('still tells that it is covered', async () => {
      const seen = await watched(90, [60, 61, 70], (scene, at) => {
        const frame = scene.frame(1000 * at);
        return at < 30 ? frame : cloth(frame);
      });
      assert.ok(seen.slice(5 * 40).every(({ tamper }) => tamper.includes('covered')));
    });
    it('does not lose who stands there, nor who passes', async () => {
      const stands = (at: number): Picture => {
        const left = at < 23 ? (at - 20) / 6 : 0.5 + 0.01 * Math.sin(3 * at);
        return at < 20 ? {} : { things: [[[left, 0.35, 0.06, 0.35], 210]] };
      };
      const seen = await watched(50, [21, 26, 30], (scene, at) => scene.frame(1000 * at, stands(at)));
      const gone = seen.slice(5 * 21).filter(({ motion }) => !motion);
      assert.deepEqual(gone.map(({ at }) => at), []);
      assert.equal(new Set(seen.flatMap(({ tracks }) => tracks.map(({ id }) => id))).size, 1, 'it is one track');
    });
    it('is as one that watched so from the start: more is asked for, or less', async () => {
      const faint = (at: number): Picture =>
        (at < 20 ? {} : { things: [[[(at - 20) / 6, 0.35, 0.06, 0.35], 118]] });
      const motion = async (sensitivity: number, changed: number): Promise<number> => {
        const eye = await SceneEye.create({ ...size, sensitivity });
        const scene = new DrawnScene(size);
        return Array.from({ length: 5 * 26 }, (_, index) => {
          if (index === 5 * 10) eye.watchBy({ sensitivity: changed });
          return eye.observe(scene.frame(200 * index, faint(index / 5))).motion;
        }).filter(Boolean).length;
      };
      const [least, most] = [await motion(0, 0), await motion(1, 1)];
      assert.ok(most > least, `${most} of ${least}`);
      assert.deepEqual([await motion(1, 0), await motion(0, 1)], [least, most]);
    });
  });
});
