/** Where things lie, seen from the benchmark. */
import { existsSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
/** Real footage; not part of the product, and not everywhere. */
export const footage = path.resolve(root, '../shared/data');
export const cache = path.join(root, 'node_modules/.cache/tyto-bench');

const built = path.join(root, 'dist/device/cli.js');

/** `tyto detect FILE --json`: as it was built, or from the sources where nothing was built yet. */
export const detectCommand = (file: string): [string, ...string[]] =>
  [process.execPath, existsSync(built) ? built : path.join(root, 'device/cli.ts'), 'detect', file, '--json'];
