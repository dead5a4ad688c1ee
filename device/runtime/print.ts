/** Standard output, for commands: what is printed there has been written, or the command fails. */
import { fstatSync, writeSync } from 'node:fs';
import { DeviceError, systemCode } from '../core/errors.ts';
import { EXIT } from './role.ts';

const STDOUT = 1;

/**
 * Writes all of `data`. Into a file that is done when it returns: Node.js does not tell what a full disk did not take.
 * @throws {DeviceError} `output.failed` when it cannot be written.
 */
export function print(data: string | Uint8Array): void {
  if (!goesIntoFile()) return void process.stdout.write(data);
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  try {
    for (let written = 0; written < bytes.byteLength;) written += writeSync(STDOUT, bytes, written);
  } catch (cause) {
    throw new DeviceError('output.failed', 'not all could be written to standard output', { cause });
  }
}

/** Ends the process in peace when whoever read its output has read enough, as `head` does. */
export function endWithReader(): void {
  process.stdout.on('error', (error) => { if (systemCode(error) === 'EPIPE') process.exit(EXIT.ok); });
}

/** A terminal, a pipe and a socket tell by themselves; `/dev/full` is like a file. */
function goesIntoFile(): boolean {
  const facts = fstatSync(STDOUT);
  return facts.isFile() || (facts.isCharacterDevice() && !process.stdout.isTTY);
}
