/** Does less when the device cannot keep up, and says so. */
import type { CameraState } from '../contract/topics.ts';
import { BugError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import { loadPlans, stepLoad, strainOf, unloaded, type LoadMeasures, type LoadPlan } from './load-ladder.ts';

export class LoadShedder {
  readonly #apply: (plan: LoadPlan) => void;
  readonly #log: Log;
  readonly #plans: readonly LoadPlan[];
  #state = unloaded;
  #strain = 0;

  /**
   * @param recognises - Whether faces or things are looked for at all.
   * @param apply - Called for every change.
   */
  constructor(recognises: boolean, apply: (plan: LoadPlan) => void, log: Log) {
    this.#plans = loadPlans(recognises);
    this.#apply = apply;
    this.#log = log;
  }

  /** For the camera's state. */
  get told(): CameraState['load'] { return { level: this.#state.level, shed: this.#plan.shed }; }

  /** Whether it was too hard when it was measured last, whatever is given up for that by now. */
  get isOverworked(): boolean { return this.#strain >= 1; }

  /** Shortest time between two looks for motion. */
  get lookEvery(): Millis { return this.#plan.lookEvery; }

  /** To be called every couple of seconds. @param now - Monotonic. */
  take(measured: LoadMeasures, now: Millis): void {
    const { level } = this.#state;
    const { undone } = this.#plan;
    this.#strain = strainOf(measured);
    this.#state = stepLoad(this.#state, this.#strain, now, this.#plans.length - 1);
    if (this.#state.level === level) return;
    this.#apply(this.#plan);
    const facts = { step: this.#state.level, ...rounded(measured) };
    if (this.#state.level > level)
      this.#log.warn(`the device cannot keep up: ${this.#plan.shed.at(-1) ?? ''}; recording goes on`, facts);
    else this.#log.info(this.#state.level === 0
      ? 'the device keeps up again with everything'
      : `the device has time again: ${undone}`, facts);
  }

  get #plan(): LoadPlan {
    const plan = this.#plans[this.#state.level];
    if (plan === undefined) throw new BugError('watch.load', `there is no level ${this.#state.level}`);
    return plan;
  }
}

const rounded = (measured: LoadMeasures): Record<string, number> =>
  Object.fromEntries(Object.entries(measured)
    .flatMap(([name, value]) => (value === undefined ? [] : [[name, Math.round(value * 100) / 100]])));
