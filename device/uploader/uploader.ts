/** Works off the queue: takes in what the catalogue has, sends the most valuable step of an event, one at a time, for ever. */
import { isContinuous, type TytoEvent } from '../contract/event.ts';
import { describeError, isAbort } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { classesOf, type Bandwidth } from './bandwidth.ts';
import { checkpointOf } from './checkpoints.ts';
import { deliverStep, type Delivered } from './deliver-step.ts';
import type { CatalogueRow, EndedEvents } from './ended-events.ts';
import { isInTheWay, judge, type Failure } from './failure.ts';
import { Lane } from './lane.ts';
import type { Mail } from './mail.ts';
import type { Store, TargetName } from './open-target.ts';
import { Pace } from './pace.ts';
import { CLASSES, nextStep, type Step } from './plan.ts';
import type { UploadPolicy } from './policy.ts';
import type { Followed, UploadQueue, Wish } from './queue.ts';
import { classNumber, type Place, type QueueItem } from './queue-item.ts';
import { longestWait, retryAt, type Attempt, type RetryLimits } from './retry.ts';
import type { UploaderStatus, UploadProblem } from './status.ts';

export interface UploaderParts {
  readonly target: TargetName;
  /** Undefined for the target `none`: the uploader says so once, then idles. */
  readonly store: Store | undefined;
  /** Takes what is new while the first has failed for `after`. */
  readonly fallback?: { readonly store: Store; readonly after: Millis } | undefined;
  readonly queue: UploadQueue;
  readonly policy: UploadPolicy;
  /** What the line may be used for just now. */
  readonly bandwidth: () => Bandwidth;
  /** What the fleet says and asks for; undefined where nobody listens. */
  readonly mail?: Mail | undefined;
  readonly events: EndedEvents;
  /** Folder of the recordings; they lie in one folder a day below it. */
  readonly mediaFolder: string;
  /** Name of this device: the prefix that its credentials are bound to. */
  readonly device: string;
  readonly retry: RetryLimits;
  readonly clock: Clock;
  /** In `[0, 1)`, as `Math.random`. */
  readonly random: () => number;
  readonly log: Log;
  /** Called whenever the status is another than before, at first soon after `run`. */
  readonly onStatus: (status: UploaderStatus) => void;
}

/** How soon a new event is noticed. */
const LOOK_EVERY = seconds(1);
const BATCH = 200;
const SHOWN_REFUSALS = 10;
/** A connection that is held up for what is worth more must not be given up for it by the other side. */
const LONGEST_INTERLUDE = seconds(15);

export class Uploader {
  readonly #parts: UploaderParts;
  readonly #lanes: readonly Lane[];
  readonly #problems = new Map<Place, UploadProblem>();
  #catalogueProblem: UploadProblem | null = null;
  #published = '';
  #heldBack: Bandwidth['heldBack'];
  /** Turns that found nothing to do. */
  #idleTurns = 0;
  #isIdle = false;
  #quiet = { from: Infinity, until: -Infinity, stamp: '' };
  readonly #pace: Pace;
  constructor(parts: UploaderParts) {
    this.#parts = parts;
    const { store, fallback, clock, bandwidth } = parts;
    this.#pace = new Pace(clock, () => bandwidth().rate);
    const lane = (place: Place, of: Store | undefined): readonly Lane[] => (of === undefined ? [] : [new Lane({
      ...parts, store: of, place,
      onBack: (back) => parts.queue.forgive(back), onProblem: (failure, where) => this.#tellProblem(failure, where),
    })]);
    this.#lanes = [...lane(0, store), ...lane(1, store && fallback?.store)];
  }

  /**
   * Uploads until `signal` aborts; what is under way then is broken off and goes on at the next run.
   * @throws {DeviceError} `queue.failed` when the queue's disk fails: without its memory nothing is sent.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { queue, clock, log } = this.#parts;
    if (this.#lanes.length === 0) log.info('uploading is off: events stay on this device');
    for (const { place, store } of this.#lanes) queue.useStore(place, store.name);
    if (this.#lanes.length === 1) queue.dropStore(1);
    try {
      this.#publish();
      for (;;) {
        if (this.#lanes.length === 0) await clock.wait(millis(2 ** 31 - 1), signal);
        else await this.#turn(signal);
      }
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { clock, mail } = this.#parts;
    signal.throwIfAborted();
    this.#isIdle = false;
    await this.#takeIn(signal);
    if (await mail?.look(this.#lanes, signal) === 'changed') this.#publish();
    for (const lane of this.#lanes) if (lane.readiness === 'asks') return lane.ask(signal);
    const found = this.#isQuiet() ? undefined : this.#next();
    if (found !== undefined) return this.#upload(found.item, found.lane, signal);
    if (this.#parts.bandwidth().heldBack !== this.#heldBack) this.#publish();
    const wait = this.#idleTime();
    this.#isIdle = true;
    this.#idleTurns++;
    await clock.wait(wait, signal);
  }

  /**
   * For how long nothing is to be done unless something comes, and a number that grows with each look for that. Undefined while there
   * is something, while a store is in doubt, and while pieces of continuous recording go: there is always one of them.
   */
  get idle(): { readonly for: Millis; readonly looks: number } | undefined {
    const { policy, clock, mail } = this.#parts;
    const lanes = this.#lanes;
    const isWell = lanes.every(({ readiness, failures }) => readiness === 'ready' && failures === 0) && this.#catalogueProblem === null;
    if (!this.#isIdle || !isWell || policy.sendsContinuous || (mail?.working() ?? 0) > 0) return undefined;
    const until = millis(Math.min(this.#quiet.until - clock.now(), mail?.restIn(lanes) ?? Infinity));
    return { for: until, looks: mail?.hears(lanes) === true ? mail.reads : this.#idleTurns };
  }

  /** Whether nothing was due when it was last looked for, and cannot be now: an idle device asks its disk next to nothing. */
  #isQuiet(): boolean {
    const { from, until, stamp } = this.#quiet;
    const now = this.#parts.clock.now();
    return now >= from && now < until && stamp === this.#stamp();
  }

  #stamp(): string {
    return [this.#parts.queue.stamp, this.#parts.bandwidth().heldBack, this.#isOnFallback(), ...this.#lanes.map(({ readiness }) => readiness === 'ready')].join();
  }

  /** The most valuable item that a store which works may have now. */
  #next(most: number = CLASSES.length): { readonly item: QueueItem; readonly lane: Lane } | undefined {
    const { queue, clock, retry } = this.#parts;
    const found = this.#lanes.filter(({ readiness }) => readiness === 'ready').flatMap((lane) => {
      const first = lane.failures === 0 ? 'newest' : 'least-tried';
      const item = queue.next({ ...this.#wish(lane, most), now: clock.now(), longest: longestWait(retry), first });
      return item === undefined ? [] : [{ item, lane }];
    });
    return found.reduce<typeof found[number] | undefined>((best, one) =>
      (best === undefined || classNumber(one.item.class) < classNumber(best.item.class) ? one : best), undefined);
  }

  /** An event that has begun in a store ends there; new ones go to the first, or to the other while that fails. */
  #wish({ place }: Lane, most: number = CLASSES.length): Wish {
    const classes = classesOf(this.#parts.bandwidth()).filter((name) => classNumber(name) < most);
    return { classes, place, mayBegin: (place === 0) === !this.#isOnFallback() };
  }

  #isOnFallback(): boolean {
    const { fallback } = this.#parts;
    const [first, second] = this.#lanes;
    return fallback !== undefined && second !== undefined && first !== undefined && first.failingFor > fallback.after;
  }

  #idleTime(): Millis {
    const { queue, clock, mail } = this.#parts;
    const now = clock.now();
    if (!this.#isQuiet()) {
      const due = this.#lanes.filter(({ readiness }) => readiness === 'ready').map((lane) => queue.nextDueAt(this.#wish(lane)) ?? Infinity);
      this.#quiet = { from: now, until: Math.min(...due, Infinity), stamp: this.#stamp() };
    }
    const asks = this.#lanes.map(({ readiness }) => (readiness === 'ready' ? Infinity : readiness === 'asks' ? 0 : readiness));
    return sooner(millis(Math.min(this.#quiet.until - now, ...asks, mail?.dueIn(this.#lanes) ?? Infinity)));
  }

  async #takeIn(signal: AbortSignal): Promise<void> {
    const { policy } = this.#parts;
    await this.#follow('events', signal);
    if (policy.sendsContinuous) await this.#follow('pieces', signal);
  }

  async #follow(what: Followed, signal: AbortSignal): Promise<void> {
    const { queue } = this.#parts;
    for (;;) {
      const found = this.#found(what);
      if (found === undefined || found.rows.length === 0) return;
      queue.add(what, found.rows, found.generation);
      this.#publish();
      if (found.rows.length < BATCH) return;
      await new Promise((resolve) => { setImmediate(resolve); });
      signal.throwIfAborted();
    }
  }

  /** A catalogue that cannot be read now does not keep the queue from being worked off. */
  #found(what: Followed): { readonly rows: readonly CatalogueRow[]; readonly generation: string } | undefined {
    const { events, queue, log } = this.#parts;
    const cursor = queue.cursor(what);
    try {
      const generation = events.generation();
      const after = generation === cursor.generation ? cursor.seq : 0;
      const rows = generation === '' ? [] : what === 'events' ? events.endedAfter(after, BATCH) : events.piecesAfter(after, BATCH);
      this.#catalogueProblem = null;
      return { rows, generation };
    } catch (error) {
      const message = describeError(error);
      if (this.#catalogueProblem === null) log.warn('the catalogue of events cannot be read; it is tried again', { reason: message });
      this.#catalogueProblem = { code: 'catalogue.unreadable', message };
      this.#publish();
      return undefined;
    }
  }

  async #upload(item: QueueItem, lane: Lane, signal: AbortSignal): Promise<void> {
    const { queue, retry, policy, clock, random, bandwidth } = this.#parts;
    if (this.#forgetIfGone(item)) return this.#publish();
    const wants = policy.wants(item.event, item.isAsked);
    const step = nextStep(item, wants, bandwidth().heldBack !== undefined);
    if (step === undefined) return this.#stored(item);
    if (step.class !== item.class) return queue.goOn(item, step.class); // what the rules say has changed since it was put there
    const attempt = { attempts: item.attempts + 1, now: clock.now(), random: random() };
    queue.begin(item, retryAt('unreachable', attempt, retry));
    const paused = new AbortController();
    const either = AbortSignal.any([signal, paused.signal]);
    try {
      const { delivered, fault } = await this.#deliver(item, step, { lane, paused }, either);
      this.#after(item, delivered, fault, { attempt, lane, isOwn: true });
    } catch (error) {
      if (either.aborted) queue.release(item);
      if (signal.aborted) throw error;
      if (paused.signal.aborted) {
        if (paused.signal.reason !== PAUSED) throw paused.signal.reason;
      } else if (judge(error).code === 'queue.failed') {
        throw error;
      } else {
        this.#failed(item, judge(error), { attempt, lane, isOwn: false });
      }
    }
    this.#publish();
  }

  async #deliver(item: QueueItem, step: Step, { lane, paused }: { readonly lane: Lane; readonly paused: AbortController }, signal: AbortSignal) {
    const { queue, mediaFolder, mail } = this.#parts;
    const { place, store } = lane;
    let lookedAt = this.#parts.clock.monotonic();
    return deliverStep(item, step, {
      landing: store.landing, mediaFolder,
      checkpoint: (file) => checkpointOf(queue.db, item.event.id, file, place),
      onProgress: (now) => {
        queue.progress(item, { ...now, place, manifest: store.answers === false ? undefined : now.manifest });
        mail?.sent(item);
        lane.works();
      },
      onBytes: (sent) => mail?.sending(item, sent),
      pace: async (bytes) => {
        await this.#pace.take(bytes, signal);
        if (this.#parts.clock.monotonic() - lookedAt < LOOK_EVERY) return;
        if (!classesOf(this.#parts.bandwidth()).includes(step.class)) paused.abort(PAUSED);
        else if (classNumber(step.class) > 0) await this.#interlude(step, paused, signal);
        lookedAt = this.#parts.clock.monotonic();
      },
    }, signal);
  }

  /** What is worth more than the file under way goes between two pieces of it. */
  async #interlude(step: Step, outer: AbortController, signal: AbortSignal): Promise<void> {
    const { clock, mail } = this.#parts;
    const began = clock.monotonic();
    try {
      await this.#takeIn(signal);
      await mail?.look(this.#lanes, signal);
      while (clock.monotonic() - began < LONGEST_INTERLUDE) {
        const found = this.#next(classNumber(step.class));
        if (found === undefined) return;
        await this.#upload(found.item, found.lane, signal);
      }
    } catch (error) {
      if (!signal.aborted) outer.abort(error);
    }
  }

  #after(item: QueueItem, delivered: Delivered, fault: Failure | undefined, tried: Tried): void {
    const { queue, policy, log } = this.#parts;
    const now = { ...item, ...delivered };
    const wants = policy.wants(item.event, item.isAsked);
    const next = nextStep(now, wants);
    const isLeft = next !== undefined && !next.files.every(({ role }) => delivered.faulty.includes(role));
    if (fault !== undefined && isLeft) {
      // The rest of the event first; the fault is noted when nothing else is left.
      queue.goOn(item, next.class);
      log.warn('a file of an event cannot be uploaded; the rest goes first', { event: item.event.id, code: fault.code, reason: fault.reason });
    } else if (fault !== undefined) {
      this.#failed(item, fault, tried);
    } else if (next === undefined) {
      this.#stored(item);
    } else {
      queue.goOn(item, next.class);
    }
  }

  /** What was deleted on purpose is not tried for ever; that it never went is said, and counted. */
  #forgetIfGone(item: QueueItem): boolean {
    const { queue, log } = this.#parts;
    const why = this.#whyGone(item.event);
    if (why === undefined) return false;
    queue.gone(item.event.id);
    log.warn('an event was deleted before it was uploaded', { event: item.event.id, why });
    return true;
  }

  #whyGone(event: TytoEvent): string | undefined {
    const { events } = this.#parts;
    try {
      const isGonePiece = isContinuous(event) && events.find(event.id) === undefined;
      return isGonePiece ? 'the piece of continuous recording is no longer here' : events.whyGone(event.id);
    } catch {
      return undefined; // a catalogue that cannot be read is told of when it is asked for events
    }
  }

  #stored(item: QueueItem): void {
    this.#parts.queue.stored(item, this.#parts.clock.now());
    this.#parts.log.info('event uploaded', { event: item.event.id });
  }

  #failed(item: QueueItem, failure: Failure, { attempt, lane, isOwn }: Tried): void {
    const { queue, retry, log } = this.#parts;
    const { kind, code, reason } = failure;
    const nextAt = retryAt(kind, attempt, retry);
    const blame = isOwn || isInTheWay(failure) ? 'event' : 'store';
    // A store that was well until now, and is again for others by then, means this one.
    const strikes = item.strikes + (kind !== 'unreachable' && (isOwn || lane.failures === 0) ? 1 : 0);
    const noted = { attempts: attempt.attempts, strikes, now: attempt.now, nextAt, blame } as const;
    if (kind === 'unreachable') {
      queue.failed(item, { ...noted, state: item.state, code: null, reason: null });
    } else if (strikes >= retry.strikes) {
      queue.failed(item, { ...noted, state: 'dead', code, reason });
      log.error('an event is put aside: it cannot be uploaded whole; it stays here until it is tried again by hand', { event: item.event.id, code, reason });
    } else {
      queue.failed(item, { ...noted, state: 'refused', code, reason });
      if (item.state !== 'refused') log.warn('an event cannot be uploaded whole; it stays here and is tried again', { event: item.event.id, code, reason });
    }
    if (blame === 'store') lane.failed(failure);
  }

  /** Said once when it begins, changes or ends: it may last for days. */
  #tellProblem(failure: Failure | undefined, place: Place): void {
    const { log } = this.#parts;
    const before = this.#problems.get(place);
    const where = this.#lanes.length > 1 ? { store: place === 0 ? 'first' : 'fallback' } : {};
    if (failure === undefined) {
      this.#problems.delete(place);
      if (before !== undefined) log.info('uploads work again', where);
    } else {
      this.#problems.set(place, { code: failure.code, message: failure.reason });
      if (failure.code !== before?.code) log.warn('uploads do not work; they are tried again', { ...where, code: failure.code, reason: failure.reason });
    }
    this.#publish();
  }

  #publish(): void {
    const { queue, target, onStatus, bandwidth, mail } = this.#parts;
    const { pending, refused, stored, acknowledged, dead } = queue.counts();
    const { heldBack, rate } = bandwidth();
    this.#heldBack = heldBack;
    const status: UploaderStatus = {
      target, pending, uploaded: stored + acknowledged, acknowledged, refused, dead, gone: queue.goneCount,
      elsewhere: this.#parts.fallback === undefined ? 0 : queue.elsewhere(), store: this.#isOnFallback() ? 'fallback' : 'first',
      held_back: heldBack ?? null, rate, requests: mail?.working() ?? 0,
      problem: this.#problems.get(0) ?? this.#problems.get(1) ?? this.#catalogueProblem, refusals: queue.refusals(SHOWN_REFUSALS),
    };
    const text = JSON.stringify(status);
    if (text === this.#published) return;
    this.#published = text;
    onStatus(status);
  }
}

interface Tried {
  readonly attempt: Attempt;
  readonly lane: Lane;
  /** Whether it is the event's own fault. */
  readonly isOwn: boolean;
}

/** Why an upload is broken off when the line is to be spared. */
const PAUSED = new Error('the line is to be spared');

const sooner = (wait: Millis): Millis => millis(Math.min(LOOK_EVERY, Math.max(wait, 1)));
