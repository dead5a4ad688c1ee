/**
 * What one file of tests came to.
 *
 * @typedef {object} FileReport
 * @property {number} passed
 * @property {readonly string[]} failures Title and reason of each.
 * @property {readonly string[]} skipped Titles.
 * @property {readonly string[]} again Title and reason of what failed at first and was tried once more.
 * @property {number} ms Hooks and waiting included.
 * @property {boolean} isDone Each of its tests has ended, or was skipped.
 */

/**
 * What a run of tests, or a part of it, came to.
 *
 * @typedef {object} Report
 * @property {Readonly<Record<string, FileReport>>} files By path.
 * @property {readonly string[]} failures What failed and is of no file, as the end of a process before its tests.
 * @property {readonly string[]} again The same, of what was run once more.
 */

/** @type {Report} */
export const NOTHING = { files: {}, failures: [], again: [] };

/** How many of the slowest files are named. */
const SLOWEST = 12;

/**
 * @param {readonly Report[]} parts Of different files.
 * @returns {Report}
 */
export function sum(parts) {
  return {
    files: Object.assign({}, ...parts.map(({ files }) => files)),
    failures: parts.flatMap(({ failures }) => failures),
    again: parts.flatMap(({ again }) => again),
  };
}

/**
 * Which files a second run has to show to be good: those in which something failed, and those that were not reached.
 * All, as soon as anything failed that is of no file: each of them may be its cause.
 *
 * @param {Report} report
 * @param {readonly string[]} files Those of the run.
 * @returns {readonly string[]}
 */
export function inDoubt({ files: reports, failures }, files) {
  if (failures.length > 0) return files;
  return files.filter((file) => reports[file]?.isDone !== true || reports[file].failures.length > 0);
}

/**
 * @param {Report} first
 * @param {Report} second Of files of the first that were run once more: it stands in their place.
 * @returns {Report} In which nothing that failed at first is left out.
 */
export function withSecond(first, second) {
  const files = Object.entries(second.files).map(([file, report]) => [file, fileWithSecond(first.files[file], report)]);
  return {
    files: { ...first.files, ...Object.fromEntries(files) },
    failures: second.failures,
    again: [...first.again, ...first.failures, ...second.again],
  };
}

/**
 * @param {FileReport | undefined} first
 * @param {FileReport} second
 * @returns {FileReport} Failed too where it failed at first and then skipped more: what is skipped is not shown good.
 */
function fileWithSecond(first, second) {
  if (first === undefined) return second;
  const isEvaded = second.skipped.some((title) => !first.skipped.includes(title));
  return {
    ...second,
    failures: [...isEvaded ? first.failures : [], ...second.failures],
    again: [...first.again, ...first.failures, ...second.again],
  };
}

/** @param {Report} report */
export function failuresIn({ files, failures }) {
  return [...failures, ...Object.values(files).flatMap((file) => file.failures)];
}

/**
 * Prints where the time went, what is to be known of a run, and the counts as its last line.
 *
 * @param {Report} report
 */
export function printReport(report) {
  const files = Object.values(report.files);
  const skipped = files.flatMap((file) => file.skipped);
  const failures = failuresIn(report);
  const slowest = Object.entries(report.files).sort(([, one], [, other]) => other.ms - one.ms).slice(0, SLOWEST);
  printList('Slowest files', slowest.map(([file, { ms }]) => `${(ms / 1000).toFixed(1)} s  ${file}`));
  printList('Failed at first, tried once more', [...report.again, ...files.flatMap((file) => file.again)]);
  printList('Skipped', skipped);
  printList('Failed', failures);
  const left = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  const second = new Set([
    ...report.failures.length === 0 ? report.again : [],
    ...files.flatMap((file) => file.failures.length === 0 ? file.again : []),
  ]).size;
  const atSecond = second > 0 ? `, ${second} at the second try` : '';
  const passed = files.reduce((total, file) => total + file.passed, 0);
  process.stdout.write(`${passed} passed, ${failures.length} failed${left}${atSecond}\n`);
}

/**
 * @param {string} heading
 * @param {readonly string[]} lines
 */
function printList(heading, lines) {
  if (lines.length > 0) process.stdout.write(`  ${heading}:\n${lines.map((line) => `    - ${line}\n`).join('')}\n`);
}
