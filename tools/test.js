/**
 * `npm test`: everything from a fresh clone to the line `N passed, N failed`. Arguments after `--` go to mocha: file
 * names stand in the place of all tests, `--grep words` chooses by title; one process runs what they name. Without any,
 * all tests run in batches of `tools/tests/batches.js`, several at once.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './setup/build.js';
import { ensureDebianPackages, testPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { command, root } from './setup/project.js';
import { batches, testFiles } from './tests/batches.js';
import { NOTHING, printReport, sum } from './tests/report.js';
import { runAtOnce, runInForeground } from './tests/run.js';

await command(async () => {
  try {
    ensureDebianPackages(testPackages);
    ensureInstalled('test');
    ensureBuilt();
  } catch (error) {
    process.once('exit', () => printReport({ ...NOTHING, failed: 1 }));
    throw error;
  }
  const report = await runTests(process.argv.slice(2));
  printReport(report);
  process.exitCode = report.failed === 0 ? 0 : 1;
});

/**
 * @param {readonly string[]} args
 * @returns {Promise<import('./tests/report.js').Report>}
 */
async function runTests(args) {
  if (args.length === 0) return sum(await runAtOnce(batches(testFiles(root))));
  const namesFiles = args.some((arg) => arg.endsWith('.ts') || (!arg.startsWith('-') && existsSync(join(root, arg))));
  return runInForeground([...(namesFiles ? [] : testFiles(root)), ...args]);
}
