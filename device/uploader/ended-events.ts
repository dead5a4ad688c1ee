import type { TytoEvent } from '../contract/event.ts';

export interface CatalogueRow { readonly seq: number; readonly event: TytoEvent }

/** What the uploader asks of the catalogue. */
export interface EndedEvents {
  /**
   * Up to `limit` events that have ended, in ascending order of `seq`, all above the given one. `seq` is positive, and given
   * when an event has ended with its files closed and its facts final: later ones get higher numbers, none is used twice.
   */
  endedAfter(seq: number, limit: number): readonly CatalogueRow[];
}
