/** Trained networks, read from the files inside the packages that carry them; nothing is fetched. */
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DeviceError } from '../../core/errors.ts';

/** One file of a network, and what it must be. */
interface NetFile { readonly file: string; readonly sha256: string }

interface NetFiles {
  readonly package: string;
  /** Folder in the package. */
  readonly folder: string;
  /** What the network, or only its weights, are like. */
  readonly json: NetFile;
  readonly bin: NetFile;
  /** It is made of convolutions alone, and so can be shown pictures of other sizes than it says. */
  readonly anySize?: boolean;
}

const HUMAN = { package: '@vladmandic/human', folder: 'models' } as const;

/** Whole networks: layers and weights; of `@vladmandic/human` 3.3.6. */
const GRAPHS = {
  blazeface: {
    ...HUMAN,
    json: { file: 'blazeface.json', sha256: 'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f' },
    bin: { file: 'blazeface.bin', sha256: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72' },
    anySize: true,
  },
  facemesh: {
    ...HUMAN,
    json: { file: 'facemesh.json', sha256: 'b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7' },
    bin: { file: 'facemesh.bin', sha256: '3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b' },
  },
  centernet: {
    ...HUMAN,
    json: { file: 'centernet.json', sha256: 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05' },
    bin: { file: 'centernet.bin', sha256: '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef' },
  },
} as const satisfies Record<string, NetFiles>;

/** Networks of which only the weights are in files; of `@vladmandic/face-api` 1.7.15. */
const WEIGHTS = {
  dlibFace: {
    package: '@vladmandic/face-api', folder: 'model',
    json: {
      file: 'face_recognition_model-weights_manifest.json',
      sha256: 'cbaffa501b0b9275a12b63357a6843e7e30c054e1c9151e1a5f879b26e32986b',
    },
    bin: {
      file: 'face_recognition_model.bin',
      sha256: 'b413e420d6840b2775fba32008db6f3cddb07d485967fb42cfcf379c16a8c589',
    },
  },
} as const satisfies Record<string, NetFiles>;

/**
 * Loads a network for the backend that runs; dispose it to give its memory back.
 *
 * @throws {DeviceError} `vision.net-missing` when its files cannot be read, `vision.net-altered` when they are not
 *   those that this version was tested with.
 */
export async function loadNet(name: keyof typeof GRAPHS): Promise<GraphModel> {
  const files: NetFiles = GRAPHS[name];
  const { description, weightData } = await readNet(files);
  const { modelTopology, weightsManifest, signature } = description as tf.io.ModelJSON;
  if (files.anySize === true) takeAnySize(modelTopology as Topology);
  const artifacts: tf.io.ModelArtifacts = {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData,
    ...(signature === undefined ? {} : { signature }),
  };
  const model = await loadGraphModel({ load: () => Promise.resolve(artifacts) });
  forget(artifacts);
  return model;
}

interface Topology { readonly node: readonly { readonly op: string; readonly attr: { shape?: unknown } }[] }

/** What is shown to it is not held against the size that it says any more. */
function takeAnySize({ node: nodes }: Topology): void {
  for (const { op, attr } of nodes) if (op === 'Placeholder') delete attr.shape;
}

/** What the model was made of is kept by it, to be saved again, which nobody does: as much as the network itself. */
function forget(artifacts: tf.io.ModelArtifacts): void {
  delete artifacts.weightData;
  delete artifacts.modelTopology;
}

/**
 * Loads the weights of a network by their names, for the backend that runs; the caller disposes each. What is stored as
 * small integers becomes the numbers that these stand for.
 *
 * @throws {DeviceError} As `loadNet`.
 */
export async function loadWeights(name: keyof typeof WEIGHTS): Promise<tf.NamedTensorMap> {
  const { description, weightData } = await readNet(WEIGHTS[name]);
  const groups = description as tf.io.WeightsManifestConfig;
  return tf.io.decodeWeights(weightData, groups.flatMap(({ weights }) => weights));
}

async function readNet(net: NetFiles): Promise<{ readonly description: unknown; readonly weightData: ArrayBuffer }> {
  const folder = netFolder(net);
  const [json, bin] = await Promise.all([readNetFile(folder, net.json), readNetFile(folder, net.bin)]);
  return { description: JSON.parse(json.toString('utf8')) as unknown, weightData: new Uint8Array(bin).buffer };
}

function netFolder({ package: carrier, folder }: NetFiles): string {
  try {
    const program = createRequire(import.meta.url).resolve(carrier); // it lies in `dist`, and is not run
    return path.join(path.dirname(program), '..', folder);
  } catch (cause) {
    throw new DeviceError('vision.net-missing',
      `the package ${carrier}, which carries networks that see, is not installed; type: npm ci`, { cause });
  }
}

async function readNetFile(folder: string, { file: name, sha256 }: NetFile): Promise<Buffer> {
  const file = path.join(folder, name);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new DeviceError('vision.net-missing', `the network ${file} cannot be read; type: npm ci`, { cause });
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === sha256) return bytes;
  throw new DeviceError('vision.net-altered', `the network ${file} is not the one that this version was tested with: `
    + `expected SHA-256 ${sha256}, got ${found}; type: npm ci`);
}
