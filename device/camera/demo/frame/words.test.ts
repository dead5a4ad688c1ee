import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { dimWords, mixWords, wordsOf } from './words.ts';

const pixels = fc.uint8Array({ minLength: 8, maxLength: 8 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('sums over four bytes at once', () => {
  it('mix each byte as if it were alone', () => {
    fc.assert(fc.property(pixels, pixels, share, (from, to, part) => {
      const out = new Uint8Array(8);
      mixWords(wordsOf(from.slice()), wordsOf(to.slice()), part, wordsOf(out));
      const weight = Math.round(part * 256);
      const alone = Array.from(from, (byte, index) => (byte * (256 - weight) + (to[index] ?? 0) * weight) >> 8);
      assert.deepEqual([...out], alone);
    }));
  });

  it('dim each byte towards the value of rest, as if it were alone', () => {
    fc.assert(fc.property(pixels, share, fc.constantFrom(0, 128), (from, by, rest) => {
      const out = from.slice();
      const factor = Math.round(by * 65_536);
      dimWords(wordsOf(out), { start: 0, end: 2 }, { factor, step: 0, rest });
      const parts = factor >> 8;
      assert.deepEqual([...out], Array.from(from, (byte) => (byte * parts + rest * (256 - parts)) >> 8));
    }));
  });

  it('dim word after word by another factor, and only those of the stretch', () => {
    const out = new Uint8Array(16).fill(200);
    const dimming = { factor: 65_536, step: -32_768, rest: 0 };
    dimWords(wordsOf(out), { start: 1, end: 3 }, dimming);
    assert.deepEqual([...out], [200, 200, 200, 200, 200, 200, 200, 200, 100, 100, 100, 100, 200, 200, 200, 200]);
  });
});
