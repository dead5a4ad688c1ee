/** Faces in whole pictures, looked for in a thread: a network or decoder that fails takes nobody with it. */
import { DeviceError } from '../../core/errors.ts';
import type { Box } from '../../core/geometry.ts';
import type { Log } from '../../core/log.ts';
import { oneAtATime } from '../../core/one-at-a-time.ts';
import { minutes, seconds } from '../../core/units.ts';
import { AskedThread } from '../asked-thread.ts';

export interface PictureFacesSettings {
  /** A folder of named pictures; without one every face is unknown. */
  readonly people?: string;
  /** How alike a face must be to a person to be called by the name, 0 to 1. */
  readonly match: number;
}

export interface PictureQuestion { readonly picture: Uint8Array }
export interface PictureFace {
  /** Fractions of the picture. */
  readonly box: Box;
  readonly score: number;
  readonly person: string | null;
  readonly similarity: number | null;
}
export type PictureAnswer = { readonly ok: true; readonly faces: readonly PictureFace[] }
  | { readonly ok: false; readonly message: string };

/** As many as an event tells of. */
export const MOST_FACES = 64;
/** Each named picture takes a moment when it starts. */
const PATIENCE = { start: minutes(10), look: seconds(30) };
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
type Thread = AskedThread<PictureQuestion, PictureAnswer>;

/**
 * Looks at one picture after another. The thread begins with `prepare` or the first look,
 * and after it failed with the next.
 */
export class PictureFaces implements AsyncDisposable {
  readonly #settings: PictureFacesSettings;
  readonly #log: Log;
  #thread: Promise<Thread> | undefined;
  readonly #ask = oneAtATime((picture: Uint8Array, signal: AbortSignal) => this.#look(picture, signal));
  constructor(settings: PictureFacesSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /** Resolves when a picture can be looked at. @throws {BugError} `vision.worker` */
  async prepare(): Promise<void> { await (this.#thread ??= this.#start()); }

  /**
   * @param picture - A JPEG.
   * @returns The surest first.
   * @throws {DeviceError} `vision.picture` when it cannot be decoded. @throws {BugError} `vision.worker`
   */
  async look(picture: Uint8Array, signal: AbortSignal): Promise<readonly PictureFace[]> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await Promise.race([this.#ask(picture, signal), aborted]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const thread = await this.#thread?.catch(() => undefined);
    await thread?.[Symbol.asyncDispose]();
  }

  async #look(given: Uint8Array, signal: AbortSignal): Promise<readonly PictureFace[]> {
    signal.throwIfAborted();
    const thread = await (this.#thread ??= this.#start());
    signal.throwIfAborted();
    const picture = new Uint8Array(given); // what is given to the thread is gone here
    const { answer } = await thread.ask({ picture }, [picture.buffer]);
    if (answer.ok) return answer.faces;
    throw new DeviceError('vision.picture', answer.message);
  }

  async #start(): Promise<Thread> {
    const entry = new URL(`./picture-faces-entry.${extension}`, import.meta.url);
    const forget = (): void => { this.#thread = undefined; };
    try {
      return await AskedThread.start(
        { name: 'faces', entry, settings: this.#settings, patience: PATIENCE, networks: true }, this.#log, forget,
      );
    } catch (error) {
      forget();
      throw error;
    }
  }
}
