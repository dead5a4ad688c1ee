/** The device's eye: what moves, and what is wrong with the picture itself, in one observation of each gray frame. */
import type { GrayFrame, Observation, TamperKind } from '../core/frame.ts';
import { ratio } from '../core/units.ts';
import { MotionDetector, type MotionDetectorOptions, type MotionSettings } from './motion-detector.ts';
import { TamperDetector, type TamperSettings } from './tamper/tamper-detector.ts';

export interface EyeSettings extends MotionSettings {
  /** How readily each kind is reported. Default: each at 0.5. */
  readonly tamper?: TamperSettings;
}

/** While one of these holds, what changes in the picture is not the scene. */
const hidesScene: ReadonlySet<TamperKind> = new Set(['covered', 'blinded']);

export class SceneEye {
  readonly #motion: MotionDetector;
  readonly #tamper: TamperDetector;

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
   * Looks at the next frame and learns from it. Frames may come at any rate, also an uneven one.
   * A picture that is covered or blinded shows no motion: its tampering is the event.
   * @throws {DeviceError} `vision.frame` when the frame is not of the size agreed on, or older than the one before.
   */
  observe(frame: GrayFrame): Observation {
    const seen = this.#motion.observe(frame);
    const tamper = this.#tamper.observe(frame);
    const attention = seen.attention || this.#tamper.suspicious;
    if (!tamper.some((kind) => hidesScene.has(kind))) return { ...seen, tamper, attention };
    return {
      ...seen, motion: false, score: ratio(0), boxes: [], tracks: [], crossings: [], tamper,
      attention: this.#tamper.suspicious,
    };
  }

  /** What motion detection saw in the frame last observed: as `MotionDetector.mask`. */
  mask(): Uint8Array { return this.#motion.mask(); }
}
