/** The clip of one event: from its pre-roll to the last picture that belongs to it. */
import type { ClipFile } from '../contract/event.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { DeviceError } from '../core/errors.ts';
import type { Millis } from '../core/units.ts';
import { noLoss, type Loss } from './fragment-queue.ts';
import type { Recording } from './recording.ts';

export interface EventRecording {
  /** Null when nothing was recorded. */
  readonly clip: ClipFile | null;
  /** Why it ended early or nothing was recorded; null when all is well. */
  readonly fault: DeviceError | null;
  readonly lost: Loss;
}

export const nothingRecorded: EventRecording = { clip: null, fault: null, lost: noLoss };

/** Takes the fragments of a stream in order; opens its recording at the first keyframe. */
export class EventTrack {
  readonly #open: (first: Fragment) => Recording;
  readonly #longest: Millis;
  readonly #result = Promise.withResolvers<EventRecording>();
  #recording: Recording | undefined;
  #until: Millis | undefined;
  #isOver = false;

  /** @param longest - Where the clip is ended whatever the caller does. */
  constructor(open: (first: Fragment) => Recording, longest: Millis) {
    this.#open = open;
    this.#longest = longest;
  }

  take(fragment: Fragment): void {
    if (this.#isOver) return;
    if (this.#until !== undefined && fragment.start > this.#until) return this.close();
    if (this.#recording === undefined) {
      if (!fragment.key) return;
      this.#recording = this.#open(fragment);
      void this.#recording.closed.then(this.#result.resolve);
    }
    this.#recording.write(fragment);
    if (this.#isComplete() || this.#recording.length >= this.#longest) this.close();
  }

  /** The event is over: its clip ends with the picture at `until`, a stream time. */
  end(until: Millis): Promise<EventRecording> {
    this.#until ??= until;
    if (this.#isComplete()) this.close();
    return this.#result.promise;
  }

  /** Ends the clip with what came so far. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#recording === undefined) this.#result.resolve(nothingRecorded);
    else this.#recording.close();
  }

  get isWriting(): boolean { return !this.#isOver && this.#recording !== undefined && !this.#recording.failed; }

  #isComplete(): boolean {
    return this.#until !== undefined && this.#recording !== undefined && this.#recording.end > this.#until;
  }
}
