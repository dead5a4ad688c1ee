import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readTruth, scoreEmpty, scoreMotion, type DetectionRow } from '../../test/bench/score.ts';
import { millis } from '../core/units.ts';
import { MotionDetector } from './motion-detector.ts';

const footage = path.resolve(import.meta.dirname, '../../../shared/data');
const [width, height] = [160, 120];

async function detect(file: string): Promise<DetectionRow[]> {
  const filter = `fps=5:round=up,scale=${width}:${height}:flags=area,format=gray`;
  const clip = path.join(footage, file);
  const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', clip, '-vf', filter, '-f', 'rawvideo', '-'],
    { maxBuffer: 64 * 1024 * 1024 });
  const detector = await MotionDetector.create({ width, height });
  const pixels = width * height;
  return Array.from({ length: stdout.length / pixels }, (_, index) => {
    const picture = stdout.subarray(index * pixels, (index + 1) * pixels);
    const { motion, boxes } = detector.observe({ at: millis(200 * index), width, height, pixels: picture });
    return { t: index / 5, motion, boxes };
  });
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
  it('raises no alarm in a minute of an empty highway under clouds', async () =>
    assert.equal(scoreEmpty(await detect('empty/highway.cloud.empty.mp4'), [], 30).alarmFrames, 0));
});
