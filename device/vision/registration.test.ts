import fc from 'fast-check';
import assert from 'node:assert/strict';
import { blocksAgree, findDisplacement, unmoved } from './registration.ts';

/** Nine misfits around a displacement, of which each is so. */
const nine = (misfit: (x: number, y: number) => number) => (x: number, y: number): number[] =>
  [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => misfit(x + right, y + down)));

describe('registration', () => {
  it('finds any displacement within reach to a tenth of a pixel, where the misfit grows with the distance', () => {
    const within = fc.double({ min: -3.9, max: 3.9, noNaN: true });
    fc.assert(fc.property(within, within, (x, y) => {
      fc.pre(Math.hypot(x, y) > 0.2);
      const found = findDisplacement(nine((u, v) => 100 * (Math.abs(u - x) + Math.abs(v - y))));
      assert.ok(Math.abs(found.x - x) < 0.1 && Math.abs(found.y - y) < 0.1, `${found.x}, ${found.y}`);
    }));
  });
  it('calls less than an eighth of a pixel unmoved', () =>
    assert.equal(findDisplacement(nine((u, v) => 100 * (Math.abs(u - 0.08) + Math.abs(v)))), unmoved));
  it('finds nothing in a picture without texture', () => assert.equal(findDisplacement(nine(() => 0)), unmoved));

  const blocks = (better: number, worse: number): boolean => {
    const misfit = (block: number): number => (block < better ? 50 : block < better + worse ? 200 : 100);
    const after = Uint32Array.from({ length: 48 }, (_, block) => misfit(block));
    return blocksAgree(new Uint32Array(48).fill(100), after);
  };
  it('believes a move that many blocks gain by', () => assert.ok(blocks(30, 4)));
  it('does not believe one that only a corner gains by', () => assert.ok(!blocks(8, 0)));
  it('does not believe one that half of them lose by', () => assert.ok(!blocks(20, 20)));
});
