/**
 * What a run of tests, or a part of it, came to.
 *
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {readonly string[]} failures Their titles, as far as they are known.
 * @property {readonly string[]} skipped Titles.
 * @property {readonly string[]} again Titles of what failed at first and was tried once more, each with why.
 * @property {Readonly<Record<string, number>>} files Milliseconds of each file, waiting included.
 */

/** @type {Report} */
export const NOTHING = { passed: 0, failed: 0, failures: [], skipped: [], again: [], files: {} };

/** How many of the slowest files are named. */
const SLOWEST = 12;

/**
 * @param {readonly Report[]} parts
 * @returns {Report}
 */
export function sum(parts) {
  return {
    passed: parts.reduce((total, { passed }) => total + passed, 0),
    failed: parts.reduce((total, { failed }) => total + failed, 0),
    failures: parts.flatMap(({ failures }) => failures),
    skipped: parts.flatMap(({ skipped }) => skipped),
    again: parts.flatMap(({ again }) => again),
    files: Object.assign({}, ...parts.map(({ files }) => files)),
  };
}

/**
 * Prints where the time went, what is to be known of a run, and the counts as its last line.
 *
 * @param {Report} report
 */
export function printReport({ passed, failed, failures, skipped, again, files }) {
  const slowest = Object.entries(files).sort(([, one], [, other]) => other - one).slice(0, SLOWEST);
  printList('Slowest files', slowest.map(([file, ms]) => `${(ms / 1000).toFixed(1)} s  ${file}`));
  printList('Failed at first, tried once more', again);
  printList('Skipped', skipped);
  printList('Failed', failures);
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  process.stdout.write(`${passed} passed, ${failed} failed${left}\n`);
}

/**
 * @param {string} heading
 * @param {readonly string[]} lines
 */
function printList(heading, lines) {
  if (lines.length > 0) process.stdout.write(`  ${heading}:\n${lines.map((line) => `    - ${line}\n`).join('')}\n`);
}
