import { join, relative } from 'node:path';
import { filesBelow } from '../setup/fingerprint.js';

/**
 * Test files that one process runs, one after another.
 *
 * @typedef {object} Batch
 * @property {string} name
 * @property {readonly string[]} files Paths below the project's root.
 */

/** Folders with tests. */
const FOLDERS = ['tools', 'device', 'fleet', 'test'];

/**
 * What goes together: rooms that use the same server (it is started once a process), or so few tests that a process of
 * their own would not pay. Those that wait most stand first, so that the others work meanwhile: whole programs and
 * cameras, which live in real time.
 */
const PARTS = [
  ['test/e2e/'],
  ['device/camera/'],
  ['fleet/'],
  ['device/vision/'],
  ['device/web/', 'test/web/'],
  ['device/uploader/', 'device/landing/', 'device/vault/'],
  ['device/recorder/', 'device/archive/', 'device/media/', 'device/live/', 'device/evidence/'],
  ['device/watch/', 'device/bus/', 'device/outputs/'],
  ['test/', 'tools/'],
];

/**
 * @param {string} root Folder of the project.
 * @returns {string[]} Every test file, relative to it.
 */
export function testFiles(root) {
  return FOLDERS.flatMap((folder) => filesBelow(join(root, folder)))
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => relative(root, path));
}

/**
 * Every file is in one batch: that of the first part that it belongs to, or else the last, of the rest.
 *
 * @param {readonly string[]} files Relative paths.
 * @returns {Batch[]} In the order in which to begin them; none is empty.
 */
export function batches(files) {
  /** @type {Map<number, string[]>} */
  const parts = new Map();
  for (const file of files) {
    const part = PARTS.findIndex((folders) => folders.some((folder) => file.startsWith(folder)));
    const index = part === -1 ? PARTS.length : part;
    parts.set(index, [...(parts.get(index) ?? []), file]);
  }
  return [...parts]
    .sort(([one], [other]) => one - other)
    .map(([index, inPart]) =>
      ({ name: PARTS[index]?.map((folder) => folder.slice(0, -1)).join(', ') ?? 'the rest', files: inPart }));
}
