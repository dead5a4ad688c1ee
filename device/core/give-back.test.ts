import assert from 'node:assert/strict';
import { giveBack } from './give-back.ts';

describe('pixels that are given back', () => {
  it('are gone, with their memory', () => {
    const pixels = new Uint8Array(8);
    giveBack(pixels);
    assert.equal(pixels.byteLength, 0);
  });

  it('may be given back once more', () => {
    const pixels = new Uint8Array(8);
    giveBack(pixels);
    assert.doesNotThrow(() => giveBack(pixels));
  });

  it('stay where their memory holds something else, too, or belongs to several threads', () => {
    const all = new Uint8Array(8).fill(3);
    giveBack(all.subarray(2));
    assert.equal(all[2], 3);
    const shared = new Uint8Array(new SharedArrayBuffer(8)).fill(5);
    giveBack(shared);
    assert.equal(shared[0], 5);
  });
});
