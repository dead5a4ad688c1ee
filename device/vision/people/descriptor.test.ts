import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DESCRIPTOR_LENGTH, similarity } from './descriptor.ts';
import { packDescriptor, unpackDescriptor } from './sample-file.ts';

const numbers = fc.array(fc.double({
  min: -0.3, max: 0.3, noNaN: true,
}), { minLength: DESCRIPTOR_LENGTH, maxLength: DESCRIPTOR_LENGTH })
  .map((values) => Float32Array.from(values));

describe('how alike two faces are', () => {
  it('is 1 for the same, 0 for what is far away', () => {
    const one = Float32Array.of(0.3, -0.4, 0.2);
    assert.equal(similarity(one, one), 1);
    assert.equal(similarity(one, Float32Array.of(-0.5, 0.6, 0.2)), 0);
  });

  it('is a half at the distance where strangers begin', () => {
    const [a, b] = [Float32Array.of(0.1, 0.1), Float32Array.of(0.37, 0.46)]; // 0.45 apart
    assert.ok(Math.abs(similarity(a, b) - 0.5) < 1e-6);
  });

  it('is from 0 to 1, either way round, and the same after a time on disk', () =>
    fc.assert(fc.property(numbers, numbers, (a, b) => {
      const alike = similarity(a, b);
      assert.ok(alike >= 0 && alike <= 1);
      assert.equal(similarity(b, a), alike);
      const kept = unpackDescriptor(packDescriptor(a));
      assert.ok(kept !== undefined && similarity(kept, b) === alike);
    }), { numRuns: 30 }));

  it('is not asked of numbers that are cut or not finite', () => {
    assert.equal(unpackDescriptor('AAAA'), undefined);
    assert.equal(unpackDescriptor(packDescriptor(new Float32Array(1024))), undefined);
    assert.equal(unpackDescriptor(packDescriptor(new Float32Array(DESCRIPTOR_LENGTH).fill(NaN))), undefined);
  });
});
