/** How an event that was delivered relates to the one of its id that was accepted before. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { revisionOf, type MediaFile, type TytoEvent } from '../../device/contract/event.ts';
import { fileOf, ROLES, type ExpectedFile } from './decide.ts';
import { withoutNames } from './forgotten-faces.ts';
import { reason, type Reason } from './reason.ts';

export type Relation =
  | { readonly relation: 'new' | 'known' }
  /** `event` is what both together tell; `files` are those to be taken in, none where only a name changed. */
  | { readonly relation: 'more'; readonly event: TytoEvent; readonly files: readonly ExpectedFile[] }
  | { readonly relation: 'conflict'; readonly reason: Reason };

/**
 * A device that could not send a file delivers the event without it, and once more when the file is found: then without
 * what it had sent before. What was accepted is never replaced or taken back, but for whose face it was: of two
 * tellings of that the later revision holds, whichever comes first, and of one revision what came first.
 *
 * @param next - Without the names that the fleet itself was told to forget in it.
 * @param files - All that `next` names.
 */
export function relate(known: TytoEvent | undefined, next: TytoEvent, files: readonly ExpectedFile[]): Relation {
  if (known === undefined) return { relation: 'new' };
  const isSameEvent = isDeepStrictEqual(wordsOf(known), wordsOf(next)) &&
    ROLES.every((role) => isSame(fileOf(known, role), fileOf(next, role)));
  if (!isSameEvent) return {
    relation: 'conflict',
    reason: reason('event.conflict', `the library has an event ${next.id} already, and it is another one`),
  };
  const additions = files.filter(({ role }) => fileOf(known, role) === null);
  const isLater = revisionOf(next) > revisionOf(known);
  if (!isLater && additions.length === 0) return { relation: 'known' };
  return { relation: 'more', event: withFiles(isLater ? next : known, known, next), files: additions };
}

const isSame = (a: MediaFile | null, b: MediaFile | null): boolean =>
  a === null || b === null || (a.name === b.name && a.sha256 === b.sha256);

/** `words` with the files of both; of two that are the same, `known`'s. */
function withFiles(words: TytoEvent, known: TytoEvent, next: TytoEvent): TytoEvent {
  const [snapshot, clip] = [known.snapshot ?? next.snapshot, known.clip ?? next.clip];
  const [thumbnail, preview] = [known.thumbnail ?? next.thumbnail, known.preview ?? next.preview];
  // Their place among the fields is the last.
  const { thumbnail: _thumbnail, preview: _preview, ...besideSmall } = words;
  return {
    ...besideSmall, snapshot, has_snapshot: snapshot !== null, clip, has_clip: clip !== null,
    ...(thumbnail === undefined ? {} : { thumbnail }), ...(preview === undefined ? {} : { preview }),
  };
}

/** Of an event that an earlier version took in. */
const UNKNOWN_ONCE = { tracks: [], crossings: [], faces: [], objects: [] };

/** What neither a file nor a name changes. */
function wordsOf(event: TytoEvent): object {
  const {
    revision: _revision, clip: _clip, has_clip: _hasClip, snapshot: _snapshot, has_snapshot: _hasSnapshot,
    thumbnail: _thumbnail, preview: _preview, faces, ...words
  } = { ...UNKNOWN_ONCE, ...event };
  return { ...words, faces: withoutNames(faces, [...faces.keys()]) };
}
