/**
 * A camera of two streams: the main stream is recorded, the sub-stream, which is small, is
 * watched. Each is connected by itself.
 */
import { isAbort } from '../core/errors.ts';
import { seconds } from '../core/units.ts';
import type { Camera, CameraSink } from './camera.ts';
import { findCameraConfinement } from './stream/confined-child.ts';
import { TwoStreams, type TwoStreamOptions } from './two-streams.ts';

const LOOK_EVERY = seconds(1);

export class TwoStreamCamera implements Camera {
  readonly #main: Camera;
  readonly #sub: Camera;
  readonly #options: TwoStreamOptions;

  /** @param main - Delivers no frames. */
  constructor(main: Camera, sub: Camera, options: TwoStreamOptions) {
    this.#main = main;
    this.#sub = sub;
    this.#options = options;
  }

  get label(): string { return this.#main.label; }
  get isDemo(): boolean { return this.#main.isDemo; }

  async run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    const failed = new AbortController();
    const stop = AbortSignal.any([signal, failed.signal]);
    using streams = new TwoStreams({
      sink, main: this.#main.label, sub: this.#sub.label, confinement: await findCameraConfinement(), ...this.#options,
    });
    const runs = [this.#main.run(streams.main, stop), this.#sub.run(streams.sub, stop), this.#look(streams, stop)]
      .map((run) => run.catch((error: unknown) => { failed.abort(); throw error; }));
    for (const result of await Promise.allSettled(runs)) if (result.status === 'rejected') throw result.reason;
  }

  async #look(streams: TwoStreams, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await this.#options.clock.wait(LOOK_EVERY, signal);
        streams.look();
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }
}
