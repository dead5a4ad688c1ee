/**
 * The optional native packages. npm is told to run none of their scripts (`allowScripts`): one would compile against
 * the headers of whichever Node.js runs npm, one needs a firmware that is gone from today's systems, and one downloads
 * hundreds of megabytes that do not run on a Raspberry Pi. What can be built is built here against the pinned Node.js;
 * what cannot is taken out again, as npm itself does with an optional package whose build failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { hasCommand } from './commands.js';
import { findNode, headersFolder } from './node-runtime.js';
import { npm, ONLY_TO_RUN } from './npm.js';
import { root, say } from './project.js';

/** A compiler that is still busy after this long is taken to hang; a Pi Zero 2 needs about half a minute. */
const LONGEST_BUILD_MS = 300_000;

/**
 * @typedef {object} Native
 * @property {string} name
 * @property {() => string | undefined} whyNot Makes it usable, or tells in a few words why it is not.
 */

/** @type {readonly Native[]} */
const natives = [
  { name: 'rpio', whyNot: () => compile('rpio') },
  {
    name: 'raspberry-pi-camera-native',
    whyNot: () =>
      existsSync('/opt/vc/include/bcm_host.h')
        ? compile('raspberry-pi-camera-native')
        : 'no legacy camera firmware in /opt/vc: rpicam-vid is used',
  },
  {
    name: '@tensorflow/tfjs-node',
    whyNot: () => (hasTensorflowBinding() ? undefined : 'its library is not here: the WASM backend is used'),
  },
];

/** Builds the native packages that can work on this machine and takes out the others: one line says which and why. */
export function prepareNatives() {
  const leftOut = natives
    .filter(({ name }) => existsSync(folderOf(name)))
    .flatMap(({ name, whyNot }) => {
      const reason = whyNot();
      return reason === undefined ? [] : [{ name, reason }];
    });
  if (leftOut.length === 0) return;
  say(`left out: ${leftOut.map(({ name, reason }) => `${name} (${reason})`).join('; ')}`);
  const names = leftOut.map(({ name }) => name);
  npm([
    'uninstall', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--silent', ...leftOutFlags(), ...names,
  ]);
}

/** Without these, npm would add what this installation was made without, as an image's is. */
function leftOutFlags() {
  return [
    ...(existsSync(folderOf('typescript')) ? [] : ['--omit=dev']),
    ...workspaceFlags(),
  ];
}

function workspaceFlags() {
  if (!existsSync(folderOf('@tyto/node'))) return ['--workspaces=false'];
  return existsSync(folderOf('azurite')) ? [] : ONLY_TO_RUN;
}

/**
 * @param {string} name
 * @returns {string | undefined}
 */
function compile(name) {
  const node = findNode();
  const headers = headersFolder();
  const nodeGyp = process.env['npm_config_node_gyp'];
  const missing = ['g++', 'make', 'python3'].filter((tool) => !hasCommand(tool));
  if (node === undefined || headers === undefined) return 'the Node.js to build it for is not here';
  if (nodeGyp === undefined) return 'not run by npm';
  if (missing.length > 0) return `needs ${missing.join(', ')}; install them, then "npm ci"`;
  const run = spawnSync(node, [nodeGyp, 'rebuild', '--directory', folderOf(name)], {
    encoding: 'utf8',
    timeout: LONGEST_BUILD_MS,
    // node-gyp lets its environment win over its arguments.
    env: { ...process.env, npm_config_nodedir: headers },
  });
  if (run.status === 0) return undefined;
  const complaint = run.stderr.split('\n').find((line) => /\berror\b|ERR! stack/i.test(line));
  return `does not compile here: ${complaint?.trim() ?? run.error?.message ?? `exit code ${run.status}`}`;
}

function hasTensorflowBinding() {
  const lib = join(folderOf('@tensorflow/tfjs-node'), 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((entry) => existsSync(join(lib, entry, 'tfjs_binding.node')));
}

/** @param {string} name */
function folderOf(name) {
  return join(root, 'node_modules', name);
}
