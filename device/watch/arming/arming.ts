/** Whether the camera is armed: the switch, the timetable, a server, who is at home; all must allow it. */
import { isDeepStrictEqual } from 'node:util';
import type { Calendar } from '../../calendar/timetable.ts';
import type { ArmingView } from '../../contract/arming.ts';
import { goesBySun, type Timetable } from '../../contract/timetable.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { inSeconds, millis, seconds, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import {
  begun, decide, step, waitingSentence, type ArmingState, type Condition, type Decision, type Delays,
} from './decide.ts';
import { HttpCondition, type HttpQuestion } from './http-condition.ts';
import { Presence, type PresenceRules } from './presence.ts';
import type { ArmSwitch } from './switch-file.ts';
import type { TimetableClock } from './timetable-clock.ts';

export interface ArmingRules {
  /** Where the settings fix the switch. */
  readonly fixed: 'on' | 'off' | undefined;
  /** Empty for always. */
  readonly timetable: Timetable;
  readonly calendar: Calendar;
  readonly http: HttpQuestion | undefined;
  readonly presence: PresenceRules | undefined;
  readonly delays: Delays;
}

export interface ArmingParts {
  readonly armSwitch: ArmSwitch;
  readonly clock: Clock;
  readonly clockIsSet: () => boolean;
  /** Hears of everything that is new. */
  readonly onChange: (view: ArmingView) => void;
  readonly log: Log;
}

/** The timetable and delays are looked at so often. */
const LOOK_EVERY: Millis = seconds(1);

/** A mistake in the settings must neither blind the camera nor leave the house unwatched. */
const NO_PLACE: Condition = {
  allows: true,
  because:
    'the timetable goes by the sun, but location.latitude and location.longitude are not set, so it counts as armed',
};

export class Arming {
  readonly #rules: ArmingRules;
  readonly #parts: ArmingParts;
  readonly #timetable: TimetableClock | undefined;
  readonly #hasNoPlace: boolean;
  readonly #http: HttpCondition | undefined;
  readonly #presence: Presence | undefined;
  #state: ArmingState;
  #view: ArmingView;

  /** What reckons with days of a place comes only where there is a timetable: it is 2 MB. */
  static async open(rules: ArmingRules, parts: ArmingParts): Promise<Arming> {
    if (rules.timetable.length === 0 || hasNoPlace(rules)) return new Arming(rules, parts, undefined);
    const { TimetableClock: Timetables } = await import('./timetable-clock.ts');
    return new Arming(rules, parts, new Timetables(rules.timetable, rules.calendar));
  }

  private constructor(rules: ArmingRules, parts: ArmingParts, timetable: TimetableClock | undefined) {
    this.#rules = rules;
    this.#parts = parts;
    this.#hasNoPlace = hasNoPlace(rules);
    this.#timetable = timetable;
    this.#http = rules.http && new HttpCondition(rules.http, parts.log);
    this.#presence = rules.presence && new Presence(rules.presence);
    const decision = this.#decide();
    this.#state = begun(decision.armed);
    this.#view = this.#tell(decision, undefined);
  }

  get armed(): boolean { return this.#state.armed; }
  get view(): ArmingView { return this.#view; }

  /** Topics of who is at home. */
  get topics(): readonly string[] { return this.#rules.presence?.topics ?? []; }

  /**
   * Turns the switch. Resolves once that is durable.
   * @throws {ConfigError} `arming.managed` where the settings fix it.
   */
  async turn(on: boolean): Promise<void> {
    const { fixed } = this.#rules;
    if (fixed !== undefined && (fixed === 'on') !== on) {
      throw new ConfigError(
        'arming.managed',
        `the switch is fixed to ${fixed} by the setting arming.switch; set that to free to turn it here`,
      );
    }
    const stored = this.#parts.armSwitch.set(on);
    this.look();
    await stored;
  }

  /** Something was said on a topic of who is at home. */
  heard(topic: string, payload: string): void {
    if (this.#presence?.heard(topic, payload) === true) this.look();
  }

  /** Keeps looking until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const asking = this.#http?.run(this.#parts.clock, () => this.look(), signal);
    while (!signal.aborted) {
      this.look();
      await this.#parts.clock.wait(LOOK_EVERY, signal).catch(() => {});
    }
    await asking;
  }

  /** Decides anew. */
  look(): void {
    const decision = this.#decide();
    const { state, left } = step(this.#state, decision.armed, this.#parts.clock.monotonic(), this.#rules.delays);
    this.#state = state;
    const view = this.#tell(decision, left);
    if (isDeepStrictEqual(view, this.#view)) return;
    this.#view = view;
    this.#parts.onChange(view);
  }

  get #isOn(): boolean {
    return this.#rules.fixed === undefined ? this.#parts.armSwitch.on : this.#rules.fixed === 'on';
  }

  #decide(): Decision {
    const { clock, clockIsSet } = this.#parts;
    const by = this.#rules.fixed === undefined ? '' : ' by the settings';
    const armSwitch: Condition = { allows: this.#isOn, because: `the switch is ${this.#isOn ? 'on' : 'off'}${by}` };
    const others = [this.#hasNoPlace ? NO_PLACE
      : this.#timetable?.condition(clock.now(), clockIsSet()), this.#presence?.condition, this.#http?.condition];
    return decide([armSwitch, ...others.filter((condition) => condition !== undefined)]);
  }

  #tell(decision: Decision, left: number | undefined): ArmingView {
    const next = this.#timetable?.nextChange(this.#parts.clock.now());
    return {
      armed: this.#state.armed, switch: this.#isOn, managed: this.#rules.fixed !== undefined,
      reason: left === undefined ? decision.sentence : waitingSentence(decision, left),
      next: next === undefined ? null : inSeconds(millis(next)),
    };
  }
}

const hasNoPlace = ({ timetable, calendar }: ArmingRules): boolean =>
  goesBySun(timetable) && calendar.place === undefined;
