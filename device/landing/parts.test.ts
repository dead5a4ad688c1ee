import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { deliveryOf } from '../../test/landing-suite.ts';
import { digestParts, partBytesFor, partsOf } from './parts.ts';
import { readToken, writeToken } from './token.ts';
import { z } from 'zod';

const MIB = 1024 * 1024;

describe('the parts of a large object', () => {
  it('cover all of it, once, and are never more than a store takes', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 46 }), fc.constantFrom(100, 1000), (bytes, most) => {
      const partBytes = partBytesFor(bytes, { bytes: 8 * MIB, most });
      const parts = partsOf(bytes, partBytes);
      assert.ok(partBytes >= 8 * MIB && partBytes % MIB === 0 && parts.length <= most);
      assert.deepEqual([parts[0]?.start, parts.at(-1)?.end], [0, bytes]);
      assert.ok(parts.every(({ start, end, index }) =>
        end > start && (index === 0 || parts[index - 1]?.end === start)));
    }));
  });

  it('have each their own digest', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({
      minLength: 1, maxLength: 100,
    }), fc.integer({ min: 1, max: 120 }), async (data, partBytes) => {
      const digests = await digestParts(
        deliveryOf(data), { partBytes, algorithm: 'sha256' }, new AbortController().signal,
      );
      const expected = partsOf(data.byteLength, partBytes)
        .map(({ start, end }) => createHash('sha256').update(data.subarray(start, end)).digest());
      assert.deepEqual(digests, expected);
    }), { numRuns: 50 });
  });
});

describe('the token of an upload', () => {
  const state = z.strictObject({ id: z.string() });
  const owner = { place: 's3 bucket yard/a.mp4', delivery: deliveryOf(Buffer.from('x')) };
  function written(): string {
    const kept: (string | undefined)[] = [];
    writeToken({ token: undefined, save: (token) => { kept.push(token); } }, owner, { id: 'one' });
    return kept[0] ?? '';
  }
  const read = (token: string | undefined, of = owner) => readToken({ token, save: () => {} }, of, state);

  it('is of one place and one content', () => {
    assert.deepEqual(read(written()), { state: { id: 'one' }, isSameContent: true });
    assert.equal(read(written(), { ...owner, place: 's3 bucket yard/b.mp4' }), undefined);
    assert.deepEqual(read(written(), { ...owner, delivery: deliveryOf(Buffer.from('y')) }), {
      state: { id: 'one' }, isSameContent: false,
    });
  });

  it('is none, whatever else is kept in its place', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(undefined)), (token) =>
      assert.equal(read(token), undefined)));
  });
});
