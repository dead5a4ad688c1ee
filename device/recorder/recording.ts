/** One recording under way: a clip writer with a name, and who is told of it. */
import { segmentFileName, type SegmentKind } from '../contract/media-path.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { mediaFileName } from '../contract/names.ts';
import type { Log } from '../core/log.ts';
import type { DeviceKey } from '../evidence/device-key.ts';
import { Sealer } from '../evidence/sealer.ts';
import { millis, seconds, type Bytes, type Millis } from '../core/units.ts';
import type { Encryption } from '../vault/encryption.ts';
import { ClipWriter } from './clip-writer.ts';
import type { SpaceGuard } from './free-space.ts';
import type { ClosedRecording, OpenedRecording, RecordingListener } from './recording-listener.ts';

export interface Studio {
  readonly mediaFolder: string;
  readonly device: string;
  readonly camera: string;
  readonly key: DeviceKey;
  readonly encryption: Encryption | undefined;
  readonly queue: Bytes;
  readonly space: SpaceGuard;
  readonly listener: RecordingListener;
  readonly log: Log;
}

/** An event's clip, or what belongs to none. */
export type Subject = { readonly eventId: string } | { readonly kind: SegmentKind };

/** A wall clock that was set, or an estimate that was corrected, moves the next one by more: that is not hidden. */
const SEAM = seconds(1);

export class Recording {
  readonly #studio: Studio;
  readonly #facts: OpenedRecording;
  readonly #writer: ClipWriter;
  readonly #start: Millis;
  readonly #closed = Promise.withResolvers<ClosedRecording>();
  #isOpened = false;
  #isLosing = false;
  #failed = false;
  #end: Millis;
  #until: Millis | null = null;

  /**
   * Begins to work at once; ends after `close`, or once the disk refuses.
   *
   * @param first - Where the clip begins, a keyframe; not yet written. `startedAt` is its wall clock.
   */
  static start(studio: Studio, init: InitSegment, first: Fragment, startedAt: Millis, of: Subject): Recording {
    const recording = new Recording(studio, init, first, startedAt, of);
    void recording.#run().then(recording.#closed.resolve);
    return recording;
  }

  private constructor(studio: Studio, init: InitSegment, first: Fragment, startedAt: Millis, of: Subject) {
    const at = millis(Math.round(startedAt));
    const { device, camera } = studio;
    const name = 'kind' in of ? segmentFileName({ ...of, at, device, camera }) : mediaFileName({
      ...of, at, device, camera, extension: 'mp4',
    });
    this.#studio = studio;
    this.#facts = {
      name, camera, startedAt: at,
      ...('kind' in of ? { class: of.kind, eventId: null } : { class: 'event', eventId: of.eventId }),
    };
    this.#start = this.#end = first.start;
    this.#writer = new ClipWriter({
      folder: studio.mediaFolder, name, init, startedAt: at, queue: studio.queue,
      sealer: new Sealer(studio.key, { device, camera, name }), encryption: studio.encryption,
      // A film's picture is shown for an instant, and its next one may be minutes away.
      syncEvery: 'kind' in of && of.kind === 'timelapse' ? millis(0) : undefined,
      guard: () => studio.space.ensure(),
      onOpened: () => {
        this.#isOpened = true;
        studio.listener.opened(this.#facts);
      },
    });
  }

  write(fragment: Fragment): void {
    this.#end = millis(fragment.start + fragment.duration);
    const isLosing = !this.#writer.write(fragment);
    this.#studio.space.wrote(fragment.data.byteLength);
    if (isLosing && !this.#isLosing && !this.#failed) {
      this.#studio.log.warn('the disk is too slow: video is being lost', { clip: this.#facts.name });
    }
    this.#isLosing = isLosing;
  }

  /**
   * Nothing more comes.
   * @param followedAt - Wall clock at which another one goes on without a hole. Stamps are estimates in whole
   *   milliseconds: by their own the two would hardly ever meet.
   */
  close(followedAt?: Millis): void {
    const apart = (followedAt ?? Infinity) - this.startedAt - this.length;
    if (followedAt !== undefined && Math.abs(apart) <= SEAM) this.#until = followedAt;
    this.#writer.close();
  }

  /** Wall clock of the first picture. */
  get startedAt(): Millis { return this.#facts.startedAt; }

  /** Length of what was handed over, by the stream's time. */
  get length(): Millis { return millis(this.#end - this.#start); }
  /** Stream time at which it ends so far. */
  get end(): Millis { return this.#end; }
  /** True once the disk refused it: nothing more is written. */
  get failed(): boolean { return this.#failed; }

  /** Resolves when all that could be kept is durable and the listener was told, or will be. Never rejects. */
  get closed(): Promise<ClosedRecording> { return this.#closed.promise; }

  async #run(): Promise<ClosedRecording> {
    const outcome = await this.#writer.run();
    // What a slow disk did not take may be its end: then its own length says where that is.
    const isWhole = outcome.fault === null && outcome.lost.fragments === 0;
    const closed = { ...this.#facts, ...outcome, until: isWhole ? this.#until : null };
    this.#report(closed);
    if (this.#isOpened) this.#studio.listener.closed(closed);
    return closed;
  }

  #report({ name, fault, lost }: ClosedRecording): void {
    if (fault !== null) this.#failed = true;
    const isNews = fault === null || this.#studio.space.failed(fault);
    const level = isNews ? 'error' : 'debug';
    if (fault !== null) this.#studio.log[level](fault.message, { clip: name, code: fault.code });
    if (lost.fragments > 0) {
      const { duration, fragments, gaps } = lost;
      this.#studio.log[level]('video was lost', { clip: name, lostMs: Math.round(duration), fragments, gaps });
    }
  }
}
