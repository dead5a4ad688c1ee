import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { nodeToRun } from '../setup/node-runtime.js';
import { root } from '../setup/project.js';
import { inDoubt, NOTHING, withSecond } from './report.js';

/**
 * How many batches run at once: one more than there are cores, as tests of cameras and of whole programs wait most of
 * the time. More would make cameras miss pictures.
 */
const AT_ONCE = availableParallelism() + 1;

/**
 * A machine that others share may starve a browser or a server for seconds: what passes at the second try is listed,
 * not hidden.
 */
const TRIES_AGAIN = Boolean(process.env['CI']);

/** How long what a batch printed is waited for once its process has ended. */
const LAST_WORDS_MS = 2000;

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs mocha with `args` in the terminal of this process.
 *
 * @param {readonly string[]} args
 * @returns {Promise<import('./report.js').Report>}
 */
export function runInForeground(args) {
  return runMocha('mocha', [...(process.env['CI'] ? ['--forbid-only'] : []), ...args]);
}

/**
 * Runs batches, some at once. What each one prints is printed when it has ended: whole, so that no line of
 * one stands among those of another.
 *
 * In CI the files of which something failed are run once more when all have ended, in a new process and with the
 * machine to themselves: mocha tries a test again, but not a hook, nor what an error of a timer or the end of its
 * process kept from being run.
 *
 * @param {readonly import('./batches.js').Batch[]} batches Begun in this order.
 * @returns {Promise<readonly import('./report.js').Report[]>}
 */
export async function runAtOnce(batches) {
  const waiting = [...batches];
  /** @type {import('./report.js').Report[]} */
  const reports = [];
  /** @type {{ first: import('./report.js').Report, batch: import('./batches.js').Batch }[]} */
  const doubtful = [];
  let isStopped = false;
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    isStopped = true;
    waiting.length = 0;
    reports.push({ ...NOTHING, failures: [`all that had not ended at ${signal}`] });
  };
  const work = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      const first = await runBatch(batch);
      const files = TRIES_AGAIN ? inDoubt(first, batch.files) : [];
      if (files.length === 0) reports.push(first);
      else doubtful.push({ first, batch: { name: `${batch.name}, once more`, files } });
    }
  };
  process.setMaxListeners(2 * batches.length + process.getMaxListeners()); // each batch hears of signals
  for (const signal of SIGNALS) process.once(signal, stop);
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const { first, batch } of doubtful)
    reports.push(isStopped ? first : withSecond(first, await runBatch(batch)));
  for (const signal of SIGNALS) process.off(signal, stop);
  return reports;
}

/**
 * @param {import('./batches.js').Batch} batch
 * @returns {Promise<import('./report.js').Report>}
 */
async function runBatch({ name, files }) {
  const since = performance.now();
  process.stdout.write(`  ${name}: begun\n`);
  const colour = process.stdout.isTTY ? ['--color'] : [];
  let printed = '';
  // `.only` would hide all other tests of its batch, among thousands that are counted.
  const report = await runMocha(name, [...files, '--forbid-only', ...colour], (text) => { printed += text; });
  const seconds = Math.round((performance.now() - since) / 1000);
  const many = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  process.stdout.write(`\n  ${name}: ${many} in ${seconds} s\n${printed.trimEnd()}\n`);
  return report;
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {(text: string) => void} [onOutput] Gets what is printed; without it that goes to our terminal.
 * @returns {Promise<import('./report.js').Report>}
 */
async function runMocha(name, args, onOutput) {
  const folder = mkdtempSync(join(tmpdir(), 'tyto-test-'));
  const file = join(folder, 'report.json');
  try {
    const status = await statusOf([
      join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'),
      ...(TRIES_AGAIN ? ['--retries', '1'] : []),
      '--reporter', join(root, 'tools', 'tests', 'reporter.js'), '--reporter-option', `report=${file}`,
      ...args,
    ], onOutput);
    /** @type {import('./reporter.js').ProcessReport} */
    const { isDone, status: meant, report } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8'))
      : { isDone: false, status: 0, report: NOTHING };
    if (isDone && status === meant) return report;
    // A run that ends before its tests (a file that does not load) has failed, however little it counted.
    const when = isDone ? 'after its tests' : 'before its tests were done';
    return { ...report, failures: [...report.failures, `${name} ended with ${status} ${when} (see above)`] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {((text: string) => void) | undefined} onOutput
 * @returns {Promise<number | string>} The exit code, or the signal that ended it.
 */
async function statusOf(args, onOutput) {
  const child = spawn(nodeToRun(), args, {
    cwd: root, stdio: onOutput === undefined ? 'inherit' : ['ignore', 'pipe', 'pipe'], env: environment(),
  });
  if (onOutput !== undefined)
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onOutput);
  const stop = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
      // What a test started and forgot may hold the pipes for ever.
      child.once('exit', (code, signal) => setTimeout(() => {
        for (const stream of [child.stdout, child.stderr]) stream?.destroy();
        resolve(code ?? signal ?? 1);
      }, LAST_WORDS_MS).unref());
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** @returns {NodeJS.ProcessEnv} */
function environment() {
  const bin = join(root, 'node_modules', '.bin');
  return {
    ...process.env,
    // What tests start by name is what is installed here, the pinned Node.js first of all; mosquitto is in /usr/sbin,
    // which an ordinary user's PATH leaves out.
    PATH: [bin, process.env['PATH'] ?? '', '/usr/sbin'].join(delimiter),
    // Hundreds of programs are started from the same sources: where these are compiled once, a
    // start takes half of the processor.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(root, 'node_modules', '.cache', 'tyto-compiled'),
  };
}
