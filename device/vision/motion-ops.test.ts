import * as tf from '@tensorflow/tfjs-core';
import assert from 'node:assert/strict';
import { silentLog } from '../core/log.ts';
import { startBackend } from './backend.ts';
import { DrawnScene } from '../../test/vision/drawn-scene.ts';
import { registerMotionOps } from './motion-ops.ts';
import { PixelModel } from './pixel-model.ts';
import { loadPixelPasses } from './pixel-passes.ts';

const size = { width: 64, height: 48 };

/** The least that TensorFlow.js asks of a backend: a map from handles to values. */
class PlainBackend extends tf.KernelBackend {
  readonly #values = new Map<object, tf.BackendValues>();
  override write(values: tf.BackendValues): tf.DataId {
    const handle = {};
    this.#values.set(handle, values);
    return handle;
  }
  override move(handle: tf.DataId, values: tf.BackendValues): void { this.#values.set(handle, values); }
  override readSync(handle: object): tf.BackendValues { return this.#values.get(handle) ?? new Uint8Array(); }
  override read(handle: object): Promise<tf.BackendValues> { return Promise.resolve(this.readSync(handle)); }
  override disposeData(handle: object): boolean { return this.#values.delete(handle); }
  override numDataIds(): number { return this.#values.size; }
  override dispose(): void { this.#values.clear(); }
}

/** What the operations say of twenty frames with a walker. */
async function look(): Promise<number[][]> {
  const passes = await loadPixelPasses(PixelModel.bytes(size.width, size.height));
  using ops = registerMotionOps(new PixelModel(passes, { ...size }));
  const scene = new DrawnScene(size);
  return Array.from({ length: 20 }, (_, index) => tf.tidy(() => {
    const { pixels } = scene.frame(0, index < 10 ? {} : { things: [[[0.04 * index, 0.3, 0.2, 0.4], 200]] });
    const cells = ops.look(tf.tensor2d(pixels, [size.height, size.width], 'bool'), 200 * index);
    assert.deepEqual(cells.shape, [12, 16, 4]);
    ops.learn(tf.zeros([12, 16], 'bool'));
    return [...cells.dataSync<'int32'>()];
  }));
}

describe('motion operations', () => {
  it('say the same on any backend that can read and write', async () => {
    await startBackend(silentLog);
    const ours = tf.getBackend();
    const seen = await look();
    assert.ok(seen.at(-1)?.some((number) => number > 0));
    tf.registerBackend('plain', () => new PlainBackend());
    try {
      assert.ok(await tf.setBackend('plain'));
      assert.deepEqual(await look(), seen);
    } finally {
      await tf.setBackend(ours);
      tf.removeBackend('plain');
    }
  });

  it('are gone with their model', async () => {
    await startBackend(silentLog);
    const before = tf.getKernelsForBackend(tf.getBackend()).length;
    await look();
    assert.equal(tf.getKernelsForBackend(tf.getBackend()).length, before);
  });
});
