import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { CountingLine } from '../contract/places.ts';
import type { Crossing } from '../core/frame.ts';
import type { Point } from '../core/geometry.ts';
import { LineCounter } from './track-lines.ts';

const size = { width: 160, height: 88 };
/** Seen from its left end towards its right one, the right side is below. */
const door: CountingLine = { name: 'door', from: [0.2, 0.5], to: [0.8, 0.5] };

function walk(feet: readonly Point[], line = door): Crossing['direction'][] {
  const counter = new LineCounter([line], size);
  return feet.flatMap((foot) => counter.step(1, foot, 0.2)).map(({ direction }) => direction);
}
/** On a vertical way through the middle of the door. */
const heights = (...ys: readonly number[]): Point[] => ys.map((y) => [0.5, y]);
const foot = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));

describe('line counter', () => {
  it('counts a step to the right side in', () => assert.deepEqual(walk(heights(0.3, 0.4, 0.6, 0.7)), ['in']));
  it('counts a step to the left side out', () => assert.deepEqual(walk(heights(0.7, 0.6, 0.4)), ['out']));
  it('counts the one and then the other of who comes back', () =>
    assert.deepEqual(walk(heights(0.3, 0.7, 0.3)), ['in', 'out']));
  it('counts once who trembles on the line and goes through', () =>
    assert.deepEqual(walk(heights(0.4, 0.49, 0.51, 0.49, 0.52, 0.48, 0.51, 0.6)), ['in']));
  it('does not count who trembles on the line and goes back, or is lost there', () => {
    assert.deepEqual(walk(heights(0.4, 0.51, 0.49, 0.52, 0.4)), []);
    assert.deepEqual(walk(heights(0.4, 0.49, 0.52)), []);
  });
  it('does not count who goes round its end', () =>
    assert.deepEqual(walk([[0.5, 0.3], [0.9, 0.4], [0.9, 0.6], [0.5, 0.7]]), []));
  it('tells of whom it counts', () => {
    const counter = new LineCounter([door], size);
    for (const id of [3, 4]) counter.step(id, [0.5, 0.3], 0.2);
    assert.deepEqual(counter.step(4, [0.5, 0.7], 0.2), [{ line: 'door', direction: 'in', track: 4 }]);
  });
  it('knows nothing more of things that are gone', () => {
    const counter = new LineCounter([door], size);
    counter.step(12, [0.5, 0.3], 0.2);
    counter.keep(new Set([1]));
    assert.deepEqual(counter.step(12, [0.5, 0.7], 0.2), []);
  });

  it('never counts two in or two out one after the other at a line through the whole picture', () => {
    const whole: CountingLine = { name: 'all', from: [0, 0.5], to: [1, 0.5] };
    fc.assert(fc.property(fc.array(foot, { maxLength: 40 }), (feet) => {
      walk(feet, whole).forEach((direction, index, all) => assert.notEqual(direction, all[index - 1]));
    }), { seed: 2 });
  });
  it('counts in what a line the other way round counts out', () => {
    const turned: CountingLine = { ...door, from: door.to, to: door.from };
    const opposite = { in: 'out', out: 'in' } as const;
    fc.assert(fc.property(fc.array(foot, { maxLength: 40 }), (feet) =>
      assert.deepEqual(walk(feet, turned), walk(feet).map((direction) => opposite[direction]))), { seed: 3 });
  });
  it('counts nothing of feet that stay within a cell of it', () => {
    const near = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.46, max: 0.54, noNaN: true }));
    fc.assert(fc.property(fc.array(near, { maxLength: 40 }), (feet) => assert.deepEqual(walk(feet), [])), { seed: 4 });
  });
});
