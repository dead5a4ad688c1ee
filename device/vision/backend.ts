/** Which TensorFlow.js runs here: native where it is installed and works, WebAssembly everywhere else. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { BugError, describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { findNative, NATIVE_PACKAGE } from './native-library.ts';
import { setWasmPaths, tf } from './tensorflow.ts';

export type BackendName = 'tensorflow' | 'wasm';

const require = createRequire(import.meta.url);

/**
 * Makes one of the two the backend that tensors live in. Says in one line which, and why not the native one.
 * @throws {BugError} `vision.backend` when neither starts.
 */
export async function startBackend(log: Log): Promise<BackendName> {
  const reason = await startNative();
  if (reason === undefined) {
    log.info('recognition runs on TensorFlow native');
    return 'tensorflow';
  }
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`);
  if (!await tf.setBackend('wasm')) {
    throw new BugError('vision.backend', 'the TensorFlow.js WebAssembly backend does not start');
  }
  await tf.ready();
  log.info('recognition runs on TensorFlow.js WebAssembly', { native: reason });
  return 'wasm';
}

/** @returns Why the native one cannot be used; undefined when it runs. */
async function startNative(): Promise<string | undefined> {
  const found = findNative();
  if (found !== 'installed') return found;
  try {
    await import(NATIVE_PACKAGE);
    return await tf.setBackend('tensorflow') ? undefined : 'its backend does not start';
  } catch (error) {
    return describeError(error).split('\n', 1).join('');
  }
}
