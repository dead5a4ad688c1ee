/** Measures how hard it is to keep up: the event loop, vision, the stream, the machine. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readFile } from 'node:fs/promises';
import { millis, type Millis } from '../core/units.ts';
import type { LoadMeasures } from './load-ladder.ts';

export interface LoadSources {
  /** Counters since the start, and what one look takes. */
  readonly vision: () => {
    readonly framesAnalysed: number;
    readonly framesDropped: number;
    readonly millisPerFrame: number | undefined;
  };
  /** Time between two frames that are to be looked at. */
  readonly framePeriod: () => Millis;
  /** The worst since it was asked last. */
  readonly lag: () => Millis;
}

const PRESSURE = '/proc/pressure/cpu';
const RESOLUTION_MS = 20;
/** Of fewer frames nothing is said. */
const FEW = 5;

export class LoadMeter implements Disposable {
  readonly #sources: LoadSources;
  readonly #loop: ReturnType<typeof monitorEventLoopDelay>;
  #before = { analysed: 0, dropped: 0 };
  constructor(sources: LoadSources) {
    this.#sources = sources;
    this.#loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#loop.enable();
  }

  /** What happened since the call before. */
  async measure(): Promise<LoadMeasures> {
    const { framesAnalysed: analysed, framesDropped: dropped, millisPerFrame } = this.#sources.vision();
    const [looked, lost] = [analysed - this.#before.analysed, dropped - this.#before.dropped];
    this.#before = { analysed, dropped };
    const loopDelay = millis(Math.max(0, this.#loop.percentile(99) / 1e6 - RESOLUTION_MS));
    this.#loop.reset();
    return {
      dropped: looked + lost < FEW ? 0 : lost / (looked + lost),
      lookShare: (millisPerFrame ?? 0) / this.#sources.framePeriod(),
      loopDelay, lag: this.#sources.lag(), pressure: await pressure(),
    };
  }

  [Symbol.dispose](): void { this.#loop.disable(); }
}

async function pressure(): Promise<number | undefined> {
  const text = await readFile(PRESSURE, 'utf8').catch(() => ''); // not Linux, too old, or switched off
  const share = Number(/^some avg10=([\d.]+)/.exec(text)?.[1] ?? NaN) / 100;
  return Number.isNaN(share) ? undefined : share;
}
