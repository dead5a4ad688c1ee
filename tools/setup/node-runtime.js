import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root, SetupError } from './project.js';

/** The oldest Node.js that Tyto's own code runs on; the set-up itself runs on 20. */
const OLDEST_MAJOR = 24;

/**
 * The Node.js to run Tyto with: the pinned one, which `npm ci` brings for 64-bit Linux, or else the one that runs this.
 *
 * @returns {string | undefined} Path of the executable; none when the latter is too old.
 */
export function findNode() {
  if (existsSync(pinnedLink)) return pinnedLink;
  return Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR ? process.execPath : undefined;
}

/**
 * @returns {string} What {@link findNode} finds.
 * @throws {SetupError} When that is nothing.
 */
export function nodeToRun() {
  const node = findNode();
  if (node !== undefined) return node;
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
