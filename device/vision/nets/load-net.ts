/** Trained networks, read from the files inside the package that carries them; nothing is fetched. */
import { loadGraphModel, type GraphModel } from '@tensorflow/tfjs-converter';
import type { io } from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { DeviceError } from '../../core/errors.ts';

/** SHA-256 of each network's `.json` and `.bin` in `@vladmandic/human` 3.3.6. */
const NETS = {
  blazeface: {
    json: 'cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f',
    bin: 'dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72',
  },
  facemesh: {
    json: 'b60ca26f404724f43bd2b1575761d8265180e1f053cc0731caa68462927309e7',
    bin: '3826da640b0a3021161605369ee6af293f75d518040355b960ec71a3390c1c0b',
  },
  faceres: {
    json: '5b83d49c0385d2e68a05122441b94226313677cae9fcc40b9587ad50079eb4df',
    bin: '2c7d2d62b76c97528b736527aa09d310ea71743c9e3e79fb6c62d4b2d73af79b',
  },
  centernet: {
    json: 'bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05',
    bin: '1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef',
  },
} as const;

export type NetName = keyof typeof NETS;

/**
 * Loads a network for the backend that runs; dispose it to give its memory back.
 *
 * @throws {DeviceError} `vision.net-missing` when its files cannot be read, `vision.net-altered` when they are not
 *   those that this version was tested with.
 */
export async function loadNet(name: NetName): Promise<GraphModel> {
  const folder = netFolder();
  const [graph, weights] = await Promise.all([readNetFile(folder, name, 'json'), readNetFile(folder, name, 'bin')]);
  const { modelTopology, weightsManifest, signature } = JSON.parse(graph.toString('utf8')) as io.ModelJSON;
  const artifacts: io.ModelArtifacts = {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: new Uint8Array(weights).buffer,
    ...(signature === undefined ? {} : { signature }),
  };
  return loadGraphModel({ load: () => Promise.resolve(artifacts) });
}

function netFolder(): string {
  try {
    const program = createRequire(import.meta.url).resolve('@vladmandic/human'); // it lies in `dist`, and is not run
    return path.join(path.dirname(program), '..', 'models');
  } catch (cause) {
    throw new DeviceError('vision.net-missing',
      'the package @vladmandic/human, which carries the networks that see faces, is not installed; type: npm ci',
      { cause });
  }
}

async function readNetFile(folder: string, name: NetName, kind: 'json' | 'bin'): Promise<Buffer> {
  const file = path.join(folder, `${name}.${kind}`);
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new DeviceError('vision.net-missing', `the network ${file} cannot be read; type: npm ci`, { cause });
  }
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === NETS[name][kind]) return bytes;
  throw new DeviceError('vision.net-altered', `the network ${file} is not the one that this version was tested with: `
    + `expected SHA-256 ${NETS[name][kind]}, got ${found}; type: npm ci`);
}
