import assert from 'node:assert/strict';
import { millis } from '../../core/units.ts';
import { DESCRIPTOR_LENGTH } from './descriptor.ts';
import type { Sample } from './person.ts';
import { unlikeOthers } from './unlike.ts';

/** A picture whose description is `distance` from that of zeros. */
const sample = (id: string, distance: number | undefined): Sample => ({
  id, taken: millis(0), source: { kind: 'file', name: 'a.jpg' },
  descriptor: distance === undefined ? undefined : new Float32Array(DESCRIPTOR_LENGTH).fill(distance, 0, 1),
});
const unlike = (...distances: readonly (number | undefined)[]): string[] =>
  [...unlikeOthers(distances.map((distance, index) => sample(`${index}`, distance)))];

describe('pictures of a person', () => {
  it('are doubted when they are like none of the others', () => {
    assert.deepEqual(unlike(0, 0.3, 0.5), []);
    assert.deepEqual(unlike(0, 0.3, 1.2), ['2']);
    assert.deepEqual(unlike(0, 0.5, 1), [], 'each is like one');
  });
  it('are both doubted when there are two that are not alike', () => assert.deepEqual(unlike(0, 0.7), ['0', '1']));
  it('are not doubted where there is nothing to compare them with', () => {
    assert.deepEqual(unlike(), []);
    assert.deepEqual(unlike(0), []);
    assert.deepEqual(unlike(0, undefined), []);
  });
});
