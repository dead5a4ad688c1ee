import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, SetupError } from './project.js';

/** The oldest Node.js that Tyto's own code runs on; the set-up itself runs on 20. */
const OLDEST_MAJOR = 24;

/** @returns {boolean} Whether `npm ci` has put the pinned Node.js here (it exists for 64-bit Linux only). */
export function hasPinnedNode() {
  return existsSync(pinnedLink);
}

/**
 * The Node.js to run Tyto with: the pinned one, or else the one that runs this, when it is new enough.
 *
 * @returns {string} Path of the executable.
 * @throws {SetupError} When there is none.
 */
export function nodeToRun() {
  if (hasPinnedNode()) return pinnedLink;
  if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) return process.execPath;
  throw new SetupError(
    `no Node.js ${OLDEST_MAJOR} here: it comes with "npm ci" on 64-bit Linux (x64, arm64); ` +
      `this is ${process.platform} ${process.arch} with Node.js ${process.versions.node}. ` +
      `On a Raspberry Pi, use the 64-bit Raspberry Pi OS; elsewhere install Node.js ${OLDEST_MAJOR} or newer.`,
  );
}

/**
 * The folder with `include/node`, to compile native packages against exactly the Node.js that will load them.
 *
 * @returns {string | undefined} None when the headers are not on this machine; nothing is ever fetched.
 */
export function headersFolder() {
  const folders = [
    join(root, 'node_modules', `node-${process.platform}-${process.arch}`),
    dirname(dirname(process.execPath)),
  ];
  return folders.find((folder) => existsSync(join(folder, 'include', 'node', 'node_version.h')));
}

const pinnedLink = join(root, 'node_modules', '.bin', 'node');
