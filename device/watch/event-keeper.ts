/** Carries an event through its life: opens its clip, takes its pictures, writes it into the catalogue, tells the bus. */
import type { ClipFile, EventMessage, MediaFile, TytoEvent } from '../contract/event.ts';
import { eventId } from '../contract/names.ts';
import type { Observation } from '../core/frame.ts';
import { boundingBox, cornersInPixels, type Size } from '../core/geometry.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { inSeconds, millis, type Millis } from '../core/units.ts';
import type { CatalogueWriter } from './catalogue-writer.ts';
import { closeEvents, idle, stepEvents, type EventEffect, type EventLimits, type EventState } from './event-machine.ts';

/** What the keeper asks of the recorder. All times are stream time. */
export interface EventRecorder {
  /** Begins the event's clip, with pre-roll unless it `continues` the one before. What goes wrong shows at `endClip`. */
  startClip(id: string, at: Millis, continues: boolean): void;
  /** Resolves when the clip is durable; null when nothing could be recorded, or nothing is recorded in this mode. */
  endClip(id: string, until: Millis): Promise<ClipFile | null>;
  /** A JPEG of the moment `at`; undefined when there is none or a later wish overtook this one. `file` is null when it could not be stored. */
  takePicture(id: string, at: Millis): Promise<{ readonly file: MediaFile | null; readonly jpeg: Uint8Array } | undefined>;
}

export interface Announcer {
  motion(on: boolean): void;
  event(message: EventMessage): void;
  picture(jpeg: Uint8Array): void;
}

export interface KeeperParts {
  readonly device: string;
  readonly camera: string;
  readonly limits: EventLimits;
  readonly recorder: EventRecorder;
  readonly catalogue: Pick<CatalogueWriter, 'save'>;
  readonly announcer: Announcer;
  readonly log: Log;
  readonly random: () => number;
  /** Size of the recorded picture, once known. */
  readonly pictureSize: () => Size | undefined;
  readonly clockSynced: () => boolean;
  /** The wall clock's time of a moment of the present stream. */
  readonly wallTime: (streamTime: Millis) => Millis;
}

type Moment = Pick<TytoEvent, 'frame_time' | 'score' | 'top_score' | 'box' | 'boxes'>;

/** The wall clock is asked once an event: one that is set meanwhile neither cuts nor stretches it. */
interface Timeline { readonly streamTime: Millis; readonly wallTime: Millis }

const wallTimeOf = (at: Millis, { streamTime, wallTime }: Timeline): Millis => millis(wallTime + at - streamTime);

interface OpenEvent {
  /** What was last told of it. */
  event: TytoEvent;
  readonly timeline: Timeline;
  /** Everything begun for this event, in order. */
  work: Promise<void>;
}

export class EventKeeper {
  readonly #parts: KeeperParts;
  #state: EventState = idle;
  #open: OpenEvent | undefined;
  #finishing = new Set<Promise<void>>();
  constructor(parts: KeeperParts) { this.#parts = parts; }

  /** Observations come in order; a stream's time may only start anew after `close`. */
  observe(seen: Observation): void {
    const [state, effects] = stepEvents(this.#state, seen, this.#parts.limits);
    this.#state = state;
    for (const effect of effects) this.#apply(effect, seen.at);
  }

  /** Ends what is under way: the camera went, the switch was turned off, the device stops. */
  close(at: Millis): void {
    const [state, effects] = closeEvents(this.#state);
    this.#state = state;
    for (const effect of effects) this.#apply(effect, at);
  }

  /** Resolves when every event that has ended is durable and told. */
  async settled(): Promise<void> {
    while (this.#finishing.size > 0) await Promise.all(this.#finishing);
  }

  /** Whether an event is under way. */
  get isOpen(): boolean { return this.#open !== undefined; }

  #apply(effect: EventEffect, now: Millis): void {
    switch (effect.type) {
      case 'start': return this.#start(effect);
      case 'update': return this.#update(effect.best);
      case 'end': return this.#end(effect, now);
    }
  }

  #start({ startedAt, best, continues }: EventEffect & { type: 'start' }): void {
    const start = this.#parts.wallTime(startedAt);
    const timeline = { streamTime: startedAt, wallTime: start };
    const event: TytoEvent = {
      id: eventId(start, this.#parts.random()), device: this.#parts.device, camera: this.#parts.camera,
      kinds: ['motion'], label: 'motion', start_time: inSeconds(start), end_time: null,
      current_zones: [], entered_zones: [], tracks: [], crossings: [], faces: [], objects: [], has_clip: false, has_snapshot: false,
      clock: this.#parts.clockSynced() ? 'synced' : 'unsynced', clip: null, snapshot: null,
      ...this.#moment(best, timeline),
    };
    this.#parts.recorder.startClip(event.id, startedAt, continues);
    this.#open = { event, timeline, work: Promise.resolve() };
    this.#parts.catalogue.save(event);
    if (!continues) this.#parts.announcer.motion(true);
    this.#parts.announcer.event({ type: 'new', before: event, after: event });
    this.#picture(this.#open, best);
  }

  #update(best: Observation): void {
    if (this.#open !== undefined) this.#picture(this.#open, best);
  }

  /** Takes the picture of `best` off the frame path, then tells the event with it. */
  #picture(open: OpenEvent, best: Observation): void {
    const moment = this.#moment(best, open.timeline);
    const taking = this.#parts.recorder.takePicture(open.event.id, best.at);
    open.work = Promise.all([taking, open.work]).then(([picture]) => {
      if (picture === undefined) return;
      this.#parts.announcer.picture(picture.jpeg);
      const top_score = Math.max(open.event.top_score, moment.top_score);
      this.#tell(open, 'update', { ...open.event, ...moment, top_score, has_snapshot: picture.file !== null, snapshot: picture.file });
      this.#parts.catalogue.save(open.event);
    }).catch((error: unknown) => this.#parts.log.warn('no picture of the event', { event: open.event.id, reason: describeError(error) }));
  }

  #end({ endedAt, continues }: EventEffect & { type: 'end' }, now: Millis): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    if (!continues) this.#parts.announcer.motion(false);
    const end = wallTimeOf(endedAt, open.timeline);
    const clip = this.#parts.recorder.endClip(open.event.id, continues ? endedAt : now);
    const finish = Promise.all([clip, open.work]).then(([recorded]) => this.#finish(open, end, recorded));
    this.#finishing.add(finish);
    void finish.finally(() => this.#finishing.delete(finish));
  }

  #finish(open: OpenEvent, endedAt: Millis, clip: ClipFile | null): void {
    this.#tell(open, 'end', { ...open.event, end_time: inSeconds(endedAt), has_clip: clip !== null, clip });
    this.#parts.catalogue.save(open.event);
  }

  #tell(open: OpenEvent, type: EventMessage['type'], after: TytoEvent): void {
    this.#parts.announcer.event({ type, before: open.event, after });
    open.event = after;
  }

  /** What is told of the best moment. */
  #moment(best: Observation, timeline: Timeline): Moment {
    const size = this.#parts.pictureSize();
    const around = boundingBox(best.boxes);
    return {
      frame_time: inSeconds(wallTimeOf(best.at, timeline)), score: best.score, top_score: best.score,
      boxes: best.boxes.map((box) => [...box] as const),
      box: around === undefined || size === undefined ? null : cornersInPixels(around, size),
    };
  }
}
