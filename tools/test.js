/**
 * `npm test`: everything from a fresh clone to the line `N passed, N failed`. Arguments after `--` go to mocha: files
 * and folders stand in the place of all tests, `--grep words` chooses by title; one process runs what they name.
 * Without any, all tests run in batches of `tools/tests/batches.js`, several at once.
 */
import { ensureBuilt } from './setup/build.js';
import { ensureDebianPackages, testPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { command, root } from './setup/project.js';
import { batches, testFiles } from './tests/batches.js';
import { chosen } from './tests/choice.js';
import { failuresIn, NOTHING, printReport, sum } from './tests/report.js';
import { runAtOnce, runInForeground } from './tests/run.js';

await command(async () => {
  try {
    ensureDebianPackages(testPackages);
    ensureInstalled('test');
    ensureBuilt();
  } catch (error) {
    const failures = ['what the tests need could not be set up (see above)'];
    process.once('exit', () => printReport({ ...NOTHING, failures }));
    throw error;
  }
  const report = await runTests(process.argv.slice(2));
  printReport(report);
  process.exitCode = failuresIn(report).length === 0 ? 0 : 1;
});

/**
 * @param {readonly string[]} args
 * @returns {Promise<import('./tests/report.js').Report>}
 */
async function runTests(args) {
  if (args.length === 0) return sum(await runAtOnce(batches(testFiles(root))));
  return runInForeground(chosen(args, root));
}
