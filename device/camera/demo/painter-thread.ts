/**
 * The demo camera beside the process that watches: a thread paints, for painting takes a processor's time, into memory
 * that both share. One frame at a time: it is painted over only when it has been read.
 */
import { Worker } from 'node:worker_threads';
import { DeviceError } from '../../core/errors.ts';
import type { Size } from '../../core/geometry.ts';
import { frameBytes } from './frame/planes.ts';

/** What the thread is told when it starts. */
export interface PainterPlan {
  readonly size: Size;
  readonly framesPerSecond: number;
  /** How fast the scene's time runs: 1 as ours. */
  readonly speed: number;
}
export interface PainterData extends PainterPlan { readonly memory: SharedArrayBuffer }

/** Takes a frame, and calls `taken` when its memory may be painted over. */
export type TakeFrame = (frame: Uint8Array, taken: () => void) => void;

/**
 * The painter's tables are no part of its heap: what lives there is some MB. Without bounds, what is thrown away piles
 * up.
 */
const SMALL = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 2 };
const entry = new URL(`./painter-entry.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/** Paints in time until what it returns is called. `fail` hears once of a thread that dies. */
export function startPainter(plan: PainterPlan, take: TakeFrame, fail: (error: Error) => void): () => void {
  const memory = new SharedArrayBuffer(frameBytes(plan.size));
  const frame = new Uint8Array(memory);
  let stopped = false;
  const worker = new Worker(entry, {
    workerData: { ...plan, memory } satisfies PainterData, name: 'demo', resourceLimits: SMALL,
  });
  const died = (cause: unknown): void => {
    if (!stopped) fail(new DeviceError('demo.painter', 'the demo camera\'s painter has ended', { cause }));
    stopped = true;
  };
  worker.on('message', () => take(frame, () => worker.postMessage('taken', [])));
  worker.on('error', died);
  worker.on('exit', (code) => died(new Error(`exit code ${code}`)));
  return () => {
    stopped = true;
    void worker.terminate();
  };
}
