import assert from 'node:assert/strict';
import type { Observation } from '../core/frame.ts';
import { DrawnScene } from '../../test/vision/drawn-scene.ts';
import { each, grain, size } from '../../test/vision/tampered-scene.ts';
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
  it('refuses a sensitivity that is none', async () =>
    assert.rejects(SceneEye.create({ ...size, tamper: { moved: -1 } }), RangeError));
});
