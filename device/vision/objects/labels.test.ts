import assert from 'node:assert/strict';
import { labelOf } from './labels.ts';

describe('kinds of things', () => {
  it('are those of COCO that move about by themselves', () => assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 14, 15, 16, 23, 24, 79, -1].map(labelOf),
    [
      'person', 'vehicle', 'vehicle', 'vehicle', undefined, 'vehicle', 'vehicle', 'vehicle', undefined, undefined,
      'animal', 'animal', 'animal', 'animal', undefined, undefined, undefined,
    ],
  ));
});
