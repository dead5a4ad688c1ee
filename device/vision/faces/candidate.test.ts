import assert from 'node:assert/strict';
import { mergeCandidates, squareOf, type Candidate } from './candidate.ts';

const candidate = (left: number, width: number, score: number, tilt = 0): Candidate => ({
  left, top: 0, width, height: width, score,
  points: {
    rightEye: [left + 0.3 * width, 30], leftEye: [left + 0.7 * width, 30 + tilt], nose: [left, 0], mouth: [left, 0],
  },
});

describe('places that may hold a face', () => {
  it('become one where they mean the same, blended by score', () => {
    const [merged, ...more] = mergeCandidates([candidate(100, 50, 0.5), candidate(104, 50, 0.5)]);
    assert.equal(more.length, 0);
    assert.equal(merged?.left, 102);
    assert.equal(merged.score, 0.5);
  });

  it('become one where a part of a face lies in the whole, which stays where it was', () => {
    const merged = mergeCandidates([candidate(100, 100, 0.9), candidate(110, 30, 0.6)]);
    assert.deepEqual(merged.map(({ left, width }) => [left, width]), [[100, 100]]);
  });

  it('stay apart where they stand beside each other, the surest first', () =>
    assert.deepEqual(mergeCandidates([candidate(0, 50, 0.6), candidate(45, 50, 0.8)])
      .map(({ score }) => score), [0.8, 0.6]));

  it('are looked at with the eyes level', () => {
    assert.equal(squareOf(candidate(0, 100, 1), 2).turn, 0);
    assert.ok(Math.abs((squareOf(candidate(0, 100, 1, 40), 2).turn ?? 0) - Math.PI / 4) < 1e-9);
  });
});
