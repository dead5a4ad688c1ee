/**
 * Mocha's dots, then every test that was skipped, and the counts as JSON in the file of reporter option `tally`:
 * `tools/test.js` reads them there, for the line that a run ends with.
 */
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class TestReporter extends Mocha.reporters.Dot {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions & { reporterOptions?: { tally?: string } }} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {string[]} */
    const skipped = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.once('end', () => {
      if (skipped.length > 0) process.stdout.write(`  Skipped:\n${skipped.map((title) => `    - ${title}\n`).join('')}\n`);
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      const { tally } = options.reporterOptions ?? {};
      if (tally !== undefined) writeFileSync(tally, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
