/** What an event can be found by. */
import type { TytoEvent } from '../../device/contract/event.ts';
import { manifestFiles } from '../../device/contract/manifest.ts';
import { idAt } from './place.ts';
import type { EventQuery, IndexedEvent } from './port.ts';

/** Nearly every event has it, or none that is looked through with others: a list of its own would be as long as all. */
const COMMON: readonly string[] = ['motion', 'continuous'];

/** The rare things among its kinds, and who was recognised: each has a list of its own in the index. */
export const labelsOf = ({ kinds, faces }: TytoEvent): readonly string[] => [
  ...new Set([
    ...kinds.filter((kind) => !COMMON.includes(kind)),
    ...faces.flatMap(({ person }) => (person === null ? [] : [personLabel(person)])),
  ]),
];

/** A key in the index is not as long as a name that somebody may make up: people of one beginning share a list, and `matches` tells them apart. */
const LONGEST_NAME = 64;
/** A person may be called like a kind. */
const personLabel = (person: string): string => `person:${person.slice(0, LONGEST_NAME)}`;

/** The list to look through for `query`; undefined for that of everything. */
export function labelFor({ kind, person }: EventQuery): string | undefined {
  if (person !== undefined) return personLabel(person);
  return kind === undefined || COMMON.includes(kind) ? undefined : kind;
}

/** Size of an event's media together. */
export const bytesOf = (event: TytoEvent): number => manifestFiles(event).reduce((sum, { bytes }) => sum + bytes, 0);

/** Whether a row is what `query` asks for, its cursor aside. */
export function matches({ event, account }: IndexedEvent, query: EventQuery): boolean {
  const { kind, person, from, to } = query;
  return (
    (query.account === undefined || account === query.account) &&
    (query.device === undefined || event.device === query.device) &&
    (from === undefined || event.id >= idAt(from)) &&
    (to === undefined || event.id < idAt(to)) &&
    (kind === undefined || event.kinds.includes(kind)) &&
    (person === undefined || event.faces.some((face) => face.person === person)) &&
    (query.withClip !== true || event.has_clip) &&
    (asksContinuous(query) || !event.kinds.includes('continuous'))
  );
}

export const asksContinuous = ({ continuous, kind }: EventQuery): boolean => continuous === true || kind === 'continuous';
