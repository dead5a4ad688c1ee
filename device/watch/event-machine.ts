/**
 * Turns observations into events. One pure step: time arrives in the observation, effects are values. The same machine
 * runs on a device and in `tyto detect`, so that what-if answers are true.
 */
import type { EventKind } from '../contract/event.ts';
import type { Observation, TamperKind } from '../core/frame.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { withKinds } from './event-kinds.ts';
import { emptyStory, kindsOf, observe, recognise, storyAfter, type Story } from './event-story.ts';
import { betterMoment, isClearlyBetter, momentRecognised, momentSeen, type Moment } from './moment.ts';
import { foundAnything, type Recognition } from './recognition.ts';

export interface EventLimits {
  /** Motion must last this long to become an event. */
  readonly minimumDuration: Millis;
  /** Time without motion that ends an event. */
  readonly quiet: Millis;
  /** Longest event; what goes on begins the next one at once. */
  readonly maxLength: Millis;
  /** Whether motion becomes an event only when a face, a person, a vehicle or an animal was recognised in it. */
  readonly onlyRecognised?: boolean;
  /** Nothing can be recognised just now: all motion becomes an event, also what has waited for an answer. */
  readonly recognitionFails?: boolean;
}

/** What an event is about so far. */
export interface Account {
  readonly kinds: readonly EventKind[];
  /** The moment that its picture should show. */
  readonly best: Moment;
  readonly story: Story;
}

export type EventEffect =
  /** `continues` when it follows the event before without a gap. */
  | { readonly type: 'start'; readonly startedAt: Millis; readonly account: Account; readonly continues: boolean }
  /** There is news; `picture` when the best moment is another one than before. */
  | { readonly type: 'update'; readonly account: Account; readonly picture: boolean }
  /** `endedAt` is the last moment of what it is about; `continues` when the next event follows without a gap. */
  | { readonly type: 'end'; readonly endedAt: Millis; readonly account: Account; readonly continues: boolean };

export interface EventState {
  /** What is wrong with the picture, and since when. */
  readonly tamper: ReadonlyMap<TamperKind, Millis>;
  /** Motion of late. */
  readonly run: { readonly since: Millis; readonly lastHit: Millis } | undefined;
  /** Of the event under way, or of motion that may become one. */
  readonly account: Account | undefined;
  readonly event: OpenEvent | undefined;
}

interface OpenEvent {
  readonly since: Millis;
  readonly lastHit: Millis;
  /** When somebody or something was last recognised. */
  readonly recognisedAt: Millis;
  readonly told: Account;
  readonly toldAt: Millis;
}

export const idle: EventState = { tamper: new Map(), run: undefined, account: undefined, event: undefined };

type Step = readonly [EventState, readonly EventEffect[]];

/** Motion that pauses longer than this is over; what it may become waits longer for an answer where one is needed. */
const PAUSE = seconds(1);
const ANSWER_WITHIN = seconds(8);
/** An event that waited for an answer begins at most this long before it (and the least duration), however long something unknown had moved. */
const BEGINS_BEFORE = seconds(8);
/** It goes on as the next event only when something was recognised this recently. */
const STILL_KNOWN = seconds(60);
/** What is wrong with the picture is an event for this long; the state lasts on, the event does not. */
const TAMPER_LASTS = seconds(30);
/** Updates come at most this often. */
const UPDATE_EVERY = seconds(1);

/** What `seen` does to `state`. Observations come in order of time. */
export function stepEvents(before: EventState, seen: Observation, limits: EventLimits): Step {
  const onsets = seen.tamper.filter((kind) => !before.tamper.has(kind));
  const tamper = new Map(seen.tamper.map((kind) => [kind, before.tamper.get(kind) ?? seen.at]));
  const late = lateRun(before, seen, limits);
  const run = seen.motion ? { since: late?.since ?? seen.at, lastHit: seen.at } : late;
  const isAbout = before.event !== undefined || run !== undefined || onsets.length > 0;
  const known = before.event !== undefined || late !== undefined ? before.account : undefined;
  const account = isAbout ? accountOf(known, seen, [...onsets, ...(hasLasted(run, limits) ? ['motion' as const] : [])]) : undefined;
  const state = { ...before, tamper, run, account };
  if (account === undefined) return [state, []];
  if (state.event !== undefined) return stepOpen(state, account, state.event, seen, limits);
  const isEvent = onsets.length > 0 || (hasLasted(run, limits) && (!needsRecognition(limits) || wasRecognised(account)));
  return isEvent ? open(state, account, seen.at, limits) : [state, []];
}

/**
 * What was recognised of late joins the event that it belongs to, or makes one of the motion that waited for it. What
 * belongs to neither changes nothing.
 */
export function stepRecognised(state: EventState, recognition: Recognition, limits: EventLimits): Step {
  const { account, event, run } = state;
  const at = recognition.seen.at;
  if (account === undefined || !foundAnything(recognition) || at < (event?.since ?? run?.since ?? 0)) return [state, []];
  const told = accountRecognised(account, recognition);
  if (event !== undefined) return [{ ...state, account: told, event: { ...event, recognisedAt: millis(Math.max(at, event.recognisedAt)) } }, []];
  return needsRecognition(limits) && hasLasted(run, limits) ? open({ ...state, account: told }, told, at, limits) : [{ ...state, account: told }, []];
}

/** `account`, and what was recognised late in it. */
export function accountRecognised(account: Account, recognition: Recognition): Account {
  const story = recognise(account.story, recognition);
  const moment = momentRecognised(recognition);
  return { kinds: withKinds(account.kinds, kindsOf(story)), best: moment === undefined ? account.best : betterMoment(account.best, moment), story };
}

/** Ends an event that is under way: the camera is gone, the clip is over. What is wrong with the picture is remembered. */
export function closeEvents(state: EventState): Step {
  const { tamper, event, account } = state;
  const effects: EventEffect[] = event === undefined || account === undefined ? [] : [{ type: 'end', endedAt: event.lastHit, account, continues: false }];
  return [{ ...idle, tamper }, effects];
}

/** Motion that is not over yet when `seen` comes. */
function lateRun({ run, event }: EventState, seen: Observation, limits: EventLimits): EventState['run'] {
  const waits = limits.onlyRecognised === true && event === undefined && hasLasted(run, limits);
  return run === undefined || seen.at - run.lastHit > (waits ? ANSWER_WITHIN : PAUSE) ? undefined : run;
}

const hasLasted = (run: EventState['run'], { minimumDuration }: EventLimits): boolean =>
  run !== undefined && run.lastHit - run.since >= minimumDuration;

const needsRecognition = ({ onlyRecognised = false, recognitionFails = false }: EventLimits): boolean => onlyRecognised && !recognitionFails;

const wasRecognised = ({ story }: Account): boolean => story.faces.length + story.things.length > 0;

function accountOf(account: Account | undefined, seen: Observation, kinds: readonly EventKind[]): Account {
  const moment = momentSeen(seen);
  return {
    kinds: withKinds(account?.kinds ?? [], kinds),
    best: account === undefined ? moment : seen.motion ? betterMoment(account.best, moment) : account.best,
    story: observe(account?.story ?? emptyStory, seen),
  };
}

function open(state: EventState, account: Account, at: Millis, { minimumDuration }: EventLimits): Step {
  const startedAt = millis(Math.max(state.run?.since ?? at, at - minimumDuration - BEGINS_BEFORE));
  const lastHit = millis(Math.max(at, state.run?.lastHit ?? at));
  return [
    { ...state, event: { since: startedAt, lastHit, recognisedAt: at, told: account, toldAt: lastHit } },
    [{ type: 'start', startedAt, account, continues: false }],
  ];
}

function stepOpen(state: EventState, account: Account, event: OpenEvent, seen: Observation, limits: EventLimits): Step {
  const isHit = seen.motion || [...state.tamper.values()].some((since) => seen.at - since <= TAMPER_LASTS);
  if (!isHit && seen.at - event.lastHit >= limits.quiet) return closeEvents(state);
  if (isHit && seen.at - event.since >= limits.maxLength) return rollOver(state, account, event, seen, limits);
  const next = { ...event, lastHit: isHit ? seen.at : event.lastHit };
  const picture = isClearlyBetter(event.told.best, account.best);
  const isNews = picture || account.kinds !== event.told.kinds || account.story.revision !== event.told.story.revision;
  if (!isNews || seen.at - event.toldAt < UPDATE_EVERY) return [{ ...state, event: next }, []];
  const told = picture ? account : { ...account, best: event.told.best };
  return [{ ...state, event: { ...next, told, toldAt: seen.at } }, [{ type: 'update', account: told, picture }]];
}

function rollOver(state: EventState, account: Account, event: OpenEvent, seen: Observation, limits: EventLimits): Step {
  const continues = !needsRecognition(limits) || seen.at - event.recognisedAt <= STILL_KNOWN;
  const end: EventEffect = { type: 'end', endedAt: seen.at, account, continues };
  const fresh = [...state.tamper].filter(([, since]) => seen.at - since <= TAMPER_LASTS).map(([kind]) => kind);
  const first = { ...accountOf(undefined, seen, [...fresh, ...(seen.motion ? ['motion' as const] : [])]), story: observe(storyAfter(account.story), seen) };
  if (!continues) return [{ ...state, run: { since: seen.at, lastHit: seen.at }, account: first, event: undefined }, [end]];
  return [
    { ...state, account: first, event: { since: seen.at, lastHit: seen.at, recognisedAt: event.recognisedAt, told: first, toldAt: seen.at } },
    [end, { type: 'start', startedAt: seen.at, account: first, continues: true }],
  ];
}
