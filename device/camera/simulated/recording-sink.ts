/** Takes what a camera delivers and keeps all of it: for looking at cameras, not for running on a device. */
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import type { CameraSession, CameraSink, CameraState, TimedFragment } from '../camera.ts';
import type { DecodingState } from '../gate/decoding-state.ts';

export interface RecordedSession {
  readonly session: CameraSession;
  readonly inits: InitSegment[];
  readonly fragments: TimedFragment[];
  readonly frames: GrayFrame[];
  readonly colours: ColourFrame[];
  readonly decodings: DecodingState[];
}

export class RecordingSink implements CameraSink {
  readonly states: CameraState[] = [];
  readonly sessions: RecordedSession[] = [];
  #check: () => void = () => {};

  session(session: CameraSession): void {
    this.sessions.push({ session, inits: [], fragments: [], frames: [], colours: [], decodings: [] });
  }
  init(init: InitSegment): void { this.#latest().inits.push(init); }
  fragment(fragment: TimedFragment): void { this.#latest().fragments.push(fragment); this.#check(); }
  frame(frame: GrayFrame): void { this.#latest().frames.push(frame); this.#check(); }
  colour(frame: ColourFrame): void { this.#latest().colours.push(frame); this.#check(); }
  decoding(state: DecodingState): void { this.#latest().decodings.push(state); this.#check(); }
  state(state: CameraState): void { this.states.push(state); this.#check(); }

  /** Resolves once `seen` holds. @throws {Error} When it does not within `timeoutMs`: what was seen instead. */
  until(seen: (sink: this) => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() =>
        reject(new Error(`not seen within ${timeoutMs} ms; seen: ${this.summary()}`)), timeoutMs);
      this.#check = () => {
        if (!seen(this)) return;
        clearTimeout(timer);
        this.#check = () => {};
        resolve();
      };
      this.#check();
    });
  }

  summary(): string {
    const sessions = this.sessions.map(({ fragments, frames }) =>
      `${fragments.length} fragments and ${frames.length} frames`);
    return `${JSON.stringify(this.states)}, sessions: ${sessions.join('; ') || 'none'}`;
  }

  /** @throws {Error} When no session began: a camera delivers nothing before one. */
  #latest(): RecordedSession {
    const latest = this.sessions.at(-1);
    if (latest === undefined) throw new Error('a camera delivered before its session began');
    return latest;
  }
}
