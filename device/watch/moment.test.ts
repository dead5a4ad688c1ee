import assert from 'node:assert/strict';
import { nothingSeen, type Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { millis, ratio } from '../core/units.ts';
import { betterMoment, isClearlyBetter, momentRecognised, momentSeen, pictureValue } from './moment.ts';

const moment = (score: number, ...boxes: Box[]): Observation =>
  ({ ...nothingSeen(millis(0)), motion: true, score: ratio(score), boxes });
const isBetter = (better: Observation, worse: Observation): void =>
  assert.ok(pictureValue(better) > pictureValue(worse));

describe('best moment', () => {
  it('shows somebody whole rather than somebody entering, even when the entering moved more', () =>
    isBetter(moment(0.5, [0.2, 0.5, 0.1, 0.3]), moment(0.7, [0, 0.5, 0.1, 0.3])));
  it('shows somebody in the middle rather than at the side', () =>
    isBetter(moment(0.6, [0.45, 0.5, 0.1, 0.3]), moment(0.6, [0.1, 0.5, 0.1, 0.3])));
  it('shows the stronger motion of two alike', () =>
    isBetter(moment(0.7, [0.4, 0.5, 0.1, 0.3]), moment(0.5, [0.4, 0.5, 0.1, 0.3])));
  it('lets the largest thing decide', () =>
    isBetter(
      moment(0.6, [0.4, 0.5, 0.2, 0.3], [0, 0, 0.02, 0.02]), moment(0.6, [0, 0.5, 0.2, 0.3], [0.4, 0, 0.02, 0.02]),
    ));
  it('shows what is followed for some time rather than what has just flashed up', () => {
    const followed = (since: number, box: Box): Observation => ({
      ...moment(0.6, box), at: millis(5000),
      tracks: [{ id: 1, box, since: millis(since), moving: true, path: [], zones: [] }],
    });
    isBetter(followed(3000, [0.4, 0.5, 0.05, 0.15]), { ...followed(5000, [0.3, 0.2, 0.4, 0.4]), score: ratio(0.9) });
    assert.equal(
      pictureValue(followed(3000, [0.4, 0.5, 0.1, 0.3])), pictureValue(followed(0, [0.4, 0.5, 0.1, 0.3])),
    );
  });
  it('allows feet at the lower border', () =>
    assert.equal(pictureValue(moment(0.6, [0.4, 0.5, 0.2, 0.5])), pictureValue(moment(0.6, [0.4, 0.2, 0.2, 0.5]))));
});

describe('best moment of what was recognised', () => {
  const motion = momentSeen(moment(1, [0.4, 0.3, 0.2, 0.4]));
  const face = (side: number) =>
    momentRecognised({
      seen: moment(0.2),
      faces: [{ box: [0.4, 0.3, side, side], score: 0.8, track: null, person: null, similarity: null }], things: [],
    }) ?? assert.fail();
  const thing = momentRecognised({
    seen: moment(0.2), faces: [], things: [{ label: 'person', box: [0.4, 0.3, 0.1, 0.4], score: 0.9, track: null }],
  }) ?? assert.fail();

  it('shows a face rather than a thing, a thing rather than any motion', () => {
    assert.equal(betterMoment(motion, thing), thing);
    assert.equal(betterMoment(face(0.02), thing).shows, 'face');
    assert.ok(isClearlyBetter(motion, thing)
      && isClearlyBetter(thing, face(0.02))
      && !isClearlyBetter(face(0.02), motion));
  });
  it('shows the nearer of two faces', () => assert.deepEqual(betterMoment(face(0.02), face(0.1)), face(0.1)));
  it('is none where nothing was recognised', () =>
    assert.equal(momentRecognised({ seen: moment(1), faces: [], things: [] }), undefined));
});
