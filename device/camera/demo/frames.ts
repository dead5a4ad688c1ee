/** Writes painted frames to a stream: in time with a clock, or as fast as the reader takes them. */
import type { Writable } from 'node:stream';
import { DeviceError, isAbort, systemCode } from '../../core/errors.ts';
import { millis, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import { frameBytes } from './frame/planes.ts';
import type { DemoPainter } from './paint.ts';
import { sceneAt } from './scene.ts';

export interface FrameRun {
  readonly painter: DemoPainter;
  readonly framesPerSecond: number;
  /** How fast the scene's time runs; 1, as ours, when absent. */
  readonly speed?: number;
  /** Where each frame is painted; made when absent. */
  readonly frame?: Uint8Array;
  /** The scene's time at which to stop; undefined for never. */
  readonly duration: Millis | undefined;
  /** `realtime` leaves frames out when the reader is slow; `fast` waits for the reader and leaves none out. */
  readonly pace: 'realtime' | 'fast';
  /** Called when the reader has taken the frame that shows the scene at `at`. */
  readonly onFrame?: (at: Millis) => void;
}

export interface FrameCount { readonly written: number; readonly skipped: number }

/**
 * Writes frame `n`, which shows the scene at `n * speed / framesPerSecond` seconds, for n = 0, 1, 2 and so on, until
 * the duration is over, `signal` aborts or the reader goes away. Never does more than one frame wait in `out`. `out` is
 * not ended; its `error` events are the caller's to listen to.
 * @throws {DeviceError} `demo.output` when the reader fails otherwise than by going away.
 */
export async function writeFrames(
  out: Writable, run: FrameRun, clock: Clock, signal: AbortSignal,
): Promise<FrameCount> {
  const { painter, speed = 1, frame = new Uint8Array(frameBytes(painter.size)) } = run;
  const dueAt = (number: number): Millis => millis((number * 1000) / run.framesPerSecond);
  const timeOf = (number: number): Millis => millis(dueAt(number) * speed);
  let startedAt: Millis | undefined;
  let [number, written] = [0, 0];
  while (run.duration === undefined || timeOf(number) < run.duration) {
    painter.paint(sceneAt(timeOf(number)), frame);
    // The clock starts with the first frame ready: all that stands still is painted with it.
    startedAt ??= clock.monotonic();
    const early = startedAt + dueAt(number) - clock.monotonic();
    if (run.pace === 'realtime' && !await waited(early, clock, signal)) break;
    if (!await taken(out, frame, signal)) break;
    written++;
    run.onFrame?.(timeOf(number));
    const due = run.pace === 'fast' ? 0 : Math.floor(((clock.monotonic() - startedAt) * run.framesPerSecond) / 1000);
    number = Math.max(number + 1, due);
  }
  return { written, skipped: number - written };
}

/** False when `signal` aborted meanwhile. */
async function waited(duration: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  try {
    if (duration > 0) await clock.wait(millis(duration), signal);
    return !signal.aborted;
  } catch (error) {
    if (isAbort(error, signal)) return false;
    throw error;
  }
}

/** Resolves when the reader has taken all of `frame`: false when it has gone or `signal` aborted first. */
function taken(out: Writable, frame: Uint8Array, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted || out.destroyed) return resolve(false);
    const stop = (): void => { resolve(false); };
    signal.addEventListener('abort', stop, { once: true });
    out.write(frame, (error) => {
      signal.removeEventListener('abort', stop);
      if (error === null || error === undefined) resolve(true);
      else if (readerIsGone(error)) resolve(false);
      else reject(new DeviceError('demo.output', 'the demo camera could not hand on a frame', { cause: error }));
    });
  });
}

const readerIsGone = (error: Error): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(systemCode(error) ?? '');
