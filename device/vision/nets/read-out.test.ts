import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { silentLog } from '../../core/log.ts';
import { startBackend } from '../backend.ts';
import { readOut } from './read-out.ts';

describe('what is read out of tensors', () => {
  before(() => startBackend(silentLog));

  it('is given back, and the tensors are gone', () => {
    const before = tf.memory().numTensors;
    assert.deepEqual([...readOut(() => tf.add(tf.tensor1d([1, 2]), 3).dataSync())], [4, 5]);
    assert.equal(tf.memory().numTensors, before);
  });

  it('is not looked through, number by number', () => {
    const numbers = new Proxy([1, 2, 3], { ownKeys: () => assert.fail('it was looked through') });
    assert.equal(readOut(() => numbers), numbers);
  });

  it('is lost with an error, and then, too, the tensors are gone', () => {
    const before = tf.memory().numTensors;
    assert.throws(() => readOut(() => { throw new Error(`${tf.tensor1d([1]).size}`); }), /1/);
    assert.equal(tf.memory().numTensors, before);
  });
});
