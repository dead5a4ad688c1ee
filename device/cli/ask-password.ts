import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** The password of the page: from a terminal without showing it; otherwise the first line of standard input. */
export async function askPassword(signal: AbortSignal): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) process.stderr.write('Password of the page: ');
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({
    input: isTerminal ? process.stdin : createReadStream('', { fd: 0, autoClose: false }), output: silence,
    terminal: isTerminal,
  });
  try {
    for await (const line of lines) {
      signal.throwIfAborted();
      return line;
    }
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
