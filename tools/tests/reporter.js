/**
 * Mocha's dots, and what the tests came to as JSON in the file of reporter option `report`: `tools/tests/run.js` reads
 * it there.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

/** How long a process may live on after its last test. */
const GRACE_MS = 20_000;

export default class TestReporter extends Mocha.reporters.Dot {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions & { reporterOptions?: { report?: string } }} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const skipped = [];
    /** @type {string[]} */
    const again = [];
    /** @type {string[]} */
    const failures = [];
    const files = timeOfFiles(runner);
    const { report } = options.reporterOptions ?? {};
    const tell = () => {
      const told = { passed: runner.stats?.passes ?? 0, failed: failures.length, failures, skipped, again, files };
      if (report !== undefined) writeFileSync(report, JSON.stringify(told));
    };
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.on('retry', (test, error) =>
      again.push(`${test.fullTitle()}: ${error.message.replaceAll(/\s+/g, ' ').slice(0, 200)}`));
    runner.on('fail', (test) => failures.push(test.fullTitle()));
    runner.once('end', () => {
      tell();
      setTimeout(() => {
        const open = `the tests have ended and left open: ${process.getActiveResourcesInfo().join(', ')}`;
        process.stdout.write(`  Failed: ${open}\n`);
        failures.push(open);
        tell();
        process.exit();
      }, GRACE_MS).unref();
    });
  }
}

/**
 * @param {Mocha.Runner} runner
 * @returns {Readonly<Record<string, number>>} Milliseconds by file, hooks and waiting included;
 *   it grows while tests run.
 */
function timeOfFiles(runner) {
  /** @type {Record<string, number>} */
  const files = {};
  let since = performance.now();
  /** @param {{ file?: string | undefined }} done */
  const charge = ({ file }) => {
    if (file === undefined) return; // the suite around all files
    const now = performance.now();
    const name = relative(process.cwd(), file);
    files[name] = (files[name] ?? 0) + now - since;
    since = now;
  };
  runner.on('hook end', charge);
  runner.on('test end', charge);
  runner.on('suite end', charge);
  return files;
}
