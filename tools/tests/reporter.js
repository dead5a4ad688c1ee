/**
 * Mocha's dots, and what the tests came to as JSON in the file of reporter option `report`: `tools/tests/run.js` reads
 * it there. It is written anew after each file, for a process may end before its tests.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';

/** How long a process may live on after its last test. */
const GRACE_MS = 20_000;

/**
 * @typedef {object} Tally As `FileReport`, while it grows.
 * @property {number} passed
 * @property {string[]} failures
 * @property {string[]} skipped
 * @property {string[]} again
 * @property {number} ms
 * @property {number} left Tests that have not ended.
 */

/**
 * What one process came to.
 *
 * @typedef {object} ProcessReport
 * @property {boolean} isDone Its tests have ended.
 * @property {number} status The exit code that mocha means to end with.
 * @property {import('./report.js').Report} report
 */

export default class TestReporter extends Mocha.reporters.Dot {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions & { reporterOptions?: { report?: string } }} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const failures = [];
    const tallies = tallied(runner, failures);
    const { report } = options.reporterOptions ?? {};
    const tell = (/** @type {boolean} */ isDone) => {
      const files = Object.fromEntries(Object.entries(tallies).map(([file, { left, ...tally }]) =>
        [file, { ...tally, isDone: left === 0 }]));
      /** @type {ProcessReport} */
      const told = { isDone, status: Math.min(runner.failures, 255), report: { files, failures, again: [] } };
      if (report !== undefined) writeFileSync(report, JSON.stringify(told));
    };
    runner.on('suite end', (suite) => { if (suite.parent?.root === true) tell(false); });
    runner.once('end', () => {
      tell(true);
      setTimeout(() => {
        const open = `the tests have ended and left open: ${process.getActiveResourcesInfo().join(', ')}`;
        process.stdout.write(`  Failed: ${open}\n`);
        failures.push(open);
        tell(true);
        process.exit();
      }, GRACE_MS).unref();
    });
  }
}

/**
 * @param {Mocha.Runner} runner
 * @param {string[]} ofNoFile Gets what fails outside of all files.
 * @returns {Readonly<Record<string, Tally>>} By file, hooks and waiting included; it grows while tests run.
 */
function tallied(runner, ofNoFile) {
  /** @type {Record<string, Tally>} */
  const tallies = {};
  /** @param {{ file?: string | undefined }} what */
  const of = ({ file = '' }) =>
    tallies[relative(process.cwd(), file)] ??= { passed: 0, failures: [], skipped: [], again: [], ms: 0, left: 0 };
  runner.suite.eachTest((test) => { of(test).left++; });
  runner.on('pass', (test) => { of(test).passed++; });
  runner.on('pending', (test) => {
    if (test['currentRetry']() === 0) of(test).skipped.push(test.fullTitle());
    else of(test).failures.push(`${test.fullTitle()}: failed, and was skipped when tried again`);
  });
  runner.on('retry', (test, error) => { of(test).again.push(told(test, error)); });
  runner.on('fail', (test, error) => {
    (test.file === undefined ? ofNoFile : of(test).failures).push(told(test, error));
  });
  runner.on('test end', (test) => { of(test).left--; });
  let since = performance.now();
  /** @param {{ file?: string | undefined }} done */
  const charge = (done) => {
    if (done.file === undefined) return; // the suite around all files
    const now = performance.now();
    of(done).ms += now - since;
    since = now;
  };
  runner.on('hook end', charge);
  runner.on('test end', charge);
  runner.on('suite end', charge);
  return tallies;
}

/**
 * @param {Mocha.Runnable} test
 * @param {Error} error
 */
const told = (test, { message }) => `${test.fullTitle()}: ${message.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
