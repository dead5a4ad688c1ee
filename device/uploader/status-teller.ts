/** Says how the uploader does whenever that is another thing than before, and logs once what lasts. */
import { isFull, needsSomebody, type Failure } from './failure.ts';
import type { Attempted } from './lane.ts';
import type { Store } from './open-target.ts';
import type { Place } from './queue-item.ts';
import type { UploaderStatus, UploadProblem } from './status.ts';
import type { UploaderParts } from './uploader-parts.ts';

export interface StatusParts extends
  Pick<UploaderParts, 'queue' | 'target' | 'store' | 'fallback' | 'bandwidth' | 'mail' | 'log' | 'onStatus'> {
  readonly isOnFallback: () => boolean;
  /** What stands in the way beside stores that fail. */
  readonly otherProblem: () => UploadProblem | null;
}

const SHOWN_REFUSALS = 10;

export class StatusTeller {
  readonly #parts: StatusParts;
  readonly #problems = new Map<Place, UploadProblem>();
  /** The smallest of what a full store did not take: what is smaller may fit, and tells nothing. */
  readonly #fitsNot = new Map<Place, number>();
  #told = '';
  #heldBack: UploaderStatus['held_back'] = null;
  constructor(parts: StatusParts) { this.#parts = parts; }

  /** Something may have changed. */
  tell(): void {
    const { queue, target, store, onStatus, bandwidth, fallback, mail, isOnFallback, otherProblem } = this.#parts;
    const { pending, refused, stored, acknowledged, dead } = queue.counts();
    const { heldBack = null, rate } = bandwidth();
    this.#heldBack = heldBack;
    if (pending === 0) this.#fitsNot.clear(); // nobody waits for that room any more
    const status: UploaderStatus = {
      target, to: placeOf(store), pending, uploaded: stored + acknowledged, acknowledged, refused, dead,
      gone: queue.goneCount,
      elsewhere: fallback === undefined ? 0 : queue.elsewhere(), store: isOnFallback() ? 'fallback' : 'first',
      held_back: heldBack, rate, requests: mail?.working() ?? 0,
      problem: this.#problems.get(0) ?? this.#problems.get(1) ?? otherProblem(),
      refusals: queue.refusals(SHOWN_REFUSALS),
    };
    const text = JSON.stringify(status);
    if (text === this.#told) return;
    this.#told = text;
    onStatus(status);
  }

  /** What the line may be used for may have changed; asks the disk nothing while it has not. */
  tellOfBandwidth(): void {
    if ((this.#parts.bandwidth().heldBack ?? null) !== this.#heldBack) this.tell();
  }

  /**
   * Said once when it begins, changes or ends: it may last for days.
   * @param failure - Of the store; undefined when it works.
   */
  tellProblem(failure: Failure | undefined, { place, bytes }: Attempted): void {
    const { log, fallback } = this.#parts;
    const before = this.#problems.get(place);
    const where = fallback === undefined ? {} : { store: place === 0 ? 'first' : 'fallback' };
    const fitsNot = this.#fitsNot.get(place);
    if (failure === undefined && fitsNot !== undefined && bytes < fitsNot) return this.tell();
    this.#fitsNot.delete(place);
    if (failure === undefined) {
      this.#problems.delete(place);
      if (before !== undefined) log.info('uploads work again', where);
    } else {
      const { code, reason } = failure;
      this.#problems.set(place, { code, message: reason });
      if (isFull(failure)) this.#fitsNot.set(place, Math.min(fitsNot ?? Infinity, bytes));
      if (code !== before?.code) {
        const why = { ...where, code, reason };
        if (needsSomebody(failure)) log.error('uploads do not work until this is put right', why);
        else log.warn('uploads do not work; they are tried again', why);
      }
    }
    this.tell();
  }
}

/** Its name begins with the kind of store, which is told beside; what an address asks for may be a secret. */
const placeOf = (store: Store | undefined): string =>
  store?.name.split(' ').slice(1).map((part) => part.split('?')[0]).join(' ').trim() ?? '';
