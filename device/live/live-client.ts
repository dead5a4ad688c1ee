/** The readers' side of live video: keeps connected to `watch`, whether it is there yet, gone or back. */
import { createConnection } from 'node:net';
import { FragmentReader, type Fragment, type Mp4Part } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { backoffDelay, type Backoff } from '../core/backoff.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { checkSocketFolder } from './socket-path.ts';

export interface LiveListener {
  /** A stream begins, for the first time or anew. */
  begin(init: InitSegment): void;
  fragment(fragment: Fragment): void;
  /** The connection is lost, and with it the stream. */
  end(): void;
}

const RECONNECT: Backoff = { first: millis(100), most: seconds(2) };

export class LiveClient {
  readonly #path: string;
  readonly #listener: LiveListener;
  readonly #clock: Clock;
  readonly #log: Log;

  /** @param path - From `liveSocketPath`. */
  constructor({ path, listener, clock, log }: {
    readonly path: string; readonly listener: LiveListener; readonly clock: Clock; readonly log: Log;
  }) {
    this.#path = path;
    this.#listener = listener;
    this.#clock = clock;
    this.#log = log;
  }

  /** Connects, and connects again with back-off, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        await checkSocketFolder(this.#path);
        const began = await this.#readOnce(signal);
        failures = began ? 0 : failures + 1;
      } catch (error) {
        failures += 1;
        this.#log.debug('live video is not there yet', { reason: describeError(error) });
      }
      await this.#clock.wait(backoffDelay(RECONNECT, Math.max(1, failures), Math.random()), signal).catch(() => {});
    }
  }

  /** Resolves when the connection ends, for whatever reason; true when a stream had begun on it. */
  #readOnce(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const reader = new FragmentReader();
      let began = false;
      const socket = createConnection(this.#path);
      const stop = (): void => { socket.destroy(); };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      socket.on('data', (chunk) => {
        try {
          for (const part of reader.push(chunk)) {
            began = true;
            this.#tell(part);
          }
        } catch (error) {
          socket.destroy(error as Error);
        }
      });
      socket.on('error', (error) => this.#log.debug('live video broke off', { reason: error.message }));
      socket.once('close', () => {
        signal.removeEventListener('abort', stop);
        if (began) this.#listener.end();
        resolve(began);
      });
    });
  }

  #tell(part: Mp4Part): void {
    if (part.type === 'init') this.#listener.begin(part.init);
    else this.#listener.fragment(part.fragment);
  }
}
