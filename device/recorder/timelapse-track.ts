/**
 * Timelapse: every so often the next keyframe, as the camera sent it, shown for an instant. Nothing is decoded or
 * encoded for it. A day is one film, as long as the device runs and the stream stays what it is.
 */
import { BoxSplitter } from '../contract/mp4-boxes.ts';
import type { Fragment } from '../contract/mp4-fragment.ts';
import { readInit, type InitSegment } from '../contract/mp4-init.ts';
import { keyPictureFragment, keyPictureOf, keyPicturesHead } from '../contract/mp4-key-pictures.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import type { Recording } from './recording.ts';

export interface TimelapsePlan {
  /** From picture to picture; a keyframe is taken when it has passed. */
  readonly interval: Millis;
  /** Pictures a second that the film shows. */
  readonly frameRate: number;
  /** Whether the wall clock can be believed: a film of an unknown day is none. */
  readonly clockSynced: () => boolean;
}

type OpenFilm = (init: InitSegment, first: Fragment, startedAt: Millis) => Recording;

interface Film {
  readonly recording: Recording;
  readonly day: string;
  readonly head: Uint8Array;
  readonly init: InitSegment;
  pictures: number;
}

/** After the disk refused a film, the next one is tried this much later. */
const RETRY_AFTER = seconds(60);

export class TimelapseTrack {
  readonly #plan: TimelapsePlan;
  readonly #open: OpenFilm;
  #stream: { readonly head: Uint8Array; readonly init: InitSegment } | undefined;
  #film: Film | undefined;
  /** Wall clock of the latest picture, or of what stands for it. */
  #latest = -Infinity;

  /** @param open - Begins a recording with its first fragment, which is not yet written to it. */
  constructor(plan: TimelapsePlan, open: OpenFilm) {
    this.#plan = plan;
    this.#open = open;
  }

  /** A stream begins. One that is decoded as the last one was goes on with its film. */
  begin(init: InitSegment): void {
    const head = keyPicturesHead(init);
    const same = this.#stream !== undefined && Buffer.compare(this.#stream.head, head) === 0;
    if (!same) this.#stream = { head, init: headOf(head) };
  }

  /** @param at - Wall clock of its first picture. */
  take(fragment: Fragment, at: Millis): void {
    const stream = this.#stream;
    // a clock that was set back counts anew
    const isDue = at - this.#latest >= this.#plan.interval || at < this.#latest;
    if (!fragment.key || stream === undefined || !isDue || !this.#plan.clockSynced()) return;
    const picture = keyPictureOf(fragment);
    if (picture === undefined) return;
    if (this.#film?.recording.failed === true) {
      this.close();
      this.#latest = at + RETRY_AFTER - this.#plan.interval;
      return;
    }
    this.#latest = at;
    const day = dayOf(at);
    if (this.#film !== undefined && (this.#film.day !== day || this.#film.init !== stream.init)) this.close();
    const first = this.#fragment(picture, stream.init, this.#film?.pictures ?? 0);
    this.#film ??= { ...stream, day, recording: this.#open(stream.init, first, at), pictures: 0 };
    this.#film.recording.write(first);
    this.#film.pictures += 1;
  }

  /** Ends the film with what came so far. */
  close(): void {
    this.#film?.recording.close();
    this.#film = undefined;
  }

  #fragment(picture: Uint8Array, { video }: InitSegment, index: number): Fragment {
    const durationTicks = Math.max(1, Math.round(video.timescale / this.#plan.frameRate));
    const startTicks = index * durationTicks;
    return {
      data: keyPictureFragment(picture, video, { sequence: index + 1, startTicks, durationTicks }),
      startTicks, start: millis(startTicks * 1000 / video.timescale),
      duration: millis(durationTicks * 1000 / video.timescale),
      key: true, samples: 1, tracks: { video },
    };
  }
}

function headOf(data: Uint8Array): InitSegment {
  const [ftyp, moov] = new BoxSplitter().push(data);
  if (ftyp === undefined || moov === undefined) throw new RangeError('a head is ftyp and moov');
  return readInit(ftyp, moov);
}

/** A person's day: as the device's time zone has it. */
const dayOf = (at: Millis): string => new Date(at).toDateString();
