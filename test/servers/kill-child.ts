import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends `child` in the midst of whatever it does, as a power cut would. Resolves when it is gone; it may be already. */
export async function killChild(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref(); // or nothing would be left to wait for
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
