/** The pictures that a new one is compared with. Pure: no clock, no I/O. */
import type { GrayFrame } from '../../core/frame.ts';
import { seconds } from '../../core/units.ts';
import { PictureChange } from './picture-change.ts';

/** Something moves when a picture differs from the one this much before. */
const LOOK_BACK = seconds(1);

export class SceneMemory {
  readonly #change = new PictureChange();
  #recent: readonly GrayFrame[] = [];
  /** Of the latest keyframe that was shown. */
  #keyPicture: GrayFrame | undefined;
  /** What was taken for new last: it may turn out to be nothing. */
  #doubts: readonly (readonly [before: GrayFrame, after: GrayFrame])[] = [];

  /**
   * Whether the picture of a keyframe that was decoded alone shows anything new. Keyframes are encoded otherwise than the
   * pictures between them: one that looks like the picture before, or like the keyframe before, shows nothing.
   */
  isNew(frame: GrayFrame): boolean {
    const before = [this.#recent.at(-1), this.#keyPicture].filter((picture) => picture !== undefined);
    if (!before.every((picture) => this.#change.differs(picture, frame))) return false;
    this.#doubts = before.map((picture) => [picture, frame] as const);
    return true;
  }

  /** Whether anything moves in the next picture. */
  moves(frame: GrayFrame): boolean {
    const before = this.#recent.findLast(({ at }) => frame.at - at >= LOOK_BACK) ?? this.#recent[0];
    return before !== undefined && this.#change.differs(before, frame);
  }

  /** Keeps it. */
  add(frame: GrayFrame, isKey: boolean): void {
    if (isKey) this.#keyPicture = frame;
    const oldest = this.#recent.findLastIndex(({ at }) => at <= frame.at - LOOK_BACK);
    this.#recent = [...this.#recent.slice(Math.max(0, oldest)), frame];
  }

  /** It is known now whether what was taken for new was anything: if not, its like is normal. */
  settle(wasAnything: boolean): void {
    if (!wasAnything) for (const [before, after] of this.#doubts) this.#change.learn(before, after);
    this.#doubts = [];
  }
}
