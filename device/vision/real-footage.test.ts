import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readTruth, scoreEmpty, scoreMotion, type DetectionRow } from '../../test/bench/score.ts';
import { millis } from '../core/units.ts';
import { MotionDetector } from './motion-detector.ts';

const footage = path.resolve(import.meta.dirname, '../../../shared/data');
const [width, height] = [160, 120];

/** Looks at the pictures of a clip of 25 a second: of the first, and of each so many pictures later, in turn. */
async function detect(
  file: string, { first = 0, steps = [5], filter = 'null' }: Partial<Looks> = {},
): Promise<DetectionRow[]> {
  const small = `scale=${width}:${height}:flags=area,format=gray,${filter}`;
  const clip = path.join(footage, file);
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', clip, '-vf', small, '-f', 'rawvideo', '-'],
    { maxBuffer: 64 * 1024 * 1024 });
  const detector = await MotionDetector.create({ width, height });
  const pixels = width * height;
  const rows: DetectionRow[] = [];
  for (let place = first; (place + 1) * pixels <= stdout.length; place += steps[rows.length % steps.length] ?? 5) {
    const picture = stdout.subarray(place * pixels, (place + 1) * pixels);
    const { motion, boxes } = detector.observe({ at: millis(40 * place), width, height, pixels: picture });
    rows.push({ t: place / 25, motion, boxes });
  }
  return rows;
}

interface Looks {
  readonly first: number;
  readonly steps: readonly number[];
  /** Of ffmpeg, for each gray picture. */
  readonly filter: string;
}

describe('motion detector on real footage', function () {
  before(function () {
    if (existsSync(footage)) return;
    console.log(`    skipped: no footage at ${path.relative(process.cwd(), footage)}`);
    this.skip();
  });

  for (const condition of ['clean', 'night', 'cloud', 'shake']) {
    it(`finds cars on a highway: ${condition}`, async () => {
      const truth = readTruth(readFileSync(path.join(footage, `motion/highway.${condition}.truth`)));
      const { hits, objects, falseBoxes, frames } = scoreMotion(await detect(`motion/highway.${condition}.mp4`), truth);
      assert.ok(hits / objects > 0.98, `recall ${hits / objects}`);
      assert.ok(falseBoxes / frames < 0.05, `${falseBoxes} false boxes in ${frames} frames`);
    });
  }
  for (const looks of [{ first: 3, steps: [5] }, { first: 4, steps: [5] }, { first: 0, steps: [6, 4] }]) {
    it(`finds cars in dense traffic, whichever pictures it is shown: ${JSON.stringify(looks)}`, async () => {
      const truth = readTruth(readFileSync(path.join(footage, 'motion/HighwayI.clean.truth')));
      const { hits, objects } = scoreMotion(await detect('motion/HighwayI.clean.mp4', looks), truth);
      assert.ok(hits / objects > 0.95, `recall ${hits / objects}`);
    });
  }
  it('does not take dense traffic for snow where the cars are brighter than the road', async () => {
    const truth = readTruth(readFileSync(path.join(footage, 'motion/HighwayI.clean.truth')));
    const seen = await detect('motion/HighwayI.clean.mp4', { filter: 'negate' });
    const { hits, objects } = scoreMotion(seen, truth);
    assert.ok(hits / objects > 0.7, `recall ${hits / objects}`);
  });
  it('raises no alarm in a minute of an empty highway under clouds', async () =>
    assert.equal(scoreEmpty(await detect('empty/highway.cloud.empty.mp4', { steps: [1] }), [], 30).alarmFrames, 0));
});
