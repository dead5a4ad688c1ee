/** What an event can be found by. */
import type { EventFace } from '../../device/contract/event.ts';
import { findingFiles } from '../../device/contract/fleet-findings.ts';
import { manifestFiles } from '../../device/contract/manifest.ts';
import { idAt } from './place.ts';
import type { EventQuery, Filing, IndexedEvent } from './port.ts';

type Row = Pick<Filing, 'event' | 'findings'>;

/** Nearly every event has it, or none that is looked through with others: a list of its own would be as long as all. */
const COMMON: readonly string[] = ['motion', 'continuous'];

/** The rare things among its kinds, and who was recognised: each has a list of its own in the index. */
export const labelsOf = (row: Row): readonly string[] => [
  ...new Set([
    ...row.event.kinds.filter((kind) => !COMMON.includes(kind)),
    ...facesOf(row).flatMap(({ person }) => (person === null ? [] : [personLabel(person)])),
  ]),
];

/**
 * A key in the index is not as long as a name that somebody may make up: people of one beginning share a
 * list, and `matches` tells them apart.
 */
const LONGEST_NAME = 64;
/** A person may be called like a kind. */
const PERSON = 'person:';
/** Before the first label of a person in the order of labels, and behind the last. */
export const PEOPLE_SPAN = { above: PERSON, below: 'person;' } as const;
// half of a sign is no text to a store
const personLabel = (person: string): string => PERSON + person.slice(0, LONGEST_NAME).toWellFormed();

export const isPerson = (label: string): boolean => label.startsWith(PERSON);

/** The people among labels, by name, each once. */
export const peopleAmong = (labels: Iterable<string>): readonly string[] =>
  [...new Set(labels)].filter(isPerson).map((label) => label.slice(PERSON.length)).sort();

/** The list to look through for `query`; undefined for that of everything. */
export function labelFor({ kind, person }: EventQuery): string | undefined {
  if (person !== undefined) return personLabel(person);
  return kind === undefined || COMMON.includes(kind) ? undefined : kind;
}

/** Size of an event's media together, with what the fleet made of them. */
export const bytesOf = ({ event, findings = {} }: Row): number =>
  [...manifestFiles(event), ...findingFiles(findings)].reduce((sum, { bytes }) => sum + bytes, 0);

/** Who was recognised, on the device or by the fleet. */
const facesOf = ({ event, findings }: Row): readonly EventFace[] => [...event.faces, ...findings?.faces ?? []];

/** Whether a row is what `query` asks for, its cursor aside. */
export function matches(row: IndexedEvent, query: EventQuery): boolean {
  const { event, account } = row;
  const { kind, person, from, to } = query;
  return (
    (query.account === undefined || account === query.account) &&
    (query.device === undefined || event.device === query.device) &&
    (from === undefined || event.id >= idAt(from)) &&
    (to === undefined || event.id < idAt(to)) &&
    (kind === undefined || event.kinds.includes(kind)) &&
    (person === undefined || facesOf(row).some((face) => face.person === person)) &&
    (query.withClip !== true || event.has_clip) &&
    (asksContinuous(query) || !event.kinds.includes('continuous'))
  );
}

export const asksContinuous = ({ continuous, kind }: EventQuery): boolean =>
  continuous === true || kind === 'continuous';
