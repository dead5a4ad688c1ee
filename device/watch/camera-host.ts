/** Keeps the camera running, and opens it anew when it is to know something else: what is masked where it encodes. */

/** What is asked of a camera. */
export interface RunningCamera<S> {
  /** Delivers to `sink` until `signal` aborts, then resolves. */
  run(sink: S, signal: AbortSignal): Promise<void>;
}

export class CameraHost<S> {
  readonly #open: () => Promise<RunningCamera<S>>;
  #renewed = new AbortController();

  /** @param open - With what there is to know by then. */
  constructor(open: () => Promise<RunningCamera<S>>) { this.#open = open; }

  /** The stream of now ends, and another one begins. */
  renew(): void { this.#renewed.abort(); }

  /** Runs until `signal` aborts. @throws As opening does. */
  async run(sink: S, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#renewed = new AbortController();
      const camera = await this.#open();
      await camera.run(sink, AbortSignal.any([signal, this.#renewed.signal]));
    }
  }
}
