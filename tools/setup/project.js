/**
 * Where the project is, and how its set-up speaks: one line on standard error for each thing that it does.
 *
 * Everything in `tools/` is plain JavaScript without dependencies, and runs on Node 20: it is what runs before
 * anything is installed.
 */
import { fileURLToPath } from 'node:url';

/** The project's root folder, absolute. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What stops the set-up and is for the user to act upon: its message is all that is shown. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError';
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`tyto: ${line}\n`);
}

/**
 * Runs the steps of a command; a {@link SetupError} ends the process with its message and exit code 1.
 *
 * @param {() => void | Promise<void>} steps
 */
export async function command(steps) {
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}
