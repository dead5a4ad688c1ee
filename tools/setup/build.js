import { spawnSync } from 'node:child_process';
import {
  copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { filesBelow, fingerprint } from './fingerprint.js';
import { nodeToRun } from './node-runtime.js';
import { root, say, SetupError } from './project.js';

/** The pages, each with its own `vite.config.ts`, and where a build of each goes below `dist`. */
const pages = [
  { source: 'device/web/ui', output: 'device/web/page' },
  { source: 'fleet/console/ui', output: 'fleet/console/page' },
];

/** What Vite alone reads: the pages, and what they share. */
const pageSources = ['device/ui', ...pages.map(({ source }) => source)];

/** What the code reads from beside itself at run time, and so has to stand beside the compiled code too. */
const assetTypes = new Set(['.wasm', '.sql', '.html', '.css', '.svg', '.png', '.jpg', '.bin', '.mp4']);

/** Builds `dist` when the sources are not those that it was built from. */
export function ensureBuilt() {
  const sources = sourcesFingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('building');
  build(sources);
}

/**
 * Builds into a new folder and puts it in the place of `dist` when all went well: a build that failed changes nothing,
 * and nothing of a source that is gone stays.
 *
 * @param {string} sources Their fingerprint.
 */
function build(sources) {
  removeLeftovers();
  const next = join(root, `dist.${process.pid}.new`);
  const old = join(root, `dist.${process.pid}.old`);
  try {
    runNode(join(root, 'tools/setup/bundle.js'), [next]);
    for (const { source, output } of pages) {
      if (!existsSync(join(root, source, 'vite.config.ts'))) continue;
      const vite = join(root, 'node_modules/vite/bin/vite.js');
      runNode(vite, ['build', source, '--outDir', join(next, output), '--emptyOutDir', '--logLevel', 'warn']);
    }
    for (const asset of assets()) {
      mkdirSync(dirname(join(next, asset)), { recursive: true });
      copyFileSync(join(root, asset), join(next, asset));
    }
    writeFileSync(join(next, stampName), sources);
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(next, dist);
  } finally {
    for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true });
  }
}

/** What a build that was cut short left behind; that of one that still runs stays. */
function removeLeftovers() {
  for (const name of readdirSync(root)) {
    const [, pid] = /^dist\.(\d+)\.(?:new|old)$/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(root, name), { recursive: true, force: true });
  }
}

/**
 * @param {string} script
 * @param {readonly string[]} args
 */
function runNode(script, args) {
  const run = spawnSync(nodeToRun(), [script, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) throw new SetupError(`the build failed: ${relative(root, script)} ${args.join(' ')}`);
}

/** @returns {string[]} Relative paths. */
function assets() {
  const isPage = (/** @type {string} */ path) => pageSources.some((source) => path.startsWith(source + sep));
  return ['device', 'fleet']
    .flatMap((folder) => filesBelow(join(root, folder)))
    .map((path) => relative(root, path))
    .filter((path) => assetTypes.has(extname(path)) && !isPage(path));
}

function sourcesFingerprint() {
  const configs = ['tsconfig.json', 'package-lock.json', 'tools/setup/build.js', 'tools/setup/bundle.js'];
  return fingerprint(root, ['device', 'fleet', ...configs], (path) => !path.endsWith('.test.ts'));
}

const dist = join(root, 'dist');
const stampName = '.sources';
const stamp = join(dist, stampName);
