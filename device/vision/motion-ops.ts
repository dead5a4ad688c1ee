/**
 * The pixel model as two TensorFlow.js operations, so that frames and cells are tensors like everything else in vision:
 * they run on whichever backend is chosen and stand beside stock operations. They use only what every backend offers
 * (read, write), and nothing of its private memory.
 */
import type {
  BackendValues, DataId, DataType, KernelBackend, Tensor, Tensor2D, Tensor3D, TensorInfo,
} from '@tensorflow/tfjs-core';
import { cellNumbers, cellSize } from './pixel-buffers.ts';
import type { PixelModel } from './pixel-model.ts';
import { tf } from './tensorflow.ts';

export interface MotionOps extends Disposable {
  /**
   * @param frame - Shape `[height, width]`, dtype `bool` (bytes).
   * @returns Shape `[rows, columns, cellNumbers]`, int32; the caller's.
   */
  look(frame: Tensor2D, atMs: number): Tensor3D;
  /** @param held - Shape `[rows, columns]`, dtype `bool` (bytes): what each cell is held as (`heldAs`). */
  learn(held: Tensor2D): void;
}

/** Registers `model`'s operations with the present backend under names of their own; disposing takes them out again. */
export function registerMotionOps(model: PixelModel): MotionOps {
  const backendName = tf.getBackend();
  const serial = crypto.randomUUID();
  const [lookName, learnName] = [`MotionLook-${serial}`, `MotionLearn-${serial}`];
  tf.registerKernel({
    kernelName: lookName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { frame } = inputs;
      if (frame === undefined) throw new TypeError('MotionLook needs a frame');
      const [height = 0, width = 0] = frame.shape;
      const numbers = model.look(read(backend, frame), Number(attrs?.['atMs']));
      const shape = [Math.floor(height / cellSize), Math.floor(width / cellSize), cellNumbers];
      return { dataId: write(backend, numbers, shape, 'int32'), shape, dtype: 'int32' };
    },
  });
  tf.registerKernel({
    kernelName: learnName,
    backendName,
    kernelFunc: ({ inputs, backend }) => {
      const { held } = inputs;
      if (held === undefined) throw new TypeError('MotionLearn needs the held cells');
      model.learn(read(backend, held));
      return [];
    },
  });
  return {
    look: (frame, atMs) => tf.engine().runKernel<Tensor3D>(lookName, { frame }, { atMs }),
    learn: (held) => { tf.engine().runKernel<Tensor[]>(learnName, { held }, {}); },
    [Symbol.dispose]() {
      tf.unregisterKernel(lookName, backendName);
      tf.unregisterKernel(learnName, backendName);
    },
  };
}

/** What the base class of all backends has; the type that kernels are given is an empty interface. */
const asBackend = (backend: object): KernelBackend => backend as KernelBackend;

const read = (backend: object, tensor: TensorInfo): Uint8Array =>
  asBackend(backend).readSync(tensor.dataId) as Uint8Array;

const write = (backend: object, values: BackendValues, shape: number[], dtype: DataType): DataId =>
  asBackend(backend).write(values, shape, dtype);
