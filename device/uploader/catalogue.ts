/** The catalogue as the uploader reads it: events, and pieces of continuous recording as events. */
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { ENCRYPTED_FTYP, isEncrypted } from '../contract/encrypted-box.ts';
import type { TytoEvent } from '../contract/event.ts';
import { dayOfMediaFile } from '../contract/media-path.ts';
import { hours, millis, type Millis } from '../core/units.ts';
import type { CatalogueRow, EndedEvents } from './ended-events.ts';
import { pieceEvent, type Piece } from './pieces.ts';

/** What is asked of the archive. */
export interface ArchiveRows {
  endedAfter(seq: number, limit: number): readonly CatalogueRow[];
  piecesAfter(seq: number, limit: number): readonly { readonly seq: number; readonly piece: Piece }[];
  generation(): string;
  whyGone(id: string): string | undefined;
  get(id: string): TytoEvent | undefined;
  page(query: { readonly limit: number; readonly from: Millis; readonly to: Millis; readonly before?: string }): {
    readonly events: readonly (TytoEvent & { readonly starred: boolean })[]; readonly next: string | null;
  };
  recordings(
    query: {
      readonly class: 'continuous';
      readonly limit: number;
      readonly from: Millis;
      readonly to: Millis;
      readonly reach: Millis;
    },
  ): readonly Piece[];
}

/** No recording is longer. */
const LONGEST = hours(2);
const PAGE = 200;

/** @param archive - Taken afresh for every question: its writer may make it anew. */
export function uploadCatalogue(archive: () => ArchiveRows, mediaFolder: string): EndedEvents {
  const asEvent = (piece: Piece): TytoEvent | undefined =>
    pieceEvent(piece, isEncryptedFile(path.join(mediaFolder, dayOfMediaFile(piece.name) ?? '', piece.name)));
  const pieces = (from: Millis, to: Millis, limit: number): readonly TytoEvent[] =>
    archive().recordings({ class: 'continuous', from, to, reach: LONGEST, limit })
      .flatMap((piece) => asEvent(piece) ?? []);
  return {
    endedAfter: (seq, limit) => archive().endedAfter(seq, limit),
    piecesAfter: (seq, limit) => archive().piecesAfter(seq, limit).flatMap(({ seq: number, piece }) => {
      const event = asEvent(piece);
      return event === undefined ? [] : [{ seq: number, event }];
    }),
    generation: () => archive().generation(),
    whyGone: (id) => archive().whyGone(id),
    find: (id) => {
      const event = archive().get(id);
      if (event !== undefined) return event.end_time === null ? undefined : event;
      const at = Math.floor(Number.parseFloat(id) * 1000);
      return pieces(millis(at - 1), millis(at + 2), PAGE).find((piece) => piece.id === id);
    },
    within: ({ from, to }, limit) => {
      const events: TytoEvent[] = [];
      for (let before: string | undefined; events.length < limit;) {
        const page = archive()
          .page({ limit: PAGE, from: millis(from - LONGEST), to, ...(before === undefined ? {} : { before }) });
        const touching = page.events.filter(({ end_time: end }) => end !== null && end * 1000 > from);
        events.push(...touching.map(withoutStar));
        if (page.next === null) break;
        before = page.next;
      }
      return [...events, ...pieces(from, to, limit)].sort((a, b) => a.start_time - b.start_time).slice(0, limit);
    },
  };
}

/** Stars are this device's own. */
function withoutStar({ starred: _starred, ...event }: TytoEvent & { readonly starred: boolean }): TytoEvent {
  return event;
}

/** A file that cannot be read is found out when it is sent. */
function isEncryptedFile(file: string): boolean {
  try {
    const opened = openSync(file, 'r');
    try {
      const head = new Uint8Array(ENCRYPTED_FTYP.byteLength);
      readSync(opened, head);
      return isEncrypted(head);
    } finally {
      closeSync(opened);
    }
  } catch {
    return false;
  }
}
