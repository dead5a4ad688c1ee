import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint } from './fingerprint.js';
import { prepareNatives } from './natives.js';
import { npm, ONLY_TO_RUN } from './npm.js';
import { root, say, SetupError } from './project.js';

/**
 * Installs the locked packages, when they are not here or not those of `package-lock.json`.
 *
 * @param {'run' | 'test'} purpose What is to be done with them: the servers and tools of
 * `tools/workbench`, a third of all,
 *   are for tests, benchmarks and the cloud only.
 */
export function ensureInstalled(purpose) {
  const here = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (here === wanted('test') || here === wanted(purpose)) return;
  // What a device that runs here has loaded stays: `npm ci` begins by taking everything away.
  const how = here === wanted('run') ? ['install', '--no-save'] : ['ci'];
  say(`installing the locked packages (npm ${how[0]})`);
  const part = purpose === 'test' ? [] : ONLY_TO_RUN;
  // No package's own script runs: the one native build that we want is ours, and nothing else is fetched.
  const flags = [
    '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error',
  ];
  if (!npm([...how, ...part, ...flags]))
    throw new SetupError('npm failed (see above): is the network there? Then try again.');
  prepareNatives();
  markInstalled();
}

/** Notes that what is in `node_modules` is what the lockfile says, development packages included. */
export function markInstalled() {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted(existsSync(join(root, 'node_modules', 'azurite')) ? 'test' : 'run'));
}

/** @returns {boolean} Whether the packages to develop with are here: not so after `npm ci --omit=dev`. */
export function hasDevelopmentPackages() {
  return ['rolldown', 'vite'].every((name) => existsSync(join(root, 'node_modules', name)));
}

/** @param {'run' | 'test'} purpose */
function wanted(purpose) {
  const files = ['package-lock.json', 'package.json', 'tools/node/package.json', 'tools/workbench/package.json'];
  return `${process.platform} ${process.arch} ${fingerprint(root, files)} ${purpose}\n`;
}

const stamp = join(root, 'node_modules', '.cache', 'tyto', 'installed');
