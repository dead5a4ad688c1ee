/** Live video to many viewers: everybody gets the newest, nobody's slowness costs memory or anybody else. */
import type { Fragment } from '../contract/mp4-fragment.ts';
import { mimeOf, type InitSegment } from '../contract/mp4-init.ts';
import { mebibytes, seconds, type Millis } from '../core/units.ts';
import { LiveGop } from '../live/live-gop.ts';
import type { LiveListener } from '../live/live-client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LiveMessage } from '../contract/device-api.ts';

/** One who watches: a WebSocket, as far as the hub cares. */
export interface Viewer {
  /** Bytes that wait for the network. */
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
}

/** A viewer for whom more than this waits skips to the next keyframe. */
const MAX_WAITING_BYTES = mebibytes(2);
/** A picture older than this is not live. */
const STALE_AFTER: Millis = seconds(10);

interface Watching { needsKey: boolean }

export class LiveHub implements LiveListener {
  readonly #clock: Clock;
  readonly #maxViewers: number;
  readonly #gop = new LiveGop();
  readonly #viewers = new Map<Viewer, Watching>();
  #lastAt: Millis | undefined;
  #dropped = 0;

  constructor({ clock, maxViewers = 8 }: { readonly clock: Clock; readonly maxViewers?: number }) {
    this.#clock = clock;
    this.#maxViewers = maxViewers;
  }

  get viewers(): number { return this.#viewers.size; }
  /** Fragments that slow viewers were not sent. */
  get dropped(): number { return this.#dropped; }

  /**
   * `viewer` gets what runs now and then all that follows.
   * @returns What makes it leave; undefined when there are too many.
   */
  join(viewer: Viewer): (() => void) | undefined {
    if (this.#viewers.size >= this.#maxViewers) return undefined;
    const watching = { needsKey: true };
    this.#viewers.set(viewer, watching);
    const init = this.#isStale() ? undefined : this.#gop.init;
    if (init === undefined) say(viewer, { type: 'waiting' });
    else sendInit(viewer, init);
    for (const fragment of init === undefined ? [] : this.#gop.fragments) {
      viewer.send(fragment.data);
      watching.needsKey = false;
    }
    return () => { this.#viewers.delete(viewer); };
  }

  begin(init: InitSegment): void {
    this.#gop.begin(init);
    for (const [viewer, watching] of this.#viewers) {
      sendInit(viewer, init);
      watching.needsKey = true;
    }
  }

  fragment(fragment: Fragment): void {
    this.#lastAt = this.#clock.monotonic();
    this.#gop.add(fragment);
    for (const [viewer, watching] of this.#viewers) this.#pass(fragment, viewer, watching);
  }

  end(): void {
    this.#gop.end();
    for (const viewer of this.#viewers.keys()) say(viewer, { type: 'waiting' });
  }

  /** Init segment and pictures since the last keyframe, to take a still from; undefined while nothing is live. */
  get latest(): { readonly init: InitSegment; readonly fragments: readonly Fragment[] } | undefined {
    const { init, pictures } = this.#gop;
    return init === undefined || pictures.length === 0 || this.#isStale() ? undefined : { init, fragments: pictures };
  }

  #pass(fragment: Fragment, viewer: Viewer, watching: Watching): void {
    const isSlow = viewer.bufferedAmount > MAX_WAITING_BYTES;
    if (isSlow || (watching.needsKey && !fragment.key)) {
      if (isSlow) this.#dropped += 1;
      watching.needsKey = true;
      return;
    }
    watching.needsKey = false;
    viewer.send(fragment.data);
  }

  #isStale(): boolean {
    return this.#lastAt !== undefined && this.#clock.monotonic() - this.#lastAt > STALE_AFTER;
  }
}

function sendInit(viewer: Viewer, init: InitSegment): void {
  say(viewer, { type: 'init', mime: mimeOf(init) });
  viewer.send(init.data);
}

const say = (viewer: Viewer, message: LiveMessage): void => viewer.send(JSON.stringify(message));
