/**
 * Works off the queue: takes in what the catalogue has, sends the most valuable step of an event, one at a time, for
 * ever.
 */
import { isAbort } from '../core/errors.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { classesOf } from './bandwidth.ts';
import { CatalogueIntake } from './catalogue-intake.ts';
import { checkpointOf } from './checkpoints.ts';
import { deliverStep } from './deliver-step.ts';
import { judge } from './failure.ts';
import { Lane } from './lane.ts';
import type { Store } from './open-target.ts';
import { Outcomes } from './outcomes.ts';
import { Pace } from './pace.ts';
import { nextStep, type Step } from './plan.ts';
import { classNumber, type Place, type QueueItem } from './queue-item.ts';
import { retryAt } from './retry.ts';
import { StatusTeller } from './status-teller.ts';
import { TurnChoice } from './turn-choice.ts';
import type { UploaderParts } from './uploader-parts.ts';

/** How soon a new event is noticed. */
const LOOK_EVERY = seconds(1);
/** A connection that is held up for what is worth more must not be given up for it by the other side. */
const LONGEST_INTERLUDE = seconds(15);

export class Uploader {
  readonly #parts: UploaderParts;
  readonly #lanes: readonly Lane[];
  readonly #intake: CatalogueIntake;
  readonly #choice: TurnChoice;
  readonly #outcomes: Outcomes;
  readonly #status: StatusTeller;
  readonly #pace: Pace;
  /** Turns that found nothing to do. */
  #idleTurns = 0;
  #isIdle = false;
  constructor(parts: UploaderParts) {
    this.#parts = parts;
    const { store, fallback, clock, bandwidth } = parts;
    this.#pace = new Pace(clock, () => bandwidth().rate);
    const lane = (place: Place, of: Store | undefined): readonly Lane[] => (of === undefined ? [] : [new Lane({
      ...parts, store: of, place,
      onBack: (back) => parts.queue.forgive(back),
      onProblem: (failure, at) => this.#status.tellProblem(failure, at),
    })]);
    this.#lanes = [...lane(0, store), ...lane(1, store && fallback?.store)];
    this.#intake = new CatalogueIntake({ ...parts, onChange: () => this.#status.tell() });
    this.#choice = new TurnChoice({ ...parts, lanes: this.#lanes });
    this.#outcomes = new Outcomes(parts);
    this.#status = new StatusTeller({
      ...parts, isOnFallback: () => this.#choice.isOnFallback(), otherProblem: () => this.#intake.problem,
    });
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
      this.#status.tell();
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
    await this.#intake.take(signal);
    if (await mail?.look(this.#lanes, signal) === 'changed') this.#status.tell();
    for (const lane of this.#lanes) if (lane.readiness === 'asks') return lane.ask(signal);
    const found = this.#choice.isQuiet() ? undefined : this.#choice.next();
    if (found !== undefined) return this.#upload(found.item, found.lane, signal);
    this.#status.tellOfBandwidth();
    const wait = this.#idleTime();
    this.#isIdle = true;
    this.#idleTurns++;
    await clock.wait(wait, signal);
  }

  /**
   * For how long nothing is to be done unless something comes, and a number that grows with each look for
   * that. Undefined while there is something, while a store is in doubt, and while pieces of continuous
   * recording go: there is always one of them.
   */
  get idle(): { readonly for: Millis; readonly looks: number } | undefined {
    const { policy, mail } = this.#parts;
    const lanes = this.#lanes;
    const isWell = lanes.every(({ readiness, failures }) => readiness === 'ready' && failures === 0)
      && this.#intake.problem === null;
    if (!this.#isIdle || !isWell || policy.sendsContinuous || (mail?.working() ?? 0) > 0) return undefined;
    const until = millis(Math.min(this.#choice.quietFor(), mail?.restIn(lanes) ?? Infinity));
    return { for: until, looks: mail?.hears(lanes) === true ? mail.reads : this.#idleTurns };
  }

  #idleTime(): Millis {
    const { mail } = this.#parts;
    const quiet = this.#choice.lookAhead();
    const asks = this.#lanes.map(({ readiness }) =>
      (readiness === 'ready' ? Infinity : readiness === 'asks' ? 0 : readiness));
    return sooner(millis(Math.min(quiet, ...asks, mail?.dueIn(this.#lanes) ?? Infinity)));
  }

  async #upload(item: QueueItem, lane: Lane, signal: AbortSignal): Promise<void> {
    const { queue, retry, policy, clock, random, bandwidth } = this.#parts;
    const whyGone = this.#intake.whyGone(item.event);
    if (whyGone !== undefined) {
      this.#outcomes.gone(item, whyGone);
      return this.#status.tell();
    }
    const wants = policy.wants(item.event, item.isAsked);
    const step = nextStep(item, wants, bandwidth().heldBack !== undefined);
    if (step === undefined) return this.#outcomes.stored(item);
    // what the rules say has changed since it was put there
    if (step.class !== item.class) return queue.goOn(item, step.class);
    const attempt = { attempts: item.attempts + 1, now: clock.now(), random: random() };
    queue.begin(item, retryAt('unreachable', attempt, retry));
    const paused = new AbortController();
    const either = AbortSignal.any([signal, paused.signal]);
    const object = { bytes: 0 };
    try {
      const { delivered, fault } = await this.#deliver(item, step, { lane, paused, object }, either);
      this.#outcomes.tried(item, delivered, fault, { attempt, lane, isOwn: true, bytes: object.bytes });
    } catch (error) {
      if (either.aborted) queue.release(item);
      if (signal.aborted) throw error;
      if (paused.signal.aborted) {
        if (paused.signal.reason !== PAUSED) throw paused.signal.reason;
      } else if (judge(error).code === 'queue.failed') {
        throw error;
      } else {
        this.#outcomes.failed(item, judge(error), { attempt, lane, isOwn: false, bytes: object.bytes });
      }
    }
    this.#status.tell();
  }

  async #deliver(
    item: QueueItem, step: Step,
    { lane, paused, object }: {
      readonly lane: Lane; readonly paused: AbortController;
      /** What is known of the object under way. */
      readonly object: { bytes: number };
    },
    signal: AbortSignal,
  ) {
    const { queue, mediaFolder, mail } = this.#parts;
    const { place, store } = lane;
    let lookedAt = this.#parts.clock.monotonic();
    return deliverStep(item, step, {
      landing: store.landing, mediaFolder,
      checkpoint: (file) => checkpointOf(queue.db, item.event.id, file, place),
      onBegin: (size) => { object.bytes = size; },
      onProgress: (now) => {
        queue.progress(item, { ...now, place, manifest: store.answers === false ? undefined : now.manifest });
        mail?.sent(item);
        lane.works(object.bytes);
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
      await this.#intake.take(signal);
      await mail?.look(this.#lanes, signal);
      while (clock.monotonic() - began < LONGEST_INTERLUDE) {
        const found = this.#choice.next(classNumber(step.class));
        if (found === undefined) return;
        await this.#upload(found.item, found.lane, signal);
      }
    } catch (error) {
      if (!signal.aborted) outer.abort(error);
    }
  }
}

/** Why an upload is broken off when the line is to be spared. */
const PAUSED = new Error('the line is to be spared');

const sooner = (wait: Millis): Millis => millis(Math.min(LOOK_EVERY, Math.max(wait, 1)));
