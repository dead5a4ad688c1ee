/** Which TensorFlow.js runs here: native where it is installed and works, WebAssembly everywhere else. */
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { dirname } from 'node:path';
import { createRequire } from 'node:module';
import { BugError, describeError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

export type BackendName = 'tensorflow' | 'wasm';

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
  const home = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  setWasmPaths(`${home}/dist/`);
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
    await import(name);
    return await tf.setBackend('tensorflow') ? undefined : 'its backend does not start';
  } catch (error) {
    if (systemCode(error) === 'ERR_MODULE_NOT_FOUND') return 'not installed';
    return describeError(error).split('\n', 1).join('');
  }
}
