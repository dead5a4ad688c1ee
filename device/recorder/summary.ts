/** What stands for an event in lists and messages: its picture in small, and a few seconds that show all of it. */
import type { MediaFile } from '../contract/event.ts';
import { ofEventName, type MediaExtension } from '../contract/names.ts';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { seconds, type Millis } from '../core/units.ts';
import { filmOf } from '../media/film/film-file.ts';
import { previewOf, thumbnailOf } from '../media/preview.ts';
import { SHOWN_FOR } from '../media/shown-moments.ts';
import type { PreviewParts } from './album.ts';
import { keepFile, type KeptFiles } from './keep-file.ts';

export interface Summary { readonly thumbnail?: MediaFile; readonly preview?: MediaFile }

export interface SummaryRequest extends PreviewParts {
  readonly eventId: string;
  /** The event's picture; undefined when it has none. */
  readonly picture: Uint8Array | undefined;
  /** The same in small, where it is at hand. */
  readonly small?: Uint8Array | undefined;
}

export interface SummaryPlan extends KeptFiles {
  readonly mask: () => string | undefined;
  /** The device cannot keep up: nothing that can be done without is made. */
  readonly isBusy: () => boolean;
  readonly log: Log;
}

/** Events that wait while one is made; those beyond have no summary. */
const MOST_WAITING = 4;
/** Its event is told without what is not there by then. */
const WITHIN = seconds(5);

/** One at a time, and nobody waits long for it. */
export class SummaryMaker {
  readonly #plan: SummaryPlan;
  readonly #stop = new AbortController();
  readonly #inTurn = oneAtATime(<T>(work: () => Promise<T>) => work());
  #waiting = 0;
  constructor(plan: SummaryPlan) { this.#plan = plan; }

  /** Resolves with what could be made in a few seconds. Never rejects. */
  async make(request: SummaryRequest): Promise<Summary> {
    if (this.#waiting >= MOST_WAITING) return {};
    this.#waiting += 1;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(WITHIN)]);
    try {
      return await this.#inTurn(() => this.#make(request, signal));
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Finishes what is under way, but no longer than `within`; what is asked for from then on is not made. */
  async stop(within: Millis): Promise<void> {
    const timer = setTimeout(() => this.#stop.abort(), within);
    await this.#inTurn(async () => {});
    clearTimeout(timer);
    this.#stop.abort();
  }

  async #make(request: SummaryRequest, signal: AbortSignal): Promise<Summary> {
    const { eventId, picture, small } = request;
    const thumbnail = picture && await this.#part(eventId, 'thumb.jpg', signal, async () =>
      small ?? await thumbnailOf(picture, signal));
    const film = this.#plan.isBusy() ? undefined : this.#film(request, signal);
    const preview = film && await this.#part(eventId, 'preview.mp4', signal, film);
    return { ...(thumbnail === undefined ? {} : { thumbnail }), ...(preview === undefined ? {} : { preview }) };
  }

  /** How the preview is made; undefined where there are too few pictures for one. */
  #film({ pictures = [], clip }: PreviewParts, signal: AbortSignal): (() => Promise<Uint8Array>) | undefined {
    if (pictures.length > 1) return () => filmOf(pictures, SHOWN_FOR, signal);
    return clip && (() => previewOf(clip, {
      mask: this.#plan.mask(), signal, isSecret: this.#plan.encryption !== undefined, lowPriority: true,
    }));
  }

  async #part(
    id: string, extension: Exclude<MediaExtension, 'mp4'>, signal: AbortSignal, make: () => Promise<Uint8Array>,
  ): Promise<MediaFile | undefined> {
    if (signal.aborted) return undefined;
    try {
      return await keepFile(this.#plan, ofEventName({ id, ...this.#plan }, extension), await make()) ?? undefined;
    } catch (error) {
      this.#plan.log[signal.aborted ? 'debug' : 'warn'](`no ${extension === 'thumb.jpg' ? 'thumbnail'
        : 'preview'} of the event: ${describeError(error)}`, { event: id });
      return undefined;
    }
  }
}
