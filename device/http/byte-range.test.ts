import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readRange } from './byte-range.ts';

describe('a range of bytes', () => {
  it('is read from its three forms, and clipped to what there is', () => {
    assert.deepEqual(readRange('bytes=0-', 1000), { first: 0, last: 999 });
    assert.deepEqual(readRange('bytes=200-299', 1000), { first: 200, last: 299 });
    assert.deepEqual(readRange('bytes=-100', 1000), { first: 900, last: 999 });
    assert.deepEqual(readRange('bytes=-5000', 1000), { first: 0, last: 999 });
    assert.deepEqual(readRange('bytes=990-2000', 1000), { first: 990, last: 999 });
  });
  it('cannot be met beyond the end', () => {
    for (const header of ['bytes=1000-', 'bytes=1000-1001', 'bytes=-0'])
      assert.equal(readRange(header, 1000), 'unsatisfiable', header);
    assert.equal(readRange('bytes=0-', 0), 'unsatisfiable');
  });
  it('is ignored when it need not be understood', () => {
    for (const header of [
      undefined, '', 'bytes=-', 'bytes=5-2', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b', 'bytes=0x1-2',
    ]) {
      assert.equal(readRange(header, 1000), 'whole', header);
    }
  });
  it('never lies outside of the file', () => fc.assert(fc.property(
    fc.oneof(fc.string(), fc.tuple(fc.string(), fc.string())
      .map(([a, b]) => `bytes=${a}-${b}`), fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`)),
    fc.nat(), (header, size) => {
      const range = readRange(header, size);
      if (typeof range === 'object') assert.ok(range.first >= 0 && range.first <= range.last && range.last < size);
    },
  )));
});
