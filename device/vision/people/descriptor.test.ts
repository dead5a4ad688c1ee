import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe as describeFeatures, DESCRIPTOR_LENGTH, similarity } from './descriptor.ts';
import { packDescriptor, unpackDescriptor } from './sample-file.ts';

const features = fc.array(fc.double({ min: 0, max: 9, noNaN: true }), { minLength: DESCRIPTOR_LENGTH, maxLength: DESCRIPTOR_LENGTH })
  .map((values) => describeFeatures(Float32Array.from(values)));

describe('how alike two faces are', () => {
  it('is 1 for the same, 0 for what has nothing in common', () => {
    const one = describeFeatures(Float32Array.of(9, 0, 4));
    assert.ok(similarity(one, one) > 0.999);
    assert.equal(similarity(one, describeFeatures(Float32Array.of(0, 5, 0))), 0);
  });

  it('is a half at the cosine where strangers end', () => {
    const [a, b] = [Float32Array.of(1, 0), Float32Array.of(0.77, Math.sqrt(1 - 0.77 ** 2))];
    assert.ok(Math.abs(similarity(a, b) - 0.5) < 1e-6);
  });

  it('is from 0 to 1, either way round, and the same after a time on disk', () => fc.assert(fc.property(features, features, (a, b) => {
    const alike = similarity(a, b);
    assert.ok(alike >= 0 && alike <= 1);
    assert.equal(similarity(b, a), alike);
    const kept = unpackDescriptor(packDescriptor(a));
    assert.ok(kept !== undefined && similarity(kept, b) === alike);
  }), { numRuns: 30 }));

  it('is not asked of numbers that are cut or not finite', () => {
    assert.equal(unpackDescriptor('AAAA'), undefined);
    assert.equal(unpackDescriptor(packDescriptor(new Float32Array(DESCRIPTOR_LENGTH).fill(NaN))), undefined);
  });
});
