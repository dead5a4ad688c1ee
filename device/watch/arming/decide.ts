/** Whether the camera is armed, and why, in one sentence. Pure. */

/** What is known of one condition. All of them must allow arming. */
export interface Condition {
  readonly allows: boolean;
  /** Why, as a part of a sentence: `the switch is off`. */
  readonly because: string;
}

export interface Decision {
  readonly armed: boolean;
  /** For people: one sentence. */
  readonly sentence: string;
}

/** What all conditions together wish. */
export function decide(conditions: readonly Condition[]): Decision {
  const against = conditions.filter(({ allows }) => !allows);
  const armed = against.length === 0;
  const reasons = (armed ? conditions : against).map(({ because }) => because);
  return { armed, sentence: `${armed ? 'Armed' : 'Not armed'}: ${listed(reasons)}.` };
}

const listed = (reasons: readonly string[]): string =>
  (reasons.length < 2 ? reasons.join('') : `${reasons.slice(0, -1).join(', ')} and ${reasons.at(-1)}`);

export interface Delays {
  /** A wish to arm must have lasted so long. */
  readonly arm: number;
  /** A wish to disarm must have lasted so long. */
  readonly disarm: number;
}

/** What is in force, and since when something else is wished. Times are of a steady clock, in milliseconds. */
export interface ArmingState { readonly armed: boolean; readonly since: number | undefined }

/** At the start there is no delay: a device that comes back after a fault has no gap. */
export const begun = (wish: boolean): ArmingState => ({ armed: wish, since: undefined });

/**
 * @returns What is in force now, and how long from now until a wish that lasts comes true; undefined where none waits.
 */
export function step(
  state: ArmingState, wish: boolean, now: number, delays: Delays,
): { readonly state: ArmingState; readonly left: number | undefined } {
  if (wish === state.armed) return { state: { armed: wish, since: undefined }, left: undefined };
  const since = state.since ?? now;
  const left = since + (wish ? delays.arm : delays.disarm) - now;
  return left > 0
    ? { state: { armed: state.armed, since }, left }
    : { state: { armed: wish, since: undefined }, left: undefined };
}

/** The sentence while `decision` waits for its delay. */
export function waitingSentence({ armed, sentence }: Decision, left: number): string {
  const reason = sentence.slice(sentence.indexOf(':') + 2);
  return `${armed ? 'Not armed yet, armed' : 'Still armed, disarmed'} in ${Math.ceil(left / 1000)} s: ${reason}`;
}
