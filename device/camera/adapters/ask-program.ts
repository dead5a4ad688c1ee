import { execFile } from 'node:child_process';
import { seconds } from '../../core/units.ts';

type Answer = Promise<string | undefined>;

/** What `command` prints, on both outputs, whatever its exit code; undefined when it is not installed or hangs. */
export const askProgram = (command: string, args: readonly string[], signal: AbortSignal): Answer =>
  new Promise((resolve) => {
    execFile(command, [...args], { timeout: seconds(10), maxBuffer: 1024 * 1024, signal }, (error, stdout, stderr) => {
      const ran = error === null || typeof error.code === 'number';
      resolve(ran ? `${stdout}\n${stderr}` : undefined);
    });
  });
