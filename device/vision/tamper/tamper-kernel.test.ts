import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seeded } from '../../../test/vision/drawn-scene.ts';
import * as reference from '../../../test/vision/tamper-reference.ts';
import { emptyPyramid, fillPyramid, hundredths } from './log-pyramid.ts';
import { TamperKernel } from './tamper-kernel.ts';

describe('tamper routine', () => {
  it('does, bit for bit, what the plain TypeScript does', () => {
    const kernel = new TamperKernel();
    const side = fc.integer({ min: 32, max: 190 });
    const shift = fc.record({ x: fc.integer({ min: -6, max: 6 }), y: fc.integer({ min: -6, max: 6 }) });
    fc.assert(fc.property(side, side, shift, fc.integer({
      min: 1, max: 4,
    }), fc.nat(), (width, height, displaced, rowStep, seed) => {
      const random = seeded(seed);
      const picture = (): Uint8Array =>
        Uint8Array.from({ length: width * height }, (_, at) => 40 + at % 61 + 60 * random());
      const [before, now] = [picture(), picture()];
      const [then, frame, halved] = [1, 2, 3].map(() => emptyPyramid({ width, height }));
      assert.ok(then !== undefined && frame !== undefined && halved !== undefined);
      fillPyramid(kernel, then, before);
      fillPyramid(kernel, frame, now);
      assert.deepEqual(frame[0].values, Float32Array.from(now, hundredths));
      reference.halve(frame[0], halved[1]);
      reference.halve(frame[1], halved[2]);
      assert.deepEqual([frame[1], frame[2]], [halved[1], halved[2]]);
      for (const scale of [0, 1, 2] as const) {
        assert.deepEqual(
          kernel.stepSums(frame[scale], then[scale], displaced, rowStep),
          reference.stepSums(frame[scale], then[scale], displaced, rowStep),
        );
      }
      const mean = then[0].values.slice();
      kernel.approach(mean, frame[0].values, 0.3);
      assert.deepEqual(mean, reference.approach(then[0].values, frame[0].values, 0.3));
      assert.deepEqual(kernel.lives(before, now, width, height), reference.lives(before, now, width, height));
      assert.deepEqual(kernel.greys(now, width, height), reference.greys(now, width, height));
    }), { numRuns: 40 });
  });
});
