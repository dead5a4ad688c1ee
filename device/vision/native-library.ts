/** TensorFlow's native library: an optional package, of which npm may have installed the scripts alone. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A name, not a literal where it is imported: the package may have no types here. */
export const NATIVE_PACKAGE: string = '@tensorflow/tfjs-node';

/** Its scripts alone, as `npm ci --ignore-scripts` leaves them, take as long to load as all the rest of vision. */
export function findNative(): 'not installed' | 'installed without its library' | 'installed' {
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${NATIVE_PACKAGE}/package.json`));
    return hasLibrary(join(home, 'lib')) ? 'installed' : 'installed without its library';
  } catch {
    return 'not installed';
  }
}

/** The library lies in a folder for each version of Node's interface: `lib/napi-v8`. */
const hasLibrary = (folder: string): boolean =>
  existsSync(folder) && readdirSync(folder).some((version) => existsSync(join(folder, version, 'tfjs_binding.node')));
