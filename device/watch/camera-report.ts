/** How the camera is, gathered from those who know, told when it changes and now and then for the counters. */
import type { ArmingView } from '../contract/arming.ts';
import type { CameraState } from '../contract/topics.ts';
import { seconds, type Millis } from '../core/units.ts';

/** The counters alone are told no more often than this. */
const COUNTERS_EVERY = seconds(10);

export class CameraReport {
  readonly #tell: (state: CameraState) => void;
  readonly #loss: () => string | null;
  #state: CameraState;
  #told: CameraState | undefined;
  #toldAt = -Infinity;

  /**
   * @param loss - Asked whenever something is told, so that no word says of a camera without pictures that nothing is
   *   lost.
   */
  constructor(camera: string, tell: (state: CameraState) => void, loss: () => string | null = () => null) {
    this.#tell = tell;
    this.#loss = loss;
    this.#state = {
      camera, source: null, demo: false, state: 'connecting', reason: '', codec: null, width: null, height: null,
      recording: false, idleReason: null, loss: null, visionFault: null,
      tamper: [], recognitionFault: null, load: { level: 0, shed: [] }, decoding: null, decoder: null,
      stream: null, sound: null, watched: null, unmet: [], framesAnalysed: 0, framesDropped: 0,
    };
  }

  /** Why no pictures come, for people; null while they do. */
  get offline(): string | null { return this.#state.state === 'online' ? null : this.#state.reason; }

  /** @param now - Monotonic. */
  update(change: Partial<Omit<CameraState, 'loss'>>, now: Millis): void {
    this.#state = { ...this.#state, ...change };
    this.#state = { ...this.#state, loss: this.#loss() };
    const changed = this.#told === undefined || significant(this.#state) !== significant(this.#told);
    if (!changed && now - this.#toldAt < COUNTERS_EVERY) return;
    this.#told = this.#state;
    this.#toldAt = now;
    this.#tell(this.#state);
  }
}

/**
 * The answer to "why is it not recording?"
 * @param refusal - Why nothing can be recorded; null where it can.
 * @param isContinuous - Whether it records without events, too.
 * @returns A sentence for people; null where events are recorded.
 */
export function idleReason(
  refusal: string | null, { armed, reason }: Pick<ArmingView, 'armed' | 'reason'>, isContinuous: boolean,
): string | null {
  if (refusal !== null || armed) return refusal;
  return isContinuous ? `${reason} Events are not recorded; continuous recording goes on.` : reason;
}

/** All but the counters, and measures that always change a little. */
const significant = ({
  framesAnalysed: _analysed, framesDropped: _dropped, decoding, stream, ...rest
}: CameraState): string =>
  JSON.stringify([rest, decoding?.mode, decoding?.reason, stream?.codec, stream?.bitrate === null]);
