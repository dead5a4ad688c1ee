/** How an event that was delivered relates to the one of its id that was accepted before. Pure. */
import { revisionOf, type MediaFile, type TytoEvent } from '../../device/contract/event.ts';
import { fileOf, ROLES, type ExpectedFile } from './decide.ts';
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
 * @param files - All that `next` names.
 */
export function relate(known: TytoEvent | undefined, next: TytoEvent, files: readonly ExpectedFile[]): Relation {
  if (known === undefined) return { relation: 'new' };
  const additions = files.filter(({ role }) => fileOf(known, role) === null);
  const agrees =
    known.start_time === next.start_time &&
    known.camera === next.camera &&
    ROLES.every((role) => isSame(fileOf(known, role), fileOf(next, role)));
  const later = revisionOf(next) - revisionOf(known);
  const event = withFiles(later < 0 ? known : next, known, next);
  if (agrees && text(event) === text(known)) return { relation: 'known' };
  const isNameAlone = revisionOf(next) > 0 && text(nameless(event)) === text(nameless(known));
  if (agrees && isNameAlone && later === 0 && additions.length === 0) return { relation: 'known' }; // forgotten here
  if (agrees && (additions.length > 0 || isNameAlone)) return { relation: 'more', event, files: additions };
  return {
    relation: 'conflict',
    reason: reason('event.conflict', `the library has an event ${next.id} already, and it is another one`),
  };
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

const text = (event: object): string => JSON.stringify(event);

/** What no change of a name changes. */
const nameless = ({ revision: _revision, faces, ...event }: TytoEvent): object =>
  ({ ...event, faces: faces.map((face) => ({ ...face, person: null, similarity: null })) });
