/** What may be deleted, oldest first, as the catalogue, the disk and the uploader's queue tell of it. */
import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import type { SegmentKind } from '../../contract/media-path.ts';
import { eventFolder, parseMediaFileName } from '../../contract/names.ts';
import { pieceNames } from '../../contract/piece-names.ts';
import { millis, type Millis } from '../../core/units.ts';
import type { SqliteRow } from '../../durable/sqlite.ts';
import type { Archive } from '../archive.ts';
import { pathOf } from '../index-file.ts';
import type { SecondNames } from '../removal.ts';
import { starFiles } from '../stars.ts';
import type { Candidate, Candidates } from './plan.ts';
import { takenOnDisk } from './taken-on-disk.ts';

/** What the uploader says of events. */
export interface UploadStates {
  /** Events from `from` to `to`, by id, that have gone wholly. */
  uploaded(from: string, to: string): ReadonlySet<string>;
  /** Those, pieces of continuous recording among them, that are to go and have not. */
  waiting(from: string, to: string): ReadonlySet<string>;
  /** Whether a fleet has ever answered this device, as far as can be known. */
  hasFleet(): boolean;
}

export interface CandidateParts {
  readonly archive: Archive;
  readonly mediaFolder: string;
  /** Undefined when nothing is uploaded. */
  readonly uploads: UploadStates | undefined;
  readonly landing: string | undefined;
  /** Whether what waits for its upload may go at all. */
  readonly waitingMayGo: boolean;
  /** Whether nobody comes for what lies in our own landing folder: second names there go with the recording. */
  readonly nobodyComes?: boolean;
  /** Where recordings have names for other programs. */
  readonly exports?: SecondNames | undefined;
}

const PAGE = 200;

/** Reads the catalogue page by page as it is asked, and looks at the files of those only that may go. */
export const candidatesOf = (parts: CandidateParts): Candidates =>
  (kind) => (kind === 'event' ? events(parts) : segments(parts, kind));

function* segments(parts: CandidateParts, kind: SegmentKind): Generator<Candidate> {
  const { archive: { db }, uploads } = parts;
  for (let after = { time: -1, name: '' }; ;) {
    const rows = db.all(`SELECT name, start_time FROM recordings WHERE class = ? AND state IN ('complete', 'recovered')
      AND name NOT IN (SELECT subject FROM doomed) AND (start_time, name) > (?, ?) ORDER BY start_time, name LIMIT ?`,
      kind, after.time, after.name, PAGE);
    const ids = rows.map(({ name }) => pieceNames(String(name))?.id ?? '');
    const waiting = kind === 'continuous' ? uploads?.waiting(ids[0] ?? '', ids.at(-1) ?? '') : undefined;
    for (const [index, row] of rows.entries()) yield segmentCandidate(parts, kind, row, waiting?.has(ids[index] ?? ''));
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = { time: Number(last['start_time']), name: String(last['name']) };
  }
}

function segmentCandidate(
  { mediaFolder, landing, waitingMayGo, nobodyComes = false }: CandidateParts, kind: SegmentKind, row: SqliteRow,
  isWaiting = false,
): Candidate {
  const name = String(row['name']);
  const landed = (): string | undefined => {
    const piece = waitingMayGo ? pieceNames(name) : undefined;
    return landing && piece && path.join(landing, eventFolder(piece), piece.clip);
  };
  const space = spaceOf(pathOf(mediaFolder, name), { exported: () => undefined, landed });
  return {
    subject: name, class: kind, at: atOf(row), starred: false, upload: isWaiting && !nobodyComes ? 'waiting' : 'none',
    ...space, ...(nobodyComes ? { frees: space.freesWithLanding } : {}),
  };
}

function* events(parts: CandidateParts): Generator<Candidate> {
  const stars = starFiles(parts.mediaFolder);
  for (let after = ''; ;) {
    const rows = parts.archive.db.all(`SELECT id, start_time, starred,
        json_extract(event, '$.snapshot.name', '$.thumbnail.name', '$.preview.name') AS pictures,
        json_extract(event, '$.snapshot.bytes', '$.thumbnail.bytes', '$.preview.bytes') AS sizes FROM events
      WHERE id > ? AND state = 'ended' AND id NOT IN (SELECT subject FROM doomed) ORDER BY id LIMIT ?`, after, PAGE);
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return;
    const uploaded = parts.uploads?.uploaded(String(first['id']), String(last['id']));
    for (const row of rows) yield eventCandidate(parts, row, { uploaded, stars });
    if (rows.length < PAGE) return;
    after = String(last['id']);
  }
}

function eventCandidate(
  parts: CandidateParts, row: SqliteRow,
  { uploaded, stars }: { readonly uploaded: ReadonlySet<string> | undefined; readonly stars: ReadonlySet<string> },
): Candidate {
  const id = String(row['id']);
  const nobodyComes = parts.nobodyComes === true;
  const upload = uploaded === undefined || nobodyComes ? 'none' : uploaded.has(id) ? 'uploaded' : 'waiting';
  const facts = {
    subject: id, class: 'event', at: atOf(row), starred: row['starred'] === 1 || stars.has(id), upload,
  } as const;
  const stays = facts.starred || (upload === 'waiting' && !parts.waitingMayGo);
  if (stays) return { ...facts, ...bytesByCatalogue(parts, row) };
  const space = spaceOfEvent(parts, row);
  return { ...facts, ...space, ...(nobodyComes ? { frees: space.freesWithLanding } : {}) };
}

/** What stays need not be looked at. */
function bytesByCatalogue({ archive: { db } }: CandidateParts, row: SqliteRow): Space {
  const clips = db.get('SELECT sum(bytes) AS bytes FROM recordings WHERE event_id = ?', String(row['id']))?.['bytes'];
  return {
    bytes: numbersIn(row['sizes']).reduce((sum, size) => sum + size, Number(clips ?? 0)), frees: 0, freesWithLanding: 0,
  };
}

function spaceOfEvent({ archive, mediaFolder, landing, waitingMayGo, exports }: CandidateParts, row: SqliteRow): Space {
  const id = String(row['id']);
  const names = [...archive.recordingsOf(id), ...namesIn(row['pictures'])];
  const landed = (name: string): string | undefined => {
    const device = parseMediaFileName(name)?.device;
    if (landing === undefined || device === undefined || !waitingMayGo) return undefined;
    return path.join(landing, eventFolder({ device, start_time: Number(row['start_time']) }), name);
  };
  const spaces = names.map((name) =>
    spaceOf(pathOf(mediaFolder, name), { exported: () => exports?.placeOf(name), landed: () => landed(name) }));
  const sum = (of: (space: Space) => number): number => spaces.reduce((total, space) => total + of(space), 0);
  return { bytes: sum(({ bytes }) =>
    bytes), frees: sum(({ frees }) => frees), freesWithLanding: sum(({ freesWithLanding }) => freesWithLanding) };
}

const listIn = (json: unknown): readonly unknown[] => JSON.parse(String(json)) as readonly unknown[];
const namesIn = (json: unknown): readonly string[] => listIn(json).filter((name) => typeof name === 'string');
const numbersIn = (json: unknown): readonly number[] => listIn(json).filter((size) => typeof size === 'number');

const atOf = (row: SqliteRow): Millis => millis(Number(row['start_time']) * 1000);

type Space = Pick<Candidate, 'bytes' | 'frees' | 'freesWithLanding'>;

const nothing: Space = { bytes: 0, frees: 0, freesWithLanding: 0 };

/** Where a file should have a further name. */
interface FurtherNames {
  /** One that goes with it. */
  readonly exported: () => string | undefined;
  /** One that goes with it if what waits may go. */
  readonly landed: () => string | undefined;
}

/** What a file is, and what the disk gets back when its name goes: nothing as long as it has another one. */
function spaceOf(file: string, { exported, landed }: FurtherNames): Space {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return nothing;
  const [bytes, taken] = [found.size, takenOnDisk(found)];
  const names = found.nlink > 1 && isName(exported(), found) ? found.nlink - 1 : found.nlink;
  if (names <= 1) return { bytes, frees: taken, freesWithLanding: taken };
  return { bytes, frees: 0, freesWithLanding: names === 2 && isName(landed(), found) ? taken : 0 };
}

/** Whether `place` is there and the same file: it may never have come to be, or somebody may have taken it away. */
function isName(place: string | undefined, file: Stats): boolean {
  try {
    const found = place === undefined ? undefined : statSync(place, { throwIfNoEntry: false });
    return found?.ino === file.ino && found.dev === file.dev;
  } catch {
    return false; // a name that the disk does not take is none
  }
}
