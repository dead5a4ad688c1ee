/** The device's eye: what moves, and what is wrong with the picture itself, in one observation of each gray frame. */
import type { MotionRules } from '../contract/places.ts';
import { nothingSeen, type GrayFrame, type Observation } from '../core/frame.ts';
import type { Millis } from '../core/units.ts';
import type { Recall } from './learnt-pixels.ts';
import { MotionDetector, type MotionDetectorOptions, type MotionSettings } from './motion-detector.ts';
import { TamperDetector, type ScenePlace, type TamperSettings } from './tamper/tamper-detector.ts';

export interface EyeSettings extends MotionSettings {
  /** How readily each kind is reported. Default: each at 0.5. */
  readonly tamper?: TamperSettings;
}

/** What is known is kept so often: of the last two times the older one knows nothing of a hand that comes near. */
const keepEveryMs = 4000;
/** After so long with another picture of the scene its light is another: a lamp, infrared. At once behind a cover. */
const otherLightMs = 800;
/** For so long it is looked closely at a scene that is seen again. */
const closelyMs = 2000;

export class SceneEye {
  readonly #motion: MotionDetector;
  readonly #tamper: TamperDetector;
  #scene: ScenePlace = 'seen';
  #turnedAt = -Infinity;
  /** What motion knew of the scene while it was seen, newest first. */
  #kept: readonly { readonly at: Millis; readonly recall: Recall }[] = [];

  private constructor(motion: MotionDetector, tamper: TamperDetector) {
    this.#motion = motion;
    this.#tamper = tamper;
  }

  /**
   * Makes an eye that has seen nothing yet.
   * @throws {RangeError} When the frame size or a setting is out of range.
   * @throws {BugError} `vision.kernel`: this machine cannot run it.
   */
  static async create({ tamper, ...options }: MotionDetectorOptions & EyeSettings): Promise<SceneEye> {
    const detector = new TamperDetector(tamper);
    return new SceneEye(await MotionDetector.create(options), detector);
  }

  /**
   * Watches by other rules from the next frame on: what it knows of the scene, a cover over the lens included, stays.
   * @throws {RangeError} As `MotionDetector.watchBy`.
   */
  watchBy(rules: MotionRules): void { this.#motion.watchBy(rules); }

  /**
   * Looks at the next frame and learns from it. Frames may come at any rate, also an uneven one.
   * A picture that is covered or blinded shows no motion: its tampering is the event. What was known of the scene
   * before holds as soon as it is seen again.
   * @throws {DeviceError} `vision.frame` when the frame is not of the size agreed on, or older than the one before.
   */
  observe(frame: GrayFrame): Observation {
    this.#motion.check(frame);
    const tamper = this.#tamper.observe(frame);
    this.#follow(this.#tamper.scene, frame.at);
    const seen = this.#scene === 'hidden' ? this.#pass(frame) : this.#motion.observe(frame);
    if (this.#scene === 'seen') this.#keep(frame.at);
    this.#learnLight(frame.at);
    const isNew = frame.at - this.#turnedAt < closelyMs;
    return { ...seen, tamper, attention: seen.attention || this.#tamper.suspicious || isNew };
  }

  /** A scene that is seen, and yet nearly all of it is another picture, is seen by another light. */
  #learnLight(at: Millis): void {
    const since = this.#motion.otherSince;
    if (this.#scene !== 'seen' || since === undefined) return;
    if (at === this.#turnedAt || at - since >= otherLightMs) this.#motion.begin();
  }

  #pass(frame: GrayFrame): Observation {
    this.#motion.pass(frame);
    return nothingSeen(frame.at);
  }

  /** Motion goes on with what it knew when the scene is seen again, and begins anew behind a cover with another one. */
  #follow(scene: ScenePlace, at: Millis): void {
    const before = this.#scene;
    this.#scene = scene;
    if (scene === before) return;
    this.#turnedAt = at;
    if (scene === 'seen') this.#kept.at(-1)?.recall();
    if (scene === 'replaced') this.#kept = [];
    const isAnother = scene === 'elsewhere' || (scene === 'doubted' && before === 'hidden') ||
      (scene === 'replaced' && before !== 'elsewhere');
    if (isAnother) this.#motion.begin();
  }

  #keep(at: Millis): void {
    const [last] = this.#kept;
    if (last !== undefined && at - last.at < keepEveryMs) return;
    this.#kept = [{ at, recall: this.#motion.remember() }, ...this.#kept.slice(0, 1)];
  }

  /** What motion detection saw in the frame last observed: as `MotionDetector.mask`. */
  mask(): Uint8Array { return this.#motion.mask(); }
}
