import assert from 'node:assert/strict';
import { ageOf, BITS } from './time-code.ts';

describe('the time in a picture', () => {
  const squares = (at: number): boolean[] => {
    const count = Math.floor(at / 10) % 2 ** BITS;
    return Array.from({ length: BITS }, (_, bit) => (((count ^ (count >> 1)) >> bit) & 1) === 1);
  };

  it('tells how old the picture is, also over the end of the count', () => {
    for (const at of [0, 1_795_252_530_120, 655_350, 655_360, 1_795_252_999_990])
      assert.equal(ageOf(squares(at), at + 730), 730);
  });
});
