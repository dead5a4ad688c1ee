/**
 * Mocha's dots, then every test that was skipped or passed only at its second try, and the counts as JSON in the file of
 * reporter option `tally`: `tools/test.js` reads them there, for the line that a run ends with.
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** How long a process may live on after its last test. */
const GRACE_MS = 20_000;

export default class TestReporter extends Mocha.reporters.Dot {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions & { reporterOptions?: { tally?: string } }} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const skipped = [];
    /** @type {string[]} */
    const again = [];
    const { tally } = options.reporterOptions ?? {};
    /** @param {number} failed */
    const report = (failed) => {
      const counts = { passed: runner.stats?.passes ?? 0, failed, skipped: skipped.length };
      if (tally !== undefined) writeFileSync(tally, JSON.stringify(counts));
    };
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.on('retry', (test, error) => again.push(`${test.fullTitle()}: ${error.message.replaceAll(/\s+/g, ' ').slice(0, 200)}`));
    runner.once('end', () => {
      const failures = runner.stats?.failures ?? 0;
      list('Failed at first, tried once more', again);
      list('Skipped', skipped);
      report(failures);
      setTimeout(() => {
        process.stdout.write(`  Failed: the tests have ended and left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
        report(failures + 1);
        process.exit();
      }, GRACE_MS).unref();
    });
  }
}

/**
 * @param {string} heading
 * @param {readonly string[]} lines
 */
function list(heading, lines) {
  if (lines.length > 0) process.stdout.write(`  ${heading}:\n${lines.map((line) => `    - ${line}\n`).join('')}\n`);
}
