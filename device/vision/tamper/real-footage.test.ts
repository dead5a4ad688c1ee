import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { GrayFrame, TamperKind } from '../../core/frame.ts';
import { millis } from '../../core/units.ts';
import { each, grain } from '../../../test/vision/tampered-scene.ts';
import { TamperDetector } from './tamper-detector.ts';

const footage = path.resolve(import.meta.dirname, '../../../../shared/data');
const [width, height] = [160, 120];

function framesOf(file: string): GrayFrame[] {
  const filter = `fps=5:round=up,scale=${width}:${height}:flags=area,format=gray`;
  const { stdout } = spawnSync('ffmpeg', [
    '-v', 'error', '-nostdin', '-i', path.join(footage, file), '-vf', filter, '-f', 'rawvideo', '-',
  ],
    { maxBuffer: 64 * 1024 * 1024 });
  return Array.from({ length: stdout.length / (width * height) }, (_, index) => ({
    at: millis(200 * index), width,
    height, pixels: stdout.subarray(index * width * height, (index + 1) * width * height),
  }));
}

/** Every kind that was said, and the second when it was said first. */
function said(frames: readonly GrayFrame[], change: (frame: GrayFrame) => GrayFrame = (frame) =>
  frame): [TamperKind, number][] {
  const detector = new TamperDetector();
  const first = new Map<TamperKind, number>();
  for (const frame of frames) {
    for (const kind of detector.observe(change(frame)))
      if (!first.has(kind)) first.set(kind, Math.floor(frame.at / 1000));
  }
  return [...first];
}

describe('tamper detector on real footage', function () {
  before(function () {
    if (existsSync(footage)) return;
    console.log(`    skipped: no footage at ${path.relative(process.cwd(), footage)}`);
    this.skip();
  });

  for (const clip of [
    'motion/HighwayI.clean', 'motion/highway.shake', 'motion/highway.night', 'motion/CAVIAR1.cloud',
    'empty/HallAndMonitor.rain.empty',
  ]) {
    it(`says nothing of ${clip}`, () => assert.deepEqual(said(framesOf(`${clip}.mp4`)), []));
  }
  it('sees a highway covered, and seen by another camera', () => {
    const frames = framesOf('empty/highway.clean.empty.mp4').slice(0, 250);
    const indoors = framesOf('empty/HallAndMonitor.clean.empty.mp4');
    assert.deepEqual(
      said(frames, (frame) => frame.at < 30_000 ? frame : each(frame, (_, x, y) => 60 + y / 4 + x / 8 + grain(2))),
      [['covered', 35]],
    );
    assert.deepEqual(
      said(
        frames,
        (frame) => frame.at < 30_000 ? frame : { ...frame, pixels: indoors[frame.at / 200]?.pixels ?? frame.pixels },
      ),
      [['moved', 39]],
    );
  });
});
