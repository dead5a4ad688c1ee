/**
 * The demo camera as a program of its own: painting takes a processor's time, which must not be taken from the process
 * that watches. The camera's ffmpeg reads its standard output.
 */
import { createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { ConfigError, describeError } from '../../core/errors.ts';
import { millis, type Millis } from '../../core/units.ts';
import { systemClock } from '../../runtime/clock.ts';
import { shutdownSignal } from '../../runtime/shutdown.ts';
import { writeFrames } from './frames.ts';
import { parseOptions, usage, type DemoOptions } from './options.ts';
import { DemoPainter } from './paint.ts';
import { TruthLines } from './truth-lines.ts';

const print = (line: string): void => { process.stderr.write(`${line}\n`); };

async function run({ size, framesPerSecond, duration, pace, truth }: DemoOptions): Promise<void> {
  const signal = shutdownSignal();
  const out = standardOutput();
  // `writeFrames` hears of it from the write itself.
  out.on('error', () => {});
  const lines = new TruthLines(truth ? print : () => {});
  let until = millis(0);
  const onFrame = (at: Millis): void => {
    until = millis(at + 1000 / framesPerSecond);
    lines.reached(at);
  };
  const painter = new DemoPainter(size);
  await writeFrames(out, { painter, framesPerSecond, duration, pace, onFrame }, systemClock, signal);
  lines.ended(until);
  // A reader that does not read must not keep us.
  out.destroy();
}

/**
 * Standard output as a stream that never blocks us: Node's own writes to pipes synchronously, and nobody would hear a
 * SIGTERM while the reader is slow.
 */
function standardOutput(): Writable {
  if (process.stdout.isTTY) {
    throw new ConfigError('demo.terminal', 'Standard output: expected a pipe or a file, got a terminal. See --help.');
  }
  const kind = fstatSync(1);
  if (!kind.isFIFO() && !kind.isSocket()) return createWriteStream('', { fd: 1 });
  return new Socket({ fd: 1, readable: false, writable: true });
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(`${usage}\n`);
  else await run(options);
}

try {
  await main();
} catch (error) {
  print(error instanceof ConfigError ? error.message : `The demo camera failed: ${describeError(error)}`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
