import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { pipeline } from 'node:stream/promises';
import { DeviceError, systemCode } from '../core/errors.ts';
import { seconds, type Millis } from '../core/units.ts';
import { bareEnvironment } from '../runtime/child-environment.ts';
import { processorTimeOf } from './processor-time.ts';

export interface ToolRun {
  readonly tool: 'ffmpeg' | 'ffprobe';
  readonly args: readonly string[];
  /** What stands in front of the tool, to take rights from it. */
  readonly confinement?: readonly string[];
  /**
   * Fed to standard input; without it the tool has none. What comes piece by piece ends where
   * it throws: whoever gives it knows.
   */
  readonly input?: Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * The tool is killed after this, which may be for want of a processor: it says nothing of the input. Default 60 s.
   */
  readonly timeout?: Millis;
  /**
   * The tool is killed once it has worked for this long (looked at ten times in it, at most every second; on Linux): so
   * much the input takes, however busy the machine is. Default: no limit.
   */
  readonly processorTime?: Millis;
  /** The tool is killed when it prints more than this to standard output. Default 16 MiB. */
  readonly maxOutputBytes?: number;
  /** It waits for whatever else wants the processor. */
  readonly lowPriority?: boolean;
  readonly signal?: AbortSignal;
}

export interface ToolResult {
  readonly exitCode: number;
  readonly output: Buffer;
  /** The last lines that the tool complained with. */
  readonly complaint: string;
}

/** What a tool does to itself over its input: everything else that ends it comes from outside. */
const CRASHES: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGTRAP', 'SIGSYS',
]);
/** ffmpeg's own, when a signal made it finish early in good order. */
const FFMPEG_WAS_TOLD_TO_STOP = 255;

/**
 * Runs ffmpeg or ffprobe to its end, bounded in time and output. A tool that finds fault exits with a code, or
 * crashes over what it was given: that is a result, not an error. One that somebody ended, the system for want of
 * memory or Ctrl-C at a terminal, has not said anything. It reads what strangers sent, and is told nothing of our
 * environment, where passwords may stand.
 *
 * @throws {DeviceError} `media.tool-missing` when it is not installed, `media.tool-timeout`, `media.tool-processor`,
 *   `media.tool-output`, `media.tool-killed`.
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  const { tool, args, timeout = seconds(60), maxOutputBytes = 16 * 1024 * 1024 } = run;
  const [program = tool, ...rest] = [...run.confinement ?? [], tool, ...args];
  const child = spawn(program, rest, {
    stdio: [run.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    killSignal: 'SIGKILL',
    env: bareEnvironment(),
  });
  if (run.lowPriority === true && child.pid !== undefined) lower(child.pid);
  let fault: DeviceError | undefined;
  const kill = (error: DeviceError): void => { fault ??= error; child.kill('SIGKILL'); };
  const timer = setTimeout(() =>
    kill(new DeviceError('media.tool-timeout', `${tool} did not finish within ${timeout / 1000} s`)), timeout);
  const stopMeasuring = measure(child.pid, run.processorTime, (limit) =>
    kill(new DeviceError('media.tool-processor', `${tool} needs more than ${limit / 1000} s of processor time`)));
  const output = collect(child.stdout, maxOutputBytes, () =>
    kill(new DeviceError('media.tool-output', `${tool} printed more than ${maxOutputBytes} bytes`)));
  const complaint = tail(child.stderr);
  child.stdin?.on('error', () => {}); // the tool may close its input early: its exit code tells
  if (run.input === undefined || run.input instanceof Uint8Array) child.stdin?.end(run.input);
  else if (child.stdin !== null) void pipeline(run.input, child.stdin).catch(() => {});
  try {
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => reject(spawnError(tool, cause)));
      child.once('close', (code, signal) => {
        if (endedFromOutside(tool, code, signal))
          fault ??= new DeviceError('media.tool-killed', `${tool} was ended from outside (${signal ?? 'a signal'})`);
        resolve(code ?? -1);
      });
    });
    if (fault !== undefined) throw fault;
    return { exitCode, output: output(), complaint: complaint() };
  } finally {
    clearTimeout(timer);
    stopMeasuring();
  }
}

function lower(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch { /* it has ended already */ }
}

const endedFromOutside = (tool: ToolRun['tool'], code: number | null, signal: NodeJS.Signals | null): boolean =>
  (signal === null ? tool === 'ffmpeg' && code === FFMPEG_WAS_TOLD_TO_STOP : !CRASHES.has(signal));

/** Calls `onExcess` when `pid` has worked for longer than `limit`. @returns What ends the measuring. */
function measure(pid: number | undefined, limit: Millis | undefined, onExcess: (limit: Millis) => void): () => void {
  if (pid === undefined || limit === undefined) return () => {};
  const every = Math.max(10, Math.min(1000, limit / 10));
  const timer = setInterval(() => { if ((processorTimeOf(pid) ?? 0) > limit) onExcess(limit); }, every);
  return () => clearInterval(timer);
}

/** What starting `tool` failed with, in words that say what to do. */
export function spawnError(tool: string, cause: Error): Error {
  if (systemCode(cause) !== 'ENOENT') return cause;
  return new DeviceError(
    'media.tool-missing', `${tool} is not installed; type: sudo apt-get install ffmpeg`, { cause },
  );
}

/** Keeps the last `limit` characters of a stream; call the result for what is held. */
export function tail(stream: NodeJS.ReadableStream | null, limit = 2000): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => { text = (text + chunk.toString('utf8')).slice(-limit); });
  return () => text.trim();
}

function collect(stream: NodeJS.ReadableStream | null, limit: number, onExcess: () => void): () => Buffer {
  const chunks: Buffer[] = [];
  let held = 0;
  stream?.on('data', (chunk: Buffer) => {
    held += chunk.byteLength;
    if (held > limit) onExcess();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks);
}
