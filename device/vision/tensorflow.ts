/**
 * TensorFlow.js, loaded as the CommonJS modules that it is: imported as ES modules, all of their text is searched for
 * its format and its exports first, at every start. Both ways lead to the same one.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type * as Wasm from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export const tf = require('@tensorflow/tfjs-core') as typeof Core;
export const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm') as typeof Wasm;
