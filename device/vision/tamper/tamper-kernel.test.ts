import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seeded } from '../../../test/vision/drawn-scene.ts';
import * as reference from '../../../test/vision/tamper-reference.ts';
import { fillPyramid, hundredths } from './log-pyramid.ts';
import { TamperKernel, type Pyramid } from './tamper-kernel.ts';

interface Drawn {
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly noise: number;
  /** Of the last picture: its light, pixels that it is displaced by, the share that is covered from the left. */
  readonly light: number;
  readonly dx: number;
  readonly dy: number;
  readonly covered: number;
}
const side = fc.integer({ min: 32, max: 190 });
const displaced = fc.integer({ min: -5, max: 5 });
const drawn: fc.Arbitrary<Drawn> = fc.record({
  seed: fc.nat(), width: side, height: side, noise: fc.nat({ max: 16 }),
  light: fc.double({ min: 0.2, max: 1.3, noNaN: true }), dx: displaced, dy: displaced,
  covered: fc.constantFrom(0, 0.3, 0.6),
});

/** Three pictures of one scene; in the last something may be wrong. */
function pictures({ seed, width, height, noise, light, dx, dy, covered }: Drawn): [Uint8Array, Uint8Array, Uint8Array] {
  const random = seeded(seed);
  const marks = Array.from({ length: 64 }, () => 160 * random());
  const look = (isLast: boolean): Uint8Array => Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [pixel % width + (isLast ? dx : 0), Math.floor(pixel / width) + (isLast ? dy : 0)];
    const scene = isLast && x < covered * width ? 20 : 30 + (marks[((x >> 3) + 5 * (y >> 3)) & 63] ?? 0);
    return Math.min(scene * (isLast ? light : 1) + noise * random(), 255);
  });
  return [look(false), look(false), look(true)];
}

describe('tamper routine', () => {
  it('sees, bit for bit, what the plain TypeScript sees', () => {
    const kernel = new TamperKernel();
    const seen = { all: 0, recognised: 0, displaced: 0, sharp: 0 };
    fc.assert(fc.property(drawn, (scene) => {
      const shown = pictures(scene).map((pixels) => {
        const pyramid = kernel.makePyramid(scene);
        fillPyramid(kernel, pyramid, pixels);
        const planes = reference.planesOf(pixels, scene.width, scene.height, hundredths);
        assert.deepEqual([...kernel.values(pyramid)], reference.joined(planes));
        return { pyramid, planes };
      });
      const [then, before, now] = shown;
      assert.ok(then !== undefined && before !== undefined && now !== undefined);
      const [picture, known, own] = [kernel.makePyramid(scene), kernel.makeStructure(), kernel.makeStructure()];
      kernel.structure(before.pyramid, then.pyramid, own);
      kernel.learn(picture, known, before.pyramid, own, 0.9);
      kernel.structure(now.pyramid, before.pyramid, own);
      const plainly = reference.learnt(before.planes, reference.structureOf(before.planes, then.planes), 0.9);
      const ours = [...kernel.view(now.pyramid, own, picture, known)];
      const theirs = reference.viewOf(now.planes, reference.structureOf(now.planes, before.planes), plainly);
      assert.deepEqual(ours, Object.values(theirs));
      assert.equal(kernel.textured(known), theirs.textured);
      seen.all += 1;
      if (theirs.unseen < 0.5) seen.recognised += 1;
      if (theirs.unseen < 0.3 && (Math.abs(scene.dx) > 1 || Math.abs(scene.dy) > 1)) seen.displaced += 1;
      if (theirs.sharpness !== 1) seen.sharp += 1;
    }), { numRuns: 60, seed: 1 });
    assert.ok(Math.min(seen.recognised, seen.all - seen.recognised, seen.displaced, seen.sharp) >= 5,
      JSON.stringify(seen));
  });

  it('tells light and life, bit for bit, as the plain TypeScript does', () => {
    const kernel = new TamperKernel();
    fc.assert(fc.property(drawn, (scene) => {
      const { width, height } = scene;
      const [, before, now] = pictures(scene);
      const [was, is] = [before, now].map((pixels): Pyramid => {
        const pyramid = kernel.makePyramid(scene);
        fillPyramid(kernel, pyramid, pixels);
        return pyramid;
      });
      assert.ok(was !== undefined && is !== undefined);
      const kept = kernel.keepQuarter(was);
      const [, , { values: brightBefore }] = reference.planesOf(before, width, height, hundredths);
      const [, , { values: bright }] = reference.planesOf(now, width, height, hundredths);
      kernel.approach(kept, is, 0.3);
      const recent = reference.approach(brightBefore, bright, 0.3);
      const share = (isSuch: (now: number, recent: number) => boolean): number =>
        bright.filter((value, pixel) => isSuch(value, recent[pixel] ?? 0)).length / bright.length;
      assert.deepEqual(kernel.light(is, kept, 200, 150, 120), [
        share((value, past) => value >= 200 && past < 150), share((value) => value < 120),
        share((_, past) => past < 120),
      ]);
      assert.deepEqual(kernel.greys(now, scene), reference.greys(now, width, height));
      assert.equal(kernel.life(before, now, scene, 4, 250), reference.life(before, now, width, height));
    }), { numRuns: 40, seed: 1 });
  });

  it('has room for all pictures of the largest frames', () => {
    const kernel = new TamperKernel();
    for (let made = 0; made < 6; made += 1) kernel.makePyramid({ width: 2048, height: 2048 });
    const pixels = new Uint8Array(2048 * 2048);
    assert.ok(Number.isNaN(kernel.life(pixels, pixels, { width: 2048, height: 2048 }, 4, 250)));
  });
});
