import { spawn } from 'node:child_process';
import { DeviceError, describeError, isAbort, systemCode } from '../../core/errors.ts';
import { inSeconds, seconds, type Millis } from '../../core/units.ts';
import { tail } from '../../media/run-tool.ts';

export type Answer =
  /** What it printed, on both outputs, whatever its exit code. */
  | { readonly type: 'said'; readonly text: string }
  /** It is not installed. */
  | { readonly type: 'missing' }
  /** It hung, was ended from outside, or could not be started: nothing is known of what it was asked. */
  | { readonly type: 'silent'; readonly why: string };

export interface AskOptions {
  readonly signal: AbortSignal;
  /** It is killed when it has not ended after this long. */
  readonly within?: Millis;
}

/** A listing is some hundred lines at most. */
const MOST_PRINTED = 1024 * 1024;

/** Asks a program of the system about a camera. @throws {unknown} What `signal` is aborted with. */
export async function askProgram(
  command: string, args: readonly string[], { signal, within = seconds(10) }: AskOptions,
): Promise<Answer> {
  signal.throwIfAborted();
  // In a session of its own: Ctrl-C is for us, and not an answer of the camera.
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'], detached: true, signal, killSignal: 'SIGKILL',
  });
  const [printed, complained] = [tail(child.stdout, MOST_PRINTED), tail(child.stderr, MOST_PRINTED)];
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const silent = (why: string): void => resolve({ type: 'silent', why: `${command} ${why}` });
      // It is not waited for: a driver that hangs keeps even what is killed.
      timer = setTimeout(() => {
        child.kill('SIGKILL');
        silent(`gave no answer within ${inSeconds(within)} s`);
      }, within);
      child.once('error', (error) => {
        if (isAbort(error, signal)) reject(signal.reason as Error);
        else if (systemCode(error) === 'ENOENT') resolve({ type: 'missing' });
        else silent(`cannot be started: ${describeError(error)}`);
      });
      child.once('close', (_, killedBy) => {
        if (killedBy === null) resolve({ type: 'said', text: `${printed()}\n${complained()}` });
        else silent(`was ended from outside (${killedBy})`);
      });
    });
  } finally {
    clearTimeout(timer);
  }
}

/** For a camera of which a program could tell nothing. */
export const unanswered = (label: string, why: string): DeviceError => new DeviceError(
  'camera.timeout', `${label} does not answer (${why}); connect it anew, or start the machine anew`,
);
