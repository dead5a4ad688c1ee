/**
 * The demo camera beside the process that watches: a thread paints, for painting takes a processor's time, into memory
 * that both share. One frame at a time: it is painted over only when it has been read.
 */
import { Worker } from 'node:worker_threads';
import { DeviceError } from '../../core/errors.ts';
import { seconds } from '../../core/units.ts';
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

/** One that nobody takes frames of waits this long: all that stands still was painted first, which takes seconds. */
const RESTS_FOR = seconds(20);

/** Who takes frames, and hears once of a thread that dies. */
interface Taker { readonly take: TakeFrame; readonly fail: (error: Error) => void }

/** Starts painters, and keeps the last one for who comes soon for the same: a camera that is begun anew. */
export class Painters {
  #resting: { readonly key: string; readonly painter: Painter; readonly timer: NodeJS.Timeout } | undefined;

  /** Paints in time until what it returns is called. `fail` hears once of a thread that dies. */
  start(plan: PainterPlan, take: TakeFrame, fail: (error: Error) => void): () => void {
    const key = JSON.stringify(plan);
    const painter = this.#rested(key) ?? new Painter(plan);
    painter.serve({ take, fail });
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      painter.serve(undefined);
      if (painter.isDead) return;
      this.#rested(undefined);
      const timer = setTimeout(() => this.#rested(undefined), RESTS_FOR).unref();
      this.#resting = { key, painter, timer };
    };
  }

  /** Takes the one that rests, if it is of that kind; another one is ended. */
  #rested(key: string | undefined): Painter | undefined {
    const resting = this.#resting;
    this.#resting = undefined;
    clearTimeout(resting?.timer);
    if (resting === undefined || resting.painter.isDead) return undefined;
    if (resting.key === key) return resting.painter;
    resting.painter.end();
    return undefined;
  }
}

class Painter {
  readonly #worker: Worker;
  readonly #frame: Uint8Array;
  #taker: Taker | undefined;
  /** Of what was painted, and of what was taken. */
  #frames = { painted: 0, taken: 0 };
  isDead = false;

  constructor(plan: PainterPlan) {
    const memory = new SharedArrayBuffer(frameBytes(plan.size));
    this.#frame = new Uint8Array(memory);
    this.#worker = new Worker(entry, {
      workerData: { ...plan, memory } satisfies PainterData, name: 'demo', resourceLimits: SMALL,
    });
    const died = (cause: unknown): void => {
      const taker = this.isDead ? undefined : this.#taker;
      this.isDead = true;
      taker?.fail(new DeviceError('demo.painter', 'the demo camera\'s painter has ended', { cause }));
    };
    this.#worker.on('message', () => this.#painted());
    this.#worker.on('error', died);
    this.#worker.on('exit', (code) => died(new Error(`exit code ${code}`)));
  }

  /** From now on this one gets the frames; undefined: it rests, and keeps nobody from ending. */
  serve(taker: Taker | undefined): void {
    this.#taker = taker;
    if (taker === undefined) return this.#worker.unref();
    this.#worker.ref();
    this.#taken(this.#frames.painted); // what was left over is of some time ago
  }

  end(): void {
    this.isDead = true;
    void this.#worker.terminate();
  }

  #painted(): void {
    const number = ++this.#frames.painted;
    this.#taker?.take(this.#frame, () => this.#taken(number));
  }

  /** Whoever is late says it of a frame that was let go already. */
  #taken(number: number): void {
    if (number <= this.#frames.taken) return;
    this.#frames.taken = number;
    this.#worker.postMessage('taken', []);
  }
}
