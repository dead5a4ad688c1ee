/** Keeps what a camera saw: a ring in memory while nothing happens, clips and pictures on the disk when it does. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { BugError } from '../core/errors.ts';
import type { ColourFrame } from '../core/frame.ts';
import { inSeconds, millis, minutes, seconds, type Millis } from '../core/units.ts';
import { Album } from './album.ts';
import { EventTrack, nothingRecorded, type EventRecording } from './event-track.ts';
import { FragmentRing } from './fragment-ring.ts';
import { HeldFrames } from './held-frames.ts';
import { SpaceGuard } from './free-space.ts';
import { defaultLimits, type RecorderLimits, type RecorderPlan } from './recorder-plan.ts';
import { Recording, type Studio, type Subject } from './recording.ts';
import type { ClosedRecording } from './recording-listener.ts';
import { SegmentTrack } from './segment-track.ts';
import { TimelapseTrack } from './timelapse-track.ts';
import { SnapshotTaker, type Snapshot } from './snapshot.ts';
import { SummaryMaker, type Summary } from './summary.ts';

const KNOWN_LATE_BY = seconds(10);
/** Beyond pre-roll and longest event: the quiet time at the end, and some patience. */
const GRACE = minutes(11);
/** A stop waits this long for pictures that are being made. */
const PICTURE_PATIENCE = seconds(1.5);

export interface EventStart {
  /** Instead of the plan's: 0 for an event that goes on from the one before. */
  readonly preRoll?: Millis;
  /** A person wants it, whatever else is recorded. */
  readonly onDemand?: boolean;
}

interface Session {
  readonly init: InitSegment;
  readonly ring: FragmentRing;
  readonly frames: HeldFrames;
  /** What nobody may see in those; once that is another, a new stream is on its way. */
  readonly mask: string | undefined;
  wallOffset: number;
}
interface Awaited {
  readonly at: Millis;
  readonly resolve: (snapshot: Promise<Snapshot | undefined> | undefined) => void;
}

/**
 * Fed with one camera's stream; all moments are stream time unless they say wall clock. Everything but `endEvent`,
 * `snapshot` and `stop` returns at once, and nothing throws for what a disk does: faults are in `idleReason`, in the
 * recordings' outcomes and in the log.
 */
export class Recorder {
  readonly #plan: RecorderPlan;
  readonly #limits: RecorderLimits;
  readonly #space: SpaceGuard;
  readonly #studio: Studio;
  readonly #pictures: SnapshotTaker;
  readonly #summaries: SummaryMaker;
  readonly #segments: SegmentTrack | undefined;
  readonly #timelapse: TimelapseTrack | undefined;
  readonly #events = new Map<string, EventTrack>();
  /** Of events that are not summed up yet. */
  readonly #albums = new Map<string, { readonly album: Album; readonly of: Session }>();
  readonly #awaited = new Map<string, Awaited>();
  readonly #running = new Set<Promise<ClosedRecording>>();
  #session: Session | undefined;

  constructor(plan: RecorderPlan) {
    const { mode, mediaFolder, device, camera, key, encryption, listener, log } = plan;
    this.#plan = plan;
    this.#limits = { ...defaultLimits, ...plan.limits };
    this.#space = new SpaceGuard(mediaFolder, plan.minimumFree, plan.makeRoom);
    this.#studio = {
      mediaFolder, device, camera, key, encryption, queue: this.#limits.queue, space: this.#space, listener, log,
    };
    const files = { mediaFolder, device, camera, encryption, mask: plan.pictureMask ?? (() => undefined), log };
    this.#pictures = new SnapshotTaker(files);
    this.#summaries = new SummaryMaker({ ...files, isBusy: plan.isBusy ?? (() => false) });
    this.#segments = mode === 'continuous' || mode === 'both'
      ? new SegmentTrack((first) => this.#record(first, { kind: 'continuous' }), this.#limits.segment) : undefined;
    this.#timelapse = plan.timelapse
      && new TimelapseTrack(plan.timelapse, (init, first, at) => this.#start(init, first, at, { kind: 'timelapse' }));
  }

  /** A stream begins, at its time 0. Clips of the stream before end with what they have. */
  begin(init: InitSegment): void {
    this.interrupt();
    const { preRoll, knownLateBy = KNOWN_LATE_BY, keyframesApart = millis(0) } = this.#plan;
    const ring = new FragmentRing({
      span: millis(preRoll + knownLateBy), longerByGroup: keyframesApart, capacity: this.#limits.ring,
    });
    this.#session = { init, ring, frames: new HeldFrames(init.size), mask: this.#mask, wallOffset: 0 };
    this.#timelapse?.begin(init);
  }

  /** @param at - Wall clock of its first picture. */
  fragment(fragment: Fragment, at: Millis): void {
    const session = this.#session;
    if (session === undefined) return;
    session.wallOffset = at - fragment.start;
    this.#hold(session, fragment);
    if (this.#plan.mode !== 'off' || this.#timelapse !== undefined) this.#space.poll(fragment.start);
    this.#timelapse?.take(fragment, at);
    this.#segments?.take(fragment);
    for (const track of this.#events.values()) track.take(fragment);
    for (const { album, of } of this.#albums.values()) if (of === session) album.fragment(fragment);
    this.#serveAwaited(session);
  }

  /** A picture of the stream, decoded, with what nobody may see black. It stays the caller's. */
  picture(frame: ColourFrame): void {
    const session = this.#session;
    if (session === undefined) return;
    session.frames.hold(frame);
    for (const { album, of } of this.#albums.values()) if (of === session) album.frame(frame);
    this.#serveAwaited(session);
  }

  /** The stream is over, or the camera gone: every clip ends with what it has. The next `begin` starts afresh. */
  interrupt(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#segments?.close();
    for (const track of this.#events.values()) track.close();
    for (const [eventId, { at, resolve }] of this.#awaited) resolve(this.#picture(session, eventId, at));
    this.#awaited.clear();
    this.#session = undefined;
  }

  /**
   * An event began at `at`: its clip starts with the last keyframe at or before `at - preRoll` that is still held.
   * Every started event is to be ended with `endEvent`. Modes `continuous` and `off` make no clip of it, unless it is
   * wanted `onDemand`. Of an event that has a clip already nothing is begun anew.
   */
  startEvent(eventId: string, at: Millis, { preRoll = this.#plan.preRoll, onDemand = false }: EventStart = {}): void {
    const session = this.#session;
    if (session !== undefined && (onDemand || this.#plan.mode !== 'off') && !this.#albums.has(eventId))
      this.#openAlbum(session, eventId, at);
    const isRecorded = onDemand || this.#plan.mode === 'event' || this.#plan.mode === 'both';
    if (!isRecorded || this.#events.has(eventId)) return;
    const track = new EventTrack((first) =>
      this.#record(first, { eventId }), millis(this.#plan.preRoll + this.#plan.maxLength + GRACE));
    this.#events.set(eventId, track);
    for (const fragment of session?.ring.from(millis(at - preRoll)) ?? []) track.take(fragment);
  }

  /**
   * The event is over; its clip shows everything up to and including the moment `until`, which may still have to
   * arrive. Resolves when all of the clip is durable.
   */
  async endEvent(eventId: string, until: Millis): Promise<EventRecording> {
    const track = this.#events.get(eventId);
    if (track === undefined) return nothingRecorded;
    const ended = track.end(until);
    if (this.#session === undefined) track.close();
    const outcome = await ended;
    this.#events.delete(eventId);
    return outcome;
  }

  /**
   * A picture of the moment `at`, as the one picture of the event: a later call replaces it. Waits for the moment's
   * video if need be. Resolves undefined when a later wish overtook this one, when the moment is no longer held in
   * memory, or when no picture could be made of it.
   */
  async snapshot(eventId: string, at: Millis): Promise<Snapshot | undefined> {
    const session = this.#session;
    if (session === undefined) return undefined;
    if (hasCome(session, at)) return await this.#picture(session, eventId, at);
    this.#awaited.get(eventId)?.resolve(undefined);
    return await new Promise<Snapshot | undefined>((resolve) => { this.#awaited.set(eventId, { at, resolve }); });
  }

  /**
   * The event is over, and its pictures are taken: what stands for it in lists and messages, of what was seen from
   * `from` to `until`. Waits a few seconds at most; what could not be made by then is left out.
   */
  async summary(eventId: string, from: Millis, until: Millis): Promise<Summary> {
    const held = this.#albums.get(eventId);
    if (held === undefined) return {};
    const { album, of } = held;
    const { jpeg: picture, small } = album.picture ?? {};
    const isMasked = of.mask === this.#mask;
    return await this.#summaries.make({ eventId, picture, small, ...album.parts(from, until, isMasked) });
  }

  /** Nothing more is wanted of the event. */
  forget(eventId: string): void { this.#albums.delete(eventId); }

  /** Ends every clip and resolves when all of them are durable. */
  async stop(): Promise<void> {
    this.interrupt();
    this.#timelapse?.close();
    await this.#pictures.stop(PICTURE_PATIENCE);
    await this.#summaries.stop(PICTURE_PATIENCE);
    await Promise.all(this.#running);
  }

  /** Whether an event is being written just now. */
  get recording(): boolean { return [...this.#events.values()].some(({ isWriting }) => isWriting); }

  /** Why nothing is recorded just now, for people; null while recording is possible. */
  get idleReason(): string | null {
    return this.#plan.mode === 'off'
      ? 'recording is switched off (recording.mode)'
      : this.#space.refusal?.message ?? null;
  }

  /** The code of what keeps the disk from taking recordings; null while it takes them. */
  get refusal(): string | null { return this.#space.refusal?.code ?? null; }

  get #mask(): string | undefined { return this.#plan.pictureMask?.(); }

  #hold({ ring }: Session, fragment: Fragment): void {
    const { overflows, shortened } = ring;
    ring.push(fragment);
    if (overflows === 0 && ring.overflows > 0) {
      this.#plan.log.warn(
        'keyframes come too seldom for the memory: clips begin late; set the camera to one every few seconds',
      );
    } else if (shortened === 0 && ring.shortened > 0) {
      this.#plan.log.warn('the video is too large to hold all of the pre-roll in memory: clips may begin late; '
        + 'shorten recording.pre_roll, or set the camera to a lower bit rate',
        { heldSeconds: round(ring.held), wantedSeconds: round(ring.span) });
    }
  }

  #record(first: Fragment, of: Subject): Recording {
    const session = this.#session;
    if (session === undefined) throw new BugError('recorder.no-session', 'a recording began without a stream');
    return this.#start(session.init, first, millis(session.wallOffset + first.start), of);
  }

  #start(init: InitSegment, first: Fragment, startedAt: Millis, of: Subject): Recording {
    const recording = Recording.start(this.#studio, init, first, startedAt, of);
    this.#running.add(recording.closed);
    void recording.closed.then(() => this.#running.delete(recording.closed));
    return recording;
  }

  #picture(session: Session, eventId: string, at: Millis): Promise<Snapshot | undefined> | undefined {
    const fragments = session.ring.around(at);
    const album = this.#albums.get(eventId)?.album;
    const taken = fragments && this.#pictures.take({
      eventId, at, init: session.init, fragments, keep: album !== undefined || this.#plan.mode !== 'off',
      frame: session.mask === this.#mask ? session.frames.near(at) : undefined,
    });
    void taken?.then((picture) => {
      if (album !== undefined && picture !== undefined)
        album.picture = picture.file === null ? undefined : picture;
    });
    return taken;
  }

  #openAlbum(session: Session, eventId: string, at: Millis): void {
    const album = new Album(session.init, at, { frames: session.frames, fragments: session.ring.from(at) });
    this.#albums.set(eventId, { album, of: session });
  }

  #serveAwaited(session: Session): void {
    for (const [eventId, { at, resolve }] of this.#awaited) {
      if (!hasCome(session, at)) continue;
      this.#awaited.delete(eventId);
      resolve(this.#picture(session, eventId, at));
    }
  }
}

/** Whether the video of `at` is there, and the decoded picture that shows it best. */
const hasCome = ({ ring, frames }: Session, at: Millis): boolean =>
  ring.end !== undefined && ring.end > at && !frames.awaits(at, ring.end);

const round = (duration: Millis): number => Math.round(inSeconds(duration) * 10) / 10;
