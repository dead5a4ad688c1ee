/**
 * Turns observations into events. One pure step: time arrives in the observation, effects are values. The same machine
 * runs on a device and in `tyto detect`, so that what-if answers are true.
 */
import type { EventKind } from '../contract/event.ts';
import type { Observation, TamperKind } from '../core/frame.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { withKinds } from './event-kinds.ts';
import { allLeft, emptyStory, kindsOf, observe, recognise, storyAfter, type Story } from './event-story.ts';
import {
  askedAt, heldUntil, holdLonger, letGo, withWords, type AskedKind, type EventRequest, type Holds, type Words,
} from './holds.ts';
import { countedIn } from './looks.ts';
import { betterMoment, isClearlyBetter, momentAsked, momentRecognised, momentSeen, type Moment } from './moment.ts';
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
  /** Of whoever asked for it, where somebody did. */
  readonly words: Words;
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
  /**
   * It is seen to go on: then it ends by what is seen. Otherwise it lasts as long as it is held,
   * and no picture is needed for that.
   */
  readonly isSeen: boolean;
  readonly holds: Holds;
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
/**
 * An event that waited for an answer begins at most this long before it (and the least duration), however
 * long something unknown had moved.
 */
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
  const account = isAbout
    ? accountOf(known, seen, [...onsets, ...(hasLasted(run, limits) ? ['motion' as const] : [])])
    : undefined;
  const state = { ...before, tamper, run, account };
  if (account === undefined) return [state, []];
  if (state.event !== undefined) return stepOpen(state, account, state.event, seen, limits);
  const isEvent = onsets.length > 0
    || (hasLasted(run, limits) && (!needsRecognition(limits) || wasRecognised(account)));
  return isEvent ? open(state, account, seen.at, limits) : [state, []];
}

/**
 * What was recognised of late joins the event that it belongs to, or makes one of the motion that waited for it. What
 * belongs to neither changes nothing.
 */
export function stepRecognised(state: EventState, recognition: Recognition, limits: EventLimits): Step {
  const { account, event, run } = state;
  const at = recognition.seen.at;
  if (account === undefined || !foundAnything(recognition) || at < (event?.since ?? run?.since ?? 0))
    return [state, []];
  const told = accountRecognised(account, recognition);
  if (!foundAnything(countedIn(told.story.faceLooks, recognition))) return [{ ...state, account: told }, []];
  if (event !== undefined)
    return [
      { ...state, account: told, event: { ...event, recognisedAt: millis(Math.max(at, event.recognisedAt)) } }, [],
    ];
  return needsRecognition(limits) && hasLasted(run, limits)
    ? open({ ...state, account: told }, told, at, limits)
    : [{ ...state, account: told }, []];
}

/** `account`, and what was recognised late in it. */
export function accountRecognised(account: Account, recognition: Recognition): Account {
  const story = recognise(account.story, recognition);
  const moment = momentRecognised(countedIn(story.faceLooks, recognition));
  return {
    ...account, kinds: withKinds(account.kinds, kindsOf(story)),
    best: moment === undefined ? account.best : betterMoment(account.best, moment), story,
  };
}

/**
 * Somebody wants an event to last from now on until then. It joins the one under way, or makes one: also of a scene in
 * which nothing is to be seen, or that nobody looks at.
 */
export function stepRequest(state: EventState, request: EventRequest): Step {
  const { event, account: known } = state;
  const { kind, at, words } = request;
  const account: Account = {
    kinds: withKinds(known?.kinds ?? [], [kind]),
    best: known?.best ?? momentAsked(at), story: known?.story ?? emptyStory,
    words: withWords(known?.words ?? {}, words),
  };
  const holds = holdLonger(event?.holds ?? {}, request);
  if (event === undefined) {
    const opened = { since: at, lastHit: at, isSeen: false, holds, recognisedAt: at, told: account, toldAt: at };
    return [{ ...state, account, event: opened }, [{ type: 'start', startedAt: at, account, continues: false }]];
  }
  if (account.kinds === known?.kinds && account.words === known.words)
    return [{ ...state, event: { ...event, holds } }, []];
  const told = { ...account, best: event.told.best };
  return [
    { ...state, account, event: { ...event, holds, told, toldAt: at } },
    [{ type: 'update', account: told, picture: false }],
  ];
}

/** What was asked for is over at `at`. The event ends if nothing else makes it last. */
export function stepLetGo(state: EventState, kind: AskedKind, at: Millis, limits: EventLimits): Step {
  if (state.event === undefined) return [state, []];
  return stepTime({ ...state, event: { ...state.event, holds: letGo(state.event.holds, kind, at) } }, at, limits);
}

/** Time goes on, whether anything is seen or not; `state` itself when that changes nothing. */
export function stepTime(state: EventState, now: Millis, limits: EventLimits): Step {
  const { event, account } = state;
  if (event === undefined || account === undefined || event.isSeen) return [state, []];
  if (now >= heldUntil(event.holds)) return closeEvents(state, now);
  return now - event.since < limits.maxLength ? [state, []] : goOn(state, { account, event }, now);
}

/** Nothing is seen any more, or wanted to be: what is held goes on, everything else ends. */
export function stepBlind(state: EventState, now: Millis): Step {
  const { event, account } = state;
  if (event === undefined || now >= heldUntil(event.holds)) return closeEvents(state, now);
  const left = account && { ...account, story: allLeft(account.story) };
  return [{ ...state, run: undefined, account: left, event: { ...event, isSeen: false } }, []];
}

/** As `stepBlind`, and what is told from outside is not wanted either: only what a person records goes on. */
export function stepDisarmed({ event, ...state }: EventState, now: Millis): Step {
  const left = event && { ...event, holds: letGo(event.holds, 'external', now) };
  const [after, effects] = stepBlind({ ...state, event: left }, now);
  return [{ ...after, tamper: idle.tamper }, effects];
}

/**
 * Ends an event that is under way: the camera is gone, the clip is over. What is wrong with the picture is remembered.
 *
 * @param now - An event that is held has lasted until then. Default: as long as it was to be held.
 */
export function closeEvents(state: EventState, now: Millis = millis(Infinity)): Step {
  const { tamper, event, account } = state;
  if (event === undefined || account === undefined) return [{ ...idle, tamper }, []];
  const endedAt = millis(Math.max(event.lastHit, Math.min(heldUntil(event.holds), now)));
  return [{ ...idle, tamper }, endOf(event, { type: 'end', endedAt, account, continues: false })];
}

/** With the best moment first, where the last second has brought it: afterwards nobody holds its video any more. */
function endOf({ told }: OpenEvent, end: EventEffect & { readonly type: 'end' }): readonly EventEffect[] {
  const { account } = end;
  return isClearlyBetter(told.best, account.best) ? [{ type: 'update', account, picture: true }, end] : [end];
}

/** Motion that is not over yet when `seen` comes. */
function lateRun({ run, event }: EventState, seen: Observation, limits: EventLimits): EventState['run'] {
  const waits = limits.onlyRecognised === true && event === undefined && hasLasted(run, limits);
  return run === undefined || seen.at - run.lastHit > (waits ? ANSWER_WITHIN : PAUSE) ? undefined : run;
}

const hasLasted = (run: EventState['run'], { minimumDuration }: EventLimits): boolean =>
  run !== undefined && run.lastHit - run.since >= minimumDuration;

const needsRecognition = ({ onlyRecognised = false, recognitionFails = false }: EventLimits): boolean =>
  onlyRecognised && !recognitionFails;

const wasRecognised = ({ story }: Account): boolean => kindsOf(story).length > 0;

function accountOf(account: Account | undefined, seen: Observation, kinds: readonly EventKind[]): Account {
  const moment = momentSeen(seen);
  return {
    kinds: withKinds(account?.kinds ?? [], kinds),
    best: account === undefined ? moment : seen.motion ? betterMoment(account.best, moment) : account.best,
    story: observe(account?.story ?? emptyStory, seen),
    words: account?.words ?? {},
  };
}

function open(state: EventState, account: Account, at: Millis, { minimumDuration }: EventLimits): Step {
  const startedAt = millis(Math.max(state.run?.since ?? at, at - minimumDuration - BEGINS_BEFORE));
  const lastHit = millis(Math.max(at, state.run?.lastHit ?? at));
  return [
    {
      ...state,
      event: { since: startedAt, lastHit, isSeen: true, holds: {}, recognisedAt: at, told: account, toldAt: lastHit },
    },
    [{ type: 'start', startedAt, account, continues: false }],
  ];
}

function stepOpen(
  state: EventState, account: Account, before: OpenEvent, seen: Observation, limits: EventLimits,
): Step {
  const counts = before.isSeen || !needsRecognition(limits) || wasRecognised(account);
  const isHit = (seen.motion && counts) || [...state.tamper.values()].some((since) => seen.at - since <= TAMPER_LASTS);
  const isHeld = seen.at < heldUntil(before.holds);
  const isQuiet = !isHit && seen.at - before.lastHit >= limits.quiet;
  if (!isHeld && (before.isSeen ? isQuiet : !isHit)) return closeEvents(state, seen.at);
  const event = { ...before, isSeen: isHit
    || (before.isSeen && !isQuiet), lastHit: isHit ? millis(Math.max(seen.at, before.lastHit)) : before.lastHit };
  if ((isHit || isHeld) && seen.at - event.since >= limits.maxLength)
    return goOn(state, { account, event, seen }, seen.at, limits);
  const now = before.isSeen && isQuiet ? { ...account, story: allLeft(account.story) } : account;
  return tellNews({ ...state, account: now }, now, event, seen.at);
}

function tellNews(state: EventState, account: Account, event: OpenEvent, at: Millis): Step {
  const picture = isClearlyBetter(event.told.best, account.best);
  const isNews = picture || account.kinds !== event.told.kinds || account.story.revision !== event.told.story.revision;
  if (!isNews || at - event.toldAt < UPDATE_EVERY) return [{ ...state, event }, []];
  const told = picture ? account : { ...account, best: event.told.best };
  return [{ ...state, event: { ...event, told, toldAt: at } }, [{ type: 'update', account: told, picture }]];
}

interface LongEvent {
  readonly account: Account;
  readonly event: OpenEvent;
  /** Undefined where nobody looks. */
  readonly seen?: Observation;
}

/** The event has reached its greatest length: it goes on as the next one, if there is a reason to. */
function goOn(state: EventState, { account, event, seen }: LongEvent, at: Millis, limits?: EventLimits): Step {
  const asked = askedAt(event.holds, at);
  const isKnown = limits === undefined || !needsRecognition(limits) || at - event.recognisedAt <= STILL_KNOWN;
  const continues = asked.length > 0 || isKnown;
  const ended = endOf(event, { type: 'end', endedAt: at, account, continues });
  const first = accountAfter(state, account, seen, { at, asked });
  if (!continues) return [{ ...state, run: { since: at, lastHit: at }, account: first, event: undefined }, ended];
  return [
    {
      ...state, account: first,
      event: { ...event, since: at, lastHit: at, isSeen: event.isSeen && isKnown, told: first, toldAt: at },
    },
    [...ended, { type: 'start', startedAt: at, account: first, continues: true }],
  ];
}

/** What an event is about that follows `account` without a gap: what that told of is not told twice. */
function accountAfter(
  { tamper }: EventState, account: Account,
  seen: Observation | undefined, { at, asked }: { readonly at: Millis; readonly asked: readonly AskedKind[] },
): Account {
  const words = asked.length > 0 ? account.words : {};
  const story = storyAfter(account.story);
  if (seen === undefined) return { kinds: withKinds([], asked), best: momentAsked(at), story, words };
  const fresh = [...tamper].filter(([, since]) => at - since <= TAMPER_LASTS).map(([kind]) => kind);
  return {
    ...accountOf(undefined, seen, [...asked, ...fresh, ...(seen.motion ? ['motion' as const] : [])]),
    story: observe(story, seen), words,
  };
}
