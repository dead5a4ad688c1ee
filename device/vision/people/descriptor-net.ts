/**
 * dlib's `face_recognition_resnet_model_v1` (Davis King, CC0): a residual network (arXiv:1512.03385, 29 convolutions)
 * that gives two pictures of one person 128 numbers which lie near each other. Built here layer by layer, because the
 * files hold its weights only.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BugError } from '../../core/errors.ts';
import { loadWeights } from '../nets/load-net.ts';
import { DESCRIPTOR_LENGTH } from './descriptor.ts';

/** The network's input is `SIDE` x `SIDE` pixels. */
export const SIDE = 150;
/** What it was trained with: the mean colour of a face, and what a byte is divided by. */
const MEAN_COLOUR = [122.782, 117.001, 104.298];
const DIVISOR = 256;

/** Blocks of two convolutions each, in order; `_down` halves the picture. */
const BLOCKS = [
  'conv32_1', 'conv32_2', 'conv32_3', 'conv64_down', 'conv64_1', 'conv64_2', 'conv64_3', 'conv128_down', 'conv128_1',
  'conv128_2', 'conv256_down', 'conv256_1', 'conv256_2', 'conv256_down_out',
] as const;

interface Convolution { readonly filter: tf.Tensor4D; readonly bias: tf.Tensor1D }
interface Manner { readonly step: 1 | 2; readonly relu: boolean }
interface Block { readonly halves: boolean; readonly first: Convolution; readonly second: Convolution }
interface Layers {
  readonly entry: Convolution;
  readonly blocks: readonly Block[];
  /** Shape `[256, DESCRIPTOR_LENGTH]`. */
  readonly exit: tf.Tensor2D;
}

export class DescriptorNet implements Disposable {
  readonly #layers: Layers;
  readonly #mean = tf.keep(tf.tensor1d(MEAN_COLOUR));
  private constructor(layers: Layers) { this.#layers = layers; }

  /** @throws {DeviceError} As `loadNet`. */
  static async load(): Promise<DescriptorNet> {
    const weights = await loadWeights('dlibFace');
    try {
      return new DescriptorNet(keptLayers(weights));
    } finally {
      tf.dispose(weights);
    }
  }

  /** @param faces - Shape `[n, SIDE, SIDE, 3]`, 0 to 255. @returns Shape `[n, DESCRIPTOR_LENGTH]`. */
  run(faces: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => {
      const { entry, blocks, exit } = this.#layers;
      const seen = convolve(tf.div(tf.sub(faces, this.#mean), DIVISOR), entry, { step: 2, relu: true });
      const pooled = tf.maxPool(seen, 3, 2, 'valid');
      const features = blocks.reduce(runBlock, pooled);
      return tf.matMul<tf.Tensor2D>(tf.mean(features, [1, 2]), exit);
    });
  }

  [Symbol.dispose](): void {
    this.#mean.dispose();
    for (const tensor of tensorsOf(this.#layers)) tensor.dispose();
  }
}

/** What two convolutions add to the picture, or to its halves: what one of both lacks in size or channels is zero. */
function runBlock(input: tf.Tensor4D, { halves, first, second }: Block): tf.Tensor4D {
  const between = convolve(input, first, { step: halves ? 2 : 1, relu: true });
  const added = convolve(between, second, { step: 1, relu: false });
  if (!halves) return tf.relu(tf.add(input, added));
  const halved = tf.avgPool(input, 2, 2, 'valid');
  const shape = halved.shape.map((size, axis) => Math.max(size, added.shape[axis] ?? 0));
  return tf.relu(tf.add(grownTo(shape, halved), grownTo(shape, added)));
}

/** A convolution that halves sees only whole places, one that does not sees zeros beyond the edges. */
const convolve = (x: tf.Tensor4D, { filter, bias }: Convolution, { step, relu }: Manner): tf.Tensor4D =>
  tf.fused.conv2d({
    x, filter, bias, strides: step, pad: step === 2 ? 'valid' : 'same', activation: relu ? 'relu' : 'linear',
  });

function grownTo(shape: readonly number[], tensor: tf.Tensor4D): tf.Tensor4D {
  const missing = tensor.shape.map((size, axis): [number, number] => [0, (shape[axis] ?? size) - size]);
  return missing.every(([, zeros]) => zeros === 0) ? tensor : tf.pad(tensor, missing);
}

function layersOf(weights: tf.NamedTensorMap): Layers {
  const weight = <R extends tf.Rank>(name: string, rank: number): tf.Tensor<R> => {
    const found = weights[name];
    if (found?.rank === rank) return found as tf.Tensor<R>;
    throw new BugError('vision.net', `dlib's face network has no weights ${name} of ${rank} dimensions`);
  };
  /** Each channel of a convolution is scaled and shifted afterwards: both are made part of it. */
  const convolution = (name: string): Convolution => {
    const scale = weight<tf.Rank.R1>(`${name}/scale/weights`, 1);
    const shift = weight<tf.Rank.R1>(`${name}/scale/biases`, 1);
    return {
      filter: tf.mul(weight<tf.Rank.R4>(`${name}/conv/filters`, 4), scale),
      bias: tf.add(tf.mul(weight<tf.Rank.R1>(`${name}/conv/bias`, 1), scale), shift),
    };
  };
  const exit = weight<tf.Rank.R2>('fc', 2);
  if (exit.shape[1] !== DESCRIPTOR_LENGTH) {
    throw new BugError('vision.net', `dlib's face network gives ${exit.shape[1]} numbers, not ${DESCRIPTOR_LENGTH}`);
  }
  return {
    entry: convolution('conv32_down'),
    blocks: BLOCKS.map((name) => ({
      halves: name.includes('down'), first: convolution(`${name}/conv1`), second: convolution(`${name}/conv2`),
    })),
    exit: tf.clone(exit),
  };
}

/** They live until they are disposed; what was needed on the way is gone. */
function keptLayers(weights: tf.NamedTensorMap): Layers {
  tf.engine().startScope();
  try {
    const layers = layersOf(weights);
    for (const tensor of tensorsOf(layers)) tf.keep(tensor);
    return layers;
  } finally {
    tf.engine().endScope();
  }
}

const tensorsOf = ({ entry, blocks, exit }: Layers): tf.Tensor[] =>
  [entry, ...blocks.flatMap(({ first, second }) => [first, second])]
    .flatMap(({ filter, bias }): tf.Tensor[] => [filter, bias]).concat(exit);

