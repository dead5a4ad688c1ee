/**
 * What is done less of when the device cannot keep up, step by step, in an order that never reaches the recording.
 * Pure: what was measured goes in, the step comes out.
 */
import { minutes, seconds, millis, type Millis } from '../core/units.ts';

/** What the device was seen to do in the last couple of seconds. */
export interface LoadMeasures {
  /** Share of the frames that motion could not look at in time. */
  readonly dropped: number;
  /** Share of the time between two frames that looking at one takes. */
  readonly lookShare: number;
  /** How late the event loop was, at its worst but for one in a hundred. */
  readonly loopDelay: Millis;
  /** How late pictures came, compared with the quickest of late. */
  readonly lag: Millis;
  /**
   * Share of the time in which something on this machine waited for a processor (Linux pressure stall information, 10
   * s); undefined where the system does not tell.
   */
  readonly pressure: number | undefined;
}

/** Of each measure, what is too much. */
const TOO_MUCH = { dropped: 0.1, lookShare: 0.9, loopDelay: 250, lag: 2500 } as const;
/** Frames that are dropped by one who looks quickly came in a burst. */
const SLOW_LOOK = 0.3;
/** Pictures that come late to an idle processor were late on the network. */
const BUSY = 0.3;
/** That others wait for a processor is no reason to do less, but one not to do more again. */
const PRESSED = 0.8;
const NOT_EASY = 0.6;

/** How hard it is: from 1 on, too hard. */
export function strainOf({ dropped, lookShare, loopDelay, lag, pressure }: LoadMeasures): number {
  return Math.max(
    lookShare / TOO_MUCH.lookShare,
    lookShare >= SLOW_LOOK ? dropped / TOO_MUCH.dropped : 0,
    loopDelay / TOO_MUCH.loopDelay,
    pressure === undefined || pressure >= BUSY ? lag / TOO_MUCH.lag : 0,
    pressure !== undefined && pressure >= PRESSED ? NOT_EASY : 0,
  );
}

export interface LoadPlan {
  /** Shortest time between two pictures in which faces and things are looked for; undefined while in none. */
  readonly recogniseEvery: Millis | undefined;
  /** Shortest time between two frames in which motion is looked for. */
  readonly lookEvery: Millis;
  /** Whether viewers of the live picture get only one now and then. */
  readonly sparingLive: boolean;
  /** What is not done as usual, for people. */
  readonly shed: readonly string[];
  /** What is done again once this is over, for people. */
  readonly undone: string;
}

const everything: LoadPlan = {
  recogniseEvery: seconds(1), lookEvery: millis(0), sparingLive: false, shed: [], undone: '',
};
const recogniseLess: LoadPlan = {
  ...everything, recogniseEvery: seconds(5), shed: ['faces and things are looked for less often'],
  undone: 'faces and things are looked for as often as usual',
};
const recogniseNothing: LoadPlan = {
  ...everything, recogniseEvery: undefined, shed: ['faces and things are not looked for'],
  undone: 'faces and things are looked for, but less often',
};
/** Motion cannot be told from frames more than half a second apart. */
const lookLess = (before: LoadPlan): LoadPlan => ({
  ...before, lookEvery: millis(400), shed: [...before.shed, 'motion is looked for 2.5 times a second'],
  undone: 'motion is looked for as often as usual',
});
const showLess = (before: LoadPlan): LoadPlan => ({
  ...before, sparingLive: true, shed: [...before.shed, 'the live view shows a picture now and then'],
  undone: 'the live view shows every picture',
});

/** What is done at each level, everything first; of what is given up, the recording is no part. */
export function loadPlans(recognises: boolean): readonly LoadPlan[] {
  const least = recognises ? recogniseNothing : everything;
  return [
    everything, ...(recognises ? [recogniseLess, recogniseNothing] : []), lookLess(least), showLess(lookLess(least)),
  ];
}

export interface LoadState {
  /** 0 while everything is done. */
  readonly level: number;
  /** Since when it has been too hard, or easy, without a break. */
  readonly hardSince: Millis | undefined;
  readonly easySince: Millis | undefined;
  /** When more was last done again. */
  readonly easedAt: Millis;
  /** How long it has to be easy before more is done again: longer each time that turned out to be too early. */
  readonly patience: Millis;
}

/** Too hard for this long, and one thing more is given up; the same time again for the next. */
const HARD_FOR = seconds(6);
/** Below this share of what is too much it is easy. */
const EASY = 0.5;
const PATIENCE = { first: seconds(30), most: minutes(10) } as const;
/** Hard again within this time: it was too early to do more. */
const TOO_EARLY = minutes(1);

const NEVER = millis(-Infinity);

export const unloaded: LoadState = {
  level: 0, hardSince: undefined, easySince: undefined, easedAt: NEVER, patience: PATIENCE.first,
};

/**
 * @param strain - From `strainOf`.
 * @param now - Monotonic.
 * @param highest - The last of the levels.
 */
export function stepLoad(before: LoadState, strain: number, now: Millis, highest: number): LoadState {
  const state = {
    ...before,
    hardSince: strain >= 1 ? before.hardSince ?? now : undefined,
    easySince: strain < EASY ? before.easySince ?? now : undefined,
  };
  if (state.hardSince !== undefined && now - state.hardSince >= HARD_FOR && state.level < highest) {
    const tooEarly = now - state.easedAt <= TOO_EARLY;
    const patience = tooEarly
      ? millis(Math.min(PATIENCE.most, 2 * state.patience))
      : state.level === 0 ? PATIENCE.first : state.patience;
    return { ...state, level: state.level + 1, hardSince: now, easedAt: NEVER, patience };
  }
  if (state.easySince === undefined || now - state.easySince < state.patience || state.level === 0) return state;
  return { ...state, level: state.level - 1, easySince: now, easedAt: now };
}
