/** Where things lie, seen from the benchmark, and how Tyto is run by it. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
/** Real footage with ground truth; not part of the product, and not everywhere. */
export const footage = path.resolve(process.env['TYTO_BENCH_DATA'] || path.join(root, '../shared/data'));
/** What is made once and kept. */
export const cache = path.join(root, 'node_modules/.cache/tyto-bench');
export const peers = path.join(import.meta.dirname, 'peers');

export type Command = readonly [program: string, ...args: string[]];

const built = existsSync(path.join(root, 'dist/device/cli.js'));

/** `tyto ...` with no setting but those given: as it was built, or from the sources where nothing was built yet. */
export function tyto(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Command {
  const none = Object.keys(process.env)
    .filter((name) => name.startsWith('TYTO_'))
    .flatMap((name) => ['-u', name]);
  const data = path.join(cache, 'data');
  mkdirSync(data, { recursive: true });
  return [
    'env',
    ...none,
    `TYTO_DATA=${data}`,
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    process.execPath,
    path.join(root, built ? 'bin/tyto.js' : 'device/cli.ts'),
    ...args,
  ];
}

/** Files of the footage whose names end so, in order; none where there is no footage. */
export function footageOf(folder: string, ending: string): string[] {
  const place = path.join(footage, folder);
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => path.join(place, name));
}
