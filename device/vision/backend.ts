/** Which TensorFlow.js runs here: native where it is installed and works, WebAssembly everywhere else. */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { BugError, describeError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

export type BackendName = 'tensorflow' | 'wasm';

const require = createRequire(import.meta.url);

/**
 * Makes one of the two the backend that tensors live in. Says in one line which, and why not the native one.
 * @throws {BugError} `vision.backend` when neither starts.
 */
export async function startBackend(log: Log): Promise<BackendName> {
  const reason = await startNative();
  if (reason === undefined) {
    log.info('vision runs on TensorFlow native');
    return 'tensorflow';
  }
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`);
  if (!await tf.setBackend('wasm')) {
    throw new BugError('vision.backend', 'the TensorFlow.js WebAssembly backend does not start');
  }
  await tf.ready();
  log.info('vision runs on TensorFlow.js WebAssembly', { native: reason });
  return 'wasm';
}

/** @returns Why the native one cannot be used; undefined when it runs. */
async function startNative(): Promise<string | undefined> {
  const name = '@tensorflow/tfjs-node'; // a name, not a literal: the package is optional and may have no types here
  try {
    // Its scripts alone, as `npm ci --ignore-scripts` leaves them, take as long to load as all the rest of vision.
    if (!hasLibrary(dirname(require.resolve(`${name}/package.json`)))) return 'installed without its library';
    await import(name);
    return await tf.setBackend('tensorflow') ? undefined : 'its backend does not start';
  } catch (error) {
    if (systemCode(error) === 'MODULE_NOT_FOUND') return 'not installed';
    return describeError(error).split('\n', 1).join('');
  }
}

/** The library lies in a folder for each version of Node's interface: `lib/napi-v8`. */
function hasLibrary(home: string): boolean {
  const lib = join(home, 'lib');
  return existsSync(lib) && readdirSync(lib).some((version) => existsSync(join(lib, version, 'tfjs_binding.node')));
}
