/**
 * Carries an event through its life: opens its clip, takes its pictures, writes it into the catalogue, tells the bus.
 */
import type { ClipFile, EventMessage, TytoEvent } from '../contract/event.ts';
import { eventId } from '../contract/names.ts';
import type { Observation } from '../core/frame.ts';
import { describeError } from '../core/errors.ts';
import { inSeconds, millis, type Millis } from '../core/units.ts';
import {
  accountRecognised, closeEvents, idle, stepBlind, stepDisarmed, stepEvents, stepLetGo, stepRecognised,
  stepRequest, stepTime,
  type Account, type EventEffect, type EventState,
} from './event-machine.ts';
import { countsOf, emptyStory } from './event-story.ts';
import type { AskedKind, EventRequest } from './holds.ts';
import type { EventSummary, KeeperParts } from './keeper-ports.ts';
import type { Recognition } from './recognition.ts';
import { tellAccount, tellMoment, type Telling } from './tell-account.ts';

/** The wall clock is asked once an event: one that is set meanwhile neither cuts nor stretches it. */
interface Timeline { readonly streamTime: Millis; readonly wallTime: Millis }

const wallTimeOf = (at: Millis, { streamTime, wallTime }: Timeline): Millis => millis(wallTime + at - streamTime);

interface OpenEvent {
  /** What was last told of it. */
  event: TytoEvent;
  told: Account;
  account: Account;
  readonly timeline: Timeline;
  /** Everything begun for this event, in order. */
  work: Promise<void>;
}

const isOnDemand = ({ kinds }: Account): boolean => kinds.includes('manual');

/** It is over, but its clip is not durable yet, or somebody may still be recognised in it. */
interface EndedEvent {
  readonly open: OpenEvent;
  readonly endedAt: Millis;
  /** Counts streams. */
  readonly stream: number;
  readonly done: Promise<void>;
}

export class EventKeeper {
  readonly #parts: KeeperParts;
  #state: EventState = idle;
  #open: OpenEvent | undefined;
  readonly #ended = new Set<EndedEvent>();
  #stream = 0;
  /** The newest moment of the present stream that is known: what was seen may be told some time after it. */
  #latest = millis(0);
  constructor(parts: KeeperParts) { this.#parts = parts; }

  /** Observations come in order; a stream's time may only start anew after `close`. */
  observe(seen: Observation): void { this.#step(stepEvents(this.#state, seen, this.#parts.limits()), seen.at); }

  /** Joins the event that it belongs to, also one that has just ended; belongs it to none, it is nothing. */
  recognised(recognition: Recognition): void {
    const { at } = recognition.seen;
    const late = [...this.#ended].find(({ open, endedAt, stream }) =>
      stream === this.#stream && at >= open.timeline.streamTime && at <= endedAt);
    if (late === undefined) this.#step(stepRecognised(this.#state, recognition, this.#parts.limits()), at);
    else this.#recognisedLate(late.open, recognition);
  }

  /** Somebody wants an event, armed or not. @returns Its id. */
  request(request: EventRequest): string | undefined {
    this.#step(stepRequest(this.#state, request), request.at);
    return this.#open?.event.id;
  }

  /**
   * What was asked for is no longer wanted.
   * @returns The id of the event that it was part of; undefined when there is none.
   */
  letGo(kind: AskedKind, at: Millis): string | undefined {
    const id = this.#isHeld(kind, at) ? this.#open?.event.id : undefined;
    if (id !== undefined) this.#step(stepLetGo(this.#state, kind, at, this.#parts.limits()), at);
    return id;
  }

  /** To be told of the time as video comes: what is asked for lasts and ends by it, seen or not. */
  pass(at: Millis): void {
    const step = stepTime(this.#state, at, this.#parts.limits());
    if (step[0] !== this.#state) this.#step(step, at);
    else this.#tellRecording(at);
  }

  /** Nothing is seen any more: what was asked for goes on without. */
  blind(at: Millis): void { this.#step(stepBlind(this.#state, at), at); }

  /** Ends what is under way: the camera went, the device stops. */
  close(at: Millis): void {
    this.#step(closeEvents(this.#state, at), at);
    this.#stream += 1;
    this.#latest = millis(0);
  }

  /**
   * The switch was turned off: only what a person records goes on. What is wrong with the picture when
   * it is turned on again will be news.
   */
  disarm(at: Millis): void { this.#step(stepDisarmed(this.#state, at), at); }

  /** Resolves when every event that has ended is durable and told. */
  async settled(): Promise<void> {
    while (this.#ended.size > 0) await Promise.all([...this.#ended].map(({ done }) => done));
  }

  /** Whether an event is under way. */
  get isOpen(): boolean { return this.#open !== undefined; }

  #step([state, effects]: readonly [EventState, readonly EventEffect[]], now: Millis): void {
    this.#state = state;
    for (const effect of effects) this.#apply(effect, now);
    const account = state.event === undefined ? undefined : state.account;
    this.#tellRecording(now);
    this.#parts.announcer.motion(state.event?.isSeen === true && account?.kinds.includes('motion') === true);
    this.#parts.announcer.zones([...account?.story.switches.keys() ?? []]);
    this.#parts.announcer.counts(countsOf(account?.story ?? emptyStory));
  }

  #tellRecording(now: Millis): void {
    this.#latest = millis(Math.max(this.#latest, now));
    this.#parts.announcer.recording(this.#isHeld('manual', this.#latest));
  }

  #isHeld(kind: AskedKind, at: Millis): boolean { return (this.#state.event?.holds[kind] ?? -Infinity) > at; }

  #apply(effect: EventEffect, now: Millis): void {
    switch (effect.type) {
      case 'start': return this.#start(effect);
      case 'update': return this.#update(effect, now);
      case 'end': return this.#end(effect, now);
    }
  }

  #start({ startedAt, account, continues }: EventEffect & { type: 'start' }): void {
    const start = this.#parts.wallTime(startedAt);
    const timeline = { streamTime: startedAt, wallTime: start };
    const moment = tellMoment(account, this.#telling(timeline));
    const event: TytoEvent = {
      id: eventId(start, this.#parts.random()), device: this.#parts.device, camera: this.#parts.camera,
      start_time: inSeconds(start), end_time: null, has_clip: false, has_snapshot: false,
      clock: this.#parts.clockSynced() ? 'synced' : 'unsynced', clip: null, snapshot: null,
      ...tellAccount(account, this.#telling(timeline)), ...moment, top_score: moment.score,
    };
    this.#parts.recorder.startClip(event.id, startedAt, { continues, onDemand: isOnDemand(account) });
    this.#open = { event, told: account, account, timeline, work: Promise.resolve() };
    this.#parts.catalogue.save(event);
    this.#parts.tell({ type: 'new', before: event, after: event });
    this.#picture(this.#open);
  }

  #update({ account, picture }: EventEffect & { type: 'update' }, now: Millis): void {
    const open = this.#open;
    if (open === undefined) return;
    const isNowOnDemand = isOnDemand(account) && !isOnDemand(open.account);
    if (isNowOnDemand) this.#parts.recorder.startClip(open.event.id, now, { continues: false, onDemand: true });
    open.account = account;
    // none was kept where nothing was to be recorded
    if (picture || (isNowOnDemand && open.event.snapshot === null)) this.#picture(open);
    else this.#tellNews(open);
  }

  #tellNews(open: OpenEvent): void {
    const { told, account } = open;
    if (told.kinds === account.kinds && told.words === account.words && told.story.revision === account.story.revision)
      return;
    this.#tell(open, 'update', {});
  }

  /** Takes the picture of the best moment off the frame path, then tells the event with it. */
  #picture(open: OpenEvent): void {
    const { account } = open;
    const taking = this.#parts.recorder.takePicture(open.event.id, account.best.at);
    open.work = Promise.all([taking, open.work]).then(([picture]) => {
      if (picture === undefined) return this.#tellNews(open);
      this.#parts.announcer.picture(picture.jpeg);
      const moment = tellMoment(account, this.#telling(open.timeline));
      const top_score = Math.max(open.event.top_score, moment.score);
      this.#tell(open, 'update', { ...moment, top_score, has_snapshot: picture.file !== null, snapshot: picture.file });
    }).catch((error: unknown) =>
      this.#parts.log.warn('no picture of the event', { event: open.event.id, reason: describeError(error) }));
  }

  #recognisedLate(open: OpenEvent, recognition: Recognition): void {
    const { best } = open.account;
    open.account = accountRecognised(open.account, recognition);
    if (open.account.best !== best) this.#picture(open);
  }

  #end({ endedAt, account, continues }: EventEffect & { type: 'end' }, now: Millis): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    open.account = account;
    const clip = this.#tried(open, 'its clip', () =>
      this.#parts.recorder.endClip(open.event.id, continues ? endedAt : now));
    const answered = this.#tried(open, 'who was recognised in it', () => this.#parts.answers());
    const done = Promise.all([clip, answered])
      .then(([recorded = null]) => this.#tried(open, 'its end', () => this.#finish(ended, recorded)));
    const ended: EndedEvent = { open, endedAt, stream: this.#stream, done };
    this.#ended.add(ended);
  }

  async #finish(ended: EndedEvent, clip: ClipFile | null): Promise<void> {
    const { open } = ended;
    let summary: EventSummary = {};
    for (let work; work !== open.work;) { // who is recognised meanwhile brings another picture
      work = open.work;
      await work;
      summary = await this.#tried(open, 'its summary', () =>
        this.#parts.recorder.sumUp(open.event.id, open.timeline.streamTime, ended.endedAt)) ?? {};
    }
    this.#ended.delete(ended); // from here on nothing joins it
    this.#parts.recorder.forget(open.event.id);
    const endedAt = wallTimeOf(ended.endedAt, open.timeline);
    this.#tell(open, 'end', {
      end_time: inSeconds(endedAt), current_zones: [], has_clip: clip !== null, clip, ...summary,
    });
  }

  /**
   * An event ends, and is told, whatever cannot be had for it.
   * @returns Undefined when `work` failed, which is logged.
   */
  async #tried<T>({ event }: OpenEvent, what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#parts.log.error(`of an event that is over, ${what} is lost`, {
        event: event.id, reason: describeError(error),
      });
      return undefined;
    }
  }

  /** Keeps and tells what it is about as is known now, and `more`. */
  #tell(open: OpenEvent, type: EventMessage['type'], more: Partial<TytoEvent>): void {
    const after = { ...open.event, ...tellAccount(open.account, this.#telling(open.timeline)), ...more };
    this.#parts.catalogue.save(after);
    this.#parts.tell({ type, before: open.event, after });
    open.event = after;
    open.told = open.account;
  }

  #telling(timeline: Timeline): Telling {
    return { size: this.#parts.pictureSize(), wallTime: (at) => wallTimeOf(at, timeline) };
  }
}
