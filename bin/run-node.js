import { spawn } from 'node:child_process';
import { whenNpmIsGone } from './parent-watch.js';

/**
 * Runs Node.js in the foreground as if it stood in the place of this process: it has our terminal, gets our signals,
 * and its end is our end.
 *
 * A Ctrl-C reaches it from the terminal too, which tells the whole process group. That does no harm: to Tyto a second
 * signal says nothing new. And a signal to this process alone (a service manager, `kill`) would otherwise be lost.
 *
 * @param {string} node Path of the executable.
 * @param {readonly string[]} args
 * @returns {Promise<never>}
 */
export async function runNode(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  for (const signal of forwarded) process.once(signal, () => child.kill(signal)).on(signal, staysForItsEnd);
  whenNpmIsGone(() => child.kill('SIGTERM'));
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (...end) => resolve(end));
  });
  if (signal !== null) {
    for (const name of forwarded) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 1000)); // the signal is on its way
  }
  process.exit(code ?? 1);
}

/** @type {readonly NodeJS.Signals[]} */
const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function staysForItsEnd() {}
