/**
 * `npm test`: everything from a fresh clone to the line `N passed, N failed`. Arguments after `--` go to mocha: file
 * names stand in the place of all tests, `--grep words` chooses by title.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensureBuilt } from './setup/build.js';
import { ensureDebianPackages, testPackages } from './setup/debian.js';
import { ensureInstalled } from './setup/install.js';
import { nodeToRun } from './setup/node-runtime.js';
import { command, root } from './setup/project.js';

/** Where tests stand. */
const specs = ['tools', 'device', 'fleet', 'test'].map((folder) => `${folder}/**/*.test.ts`);

await command(() => {
  try {
    ensureDebianPackages(testPackages);
    ensureInstalled('test');
    ensureBuilt();
  } catch (error) {
    process.once('exit', () => printTally({ passed: 0, failed: 1, skipped: 0 }));
    throw error;
  }
  process.exitCode = runTests(process.argv.slice(2));
});

/**
 * @param {readonly string[]} args
 * @returns {number} The exit code.
 */
function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'tyto-test-'));
  const tally = join(folder, 'tally.json');
  try {
    const status = runMocha([...args, '--reporter-option', `tally=${tally}`]);
    const counted = existsSync(tally);
    // A run that ends before its tests (a file that does not load) has failed, however little it counted.
    const { passed, failed, skipped } = counted ? JSON.parse(readFileSync(tally, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };
    const shown = Math.max(failed, status === 0 ? 0 : 1);
    printTally({ passed, failed: shown, skipped });
    return shown === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
function printTally({ passed, failed, skipped }) {
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
}

/**
 * @param {readonly string[]} args
 * @returns {number}
 */
function runMocha(args) {
  const namesFiles = args.some((arg) => arg.endsWith('.ts') || (!arg.startsWith('-') && existsSync(join(root, arg))));
  const options = [
    ...(namesFiles ? [] : specs),
    // A machine that others share may starve a browser or a server for seconds: what passes at the second try is listed, not hidden.
    ...(process.env['CI'] ? ['--forbid-only', '--retries', '1'] : []),
    '--reporter', join(root, 'tools', 'test-reporter.js'),
  ];
  const bin = join(root, 'node_modules', '.bin');
  return spawnSync(nodeToRun(), [join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), ...options, ...args], {
    cwd: root,
    stdio: 'inherit',
    // What tests start by name is what is installed here, the pinned Node.js first of all; mosquitto is in /usr/sbin,
    // which an ordinary user's PATH leaves out.
    env: { ...process.env, PATH: [bin, process.env['PATH'] ?? '', '/usr/sbin'].join(delimiter) },
  }).status ?? 1;
}
