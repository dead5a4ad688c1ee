/** Pictures of best moments: off the recording's path, one at a time, the latest wish of each event only. */
import type { MediaFile } from '../contract/event.ts';
import { concat } from '../contract/mp4-boxes.ts';
import { rebaseFragment, type Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import { ofEventName } from '../contract/names.ts';
import { describeError } from '../core/errors.ts';
import type { ColourFrame } from '../core/frame.ts';
import { giveBack } from '../core/give-back.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { jpegOf } from '../media/jpeg-encoder.ts';
import { shrinkFrame } from '../media/shrink-frame.ts';
import { SMALL_WIDTH } from '../media/small-picture.ts';
import { stillOf } from '../media/still.ts';
import { keepFile, type KeptFiles } from './keep-file.ts';

export interface Snapshot {
  /** The picture, for the bus. */
  readonly jpeg: Uint8Array;
  /** The same in small, where it is at hand. */
  readonly small?: Uint8Array;
  /** The durable file; null when nothing may be recorded, or the disk refused. */
  readonly file: MediaFile | null;
}

export interface SnapshotRequest {
  readonly eventId: string;
  /** Stream time of the moment. */
  readonly at: Millis;
  readonly init: InitSegment;
  /** From a keyframe to the fragment that holds the moment. */
  readonly fragments: readonly Fragment[];
  /** The moment, decoded already and with what nobody may see black, where it is at hand; the taker's from now on. */
  readonly frame?: ColourFrame | undefined;
  /** Whether it is written to the disk. */
  readonly keep: boolean;
}

export interface SnapshotPlan extends KeptFiles {
  /** What nobody may see just now, from `maskPicture`: black before a picture is stored or told. */
  readonly mask: () => string | undefined;
}

interface Waiting { readonly request: SnapshotRequest; readonly resolve: (snapshot: Snapshot | undefined) => void }

export class SnapshotTaker {
  readonly #plan: SnapshotPlan;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, Waiting>();
  #running: Promise<void> | undefined;
  /** Event whose picture the disk refused last: it is wished for again every second. */
  #refused: string | undefined;

  constructor(plan: SnapshotPlan) { this.#plan = plan; }

  /**
   * Resolves undefined when a later wish for the same event came first, or no picture could be made (which is logged).
   */
  take(request: SnapshotRequest): Promise<Snapshot | undefined> {
    return new Promise((resolve) => {
      const before = this.#waiting.get(request.eventId);
      if (before?.request.frame !== undefined) giveBack(before.request.frame.pixels);
      before?.resolve(undefined);
      this.#waiting.set(request.eventId, { request, resolve });
      this.#running ??= this.#work().finally(() => { this.#running = undefined; });
    });
  }

  /** Finishes what is wished for, but no longer than `within`. */
  async stop(within: Millis): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), within);
    await this.#running;
    clearTimeout(timer);
  }

  async #work(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting.values();
      if (next === undefined) return;
      this.#waiting.delete(next.request.eventId);
      next.resolve(await this.#make(next.request));
    }
  }

  async #make(request: SnapshotRequest): Promise<Snapshot | undefined> {
    try {
      const { frame, keep, eventId } = request;
      const jpeg = await (frame === undefined ? this.#decode(request) : jpegOf(frame));
      const small = frame && await jpegOf(shrinkFrame(frame, SMALL_WIDTH));
      return { jpeg, ...(small && { small }), file: keep ? await this.#keep(eventId, jpeg) : null };
    } catch (error) {
      this.#plan.log.warn(`no picture of the event: ${describeError(error)}`, { event: request.eventId });
      return undefined;
    } finally {
      if (request.frame !== undefined) giveBack(request.frame.pixels); // one each second of an event
    }
  }

  #decode(request: SnapshotRequest): Promise<Uint8Array> {
    return stillOf(mp4Of(request), offsetOf(request), { mask: this.#plan.mask(), signal: this.#stop.signal });
  }

  async #keep(id: string, jpeg: Uint8Array): Promise<MediaFile | null> {
    const file = await keepFile(this.#plan, ofEventName({ id, ...this.#plan }, 'jpg'), jpeg, this.#refused === id);
    this.#refused = file === null ? id : undefined;
    return file;
  }
}

function mp4Of({ init, fragments }: SnapshotRequest): Uint8Array {
  const base = fragments[0]?.startTicks ?? 0;
  return concat([init.data, ...fragments.map((fragment, index) => rebaseFragment(fragment, base, index + 1))]);
}

/** From the first picture; kept inside the last one, for past the end there is nothing to take. */
function offsetOf({ fragments, at }: SnapshotRequest): Millis {
  const [first, last] = [fragments[0], fragments.at(-1)];
  if (first === undefined || last === undefined) return millis(0);
  const picture = last.duration / Math.max(1, last.samples);
  return millis(Math.max(0, Math.min(at, last.start + last.duration - picture) - first.start - seconds(0.001)));
}
