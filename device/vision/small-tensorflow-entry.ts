/**
 * Loaded in front of a thread's own module: TensorFlow.js comes from the smallest of the files that its packages carry.
 * They are the same modules without comments and long names, and spare a thread 6 MB, one with networks 11 MB: V8 keeps
 * the text of what it runs. The native library is made for the others, and those are used where it is.
 */
import { existsSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findNative } from './native-library.ts';

const require = createRequire(import.meta.url);
const NAMES = ['core', 'converter', 'backend-wasm'] as const;

/**
 * The smallest file of each package, by the name that it is imported by; all of them, or they would not fit each other.
 */
function smallestFiles(): ReadonlyMap<string, string> {
  const files = NAMES.map((name): readonly [string, string] => {
    const known = `@tensorflow/tfjs-${name}`;
    return [known, path.join(path.dirname(require.resolve(`${known}/package.json`)), 'dist', `tf-${name}.fesm.min.js`)];
  });
  return new Map(files.every(([, file]) => existsSync(file)) ? files : []);
}

if (findNative() !== 'installed') {
  const smallest = smallestFiles();
  // What they take for granted is what a bundler gives them.
  Object.assign(globalThis, { require, __dirname: import.meta.dirname });
  registerHooks({
    resolve: (specifier, context, next) => {
      const file = smallest.get(specifier);
      return file === undefined ? next(specifier, context)
        : { url: pathToFileURL(file).href, format: 'module', shortCircuit: true };
    },
  });
}
