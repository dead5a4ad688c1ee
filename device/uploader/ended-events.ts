import type { TytoEvent } from '../contract/event.ts';
import type { Millis } from '../core/units.ts';

export interface CatalogueRow { readonly seq: number; readonly event: TytoEvent }

/** What the uploader asks of the catalogue. Pieces of continuous recording come as events. */
export interface EndedEvents {
  /**
   * Up to `limit` events that have ended, in ascending order of `seq`, all above the given one. `seq`
   * is positive, and given when an event has ended with its files closed; later ones get higher
   * numbers. An event that changes comes again.
   */
  endedAfter(seq: number, limit: number): readonly CatalogueRow[];
  /** The same of pieces that are complete, with numbers of their own. */
  piecesAfter(seq: number, limit: number): readonly CatalogueRow[];
  /** Names the catalogue: another one when it was made anew and numbers start again. Empty while there is none. */
  generation(): string;
  /** Why an event was deleted before it had gone wholly, for people; undefined when nobody deleted it. */
  whyGone(id: string): string | undefined;
  /** An event that has ended, or a piece; undefined where there is none. */
  find(id: string): TytoEvent | undefined;
  /** Events and pieces that show something of this time, oldest first; at most `limit`. Wall clock. */
  within(span: { readonly from: Millis; readonly to: Millis }, limit: number): readonly TytoEvent[];
}
