import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';

/** Long enough for a type check on a slow machine that does much else. */
const PATIENCE_MS = 300_000;

/**
 * Runs a tool of `node_modules` at the project's root and fails with what it prints when it finds fault.
 *
 * @param script - Path of the tool's script below `node_modules`.
 */
export function runCheck(script: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [`node_modules/${script}`, ...args], {
      timeout: PATIENCE_MS,
    }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      reject(new assert.AssertionError({ message: `${script} ${args.join(' ')}\n${stdout}${stderr}` }));
    });
  });
}
