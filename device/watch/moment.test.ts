import assert from 'node:assert/strict';
import { nothingSeen, type Observation } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { millis, ratio } from '../core/units.ts';
import { pictureValue } from './moment.ts';

const moment = (score: number, ...boxes: Box[]): Observation => ({ ...nothingSeen(millis(0)), motion: true, score: ratio(score), boxes });
const isBetter = (better: Observation, worse: Observation): void => assert.ok(pictureValue(better) > pictureValue(worse));

describe('best moment', () => {
  it('shows somebody whole rather than somebody entering, even when the entering moved more', () =>
    isBetter(moment(0.5, [0.2, 0.5, 0.1, 0.3]), moment(0.7, [0, 0.5, 0.1, 0.3])));
  it('shows somebody in the middle rather than at the side', () => isBetter(moment(0.6, [0.45, 0.5, 0.1, 0.3]), moment(0.6, [0.1, 0.5, 0.1, 0.3])));
  it('shows the stronger motion of two alike', () => isBetter(moment(0.7, [0.4, 0.5, 0.1, 0.3]), moment(0.5, [0.4, 0.5, 0.1, 0.3])));
  it('lets the largest thing decide', () => isBetter(moment(0.6, [0.4, 0.5, 0.2, 0.3], [0, 0, 0.02, 0.02]), moment(0.6, [0, 0.5, 0.2, 0.3], [0.4, 0, 0.02, 0.02])));
  it('allows feet at the lower border', () => assert.equal(pictureValue(moment(0.6, [0.4, 0.5, 0.2, 0.5])), pictureValue(moment(0.6, [0.4, 0.2, 0.2, 0.5]))));
});
