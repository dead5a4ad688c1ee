/** What an event tells, in words: pure. */
import type { EventKind, TytoEvent } from '../contract/event.ts';
import { kindsInWords } from './words.ts';

/**
 * Who and what it is about: `doorbell, Ada, Person`. Names first; that something moved is said only where nothing else
 * is.
 */
export function headline({
  kinds, faces, sub_label: called,
}: Pick<TytoEvent, 'kinds' | 'faces' | 'sub_label'>): string {
  const names = [...(called === undefined ? [] : [called]), ...namesOf(faces)];
  const told = (kind: EventKind): boolean => kind !== 'motion' && (kind !== 'face' || namesOf(faces).length === 0);
  const rest = kinds.filter(told);
  return [...names, ...(rest.length > 0 ? [kindsInWords(rest)] : names.length > 0 ? [] : [kindsInWords(kinds)])].join(
    ', ',
  );
}

/** What else is known of it, a line each: faces, things, zones, lines. */
export function findings(
  event: Pick<TytoEvent, 'faces' | 'objects' | 'entered_zones' | 'tracks' | 'crossings' | 'source'>,
): readonly string[] {
  return [
    event.source === undefined ? '' : `Asked for by: ${event.source}`, facesInWords(event.faces),
    thingsInWords(event.objects), zonesInWords(event), ...crossingsInWords(event.crossings),
  ].filter((line) => line !== '');
}

const namesOf = (faces: TytoEvent['faces']): readonly string[] =>
  [...new Set(faces.flatMap(({ person }) => person ?? []))];

/** `Faces: Ada, 1 unknown` */
function facesInWords(faces: TytoEvent['faces']): string {
  const unknown = faces.filter(({ person }) => person === null).length;
  const all = [...namesOf(faces), ...(unknown === 0 ? [] : [`${unknown} unknown`])];
  return all.length === 0 ? '' : `${faces.length === 1 ? 'Face' : 'Faces'}: ${all.join(', ')}`;
}

const PLURAL = {
  person: ['person', 'people'], vehicle: ['vehicle', 'vehicles'], animal: ['animal', 'animals'],
} as const;

/** `2 people, 1 vehicle` */
function thingsInWords(objects: TytoEvent['objects']): string {
  const counts = Map.groupBy(objects, ({ label }) => label);
  return [...counts].map(([label, { length }]) => `${length} ${PLURAL[label][length === 1 ? 0 : 1]}`).join(', ');
}

/** `Zones: drive (12 s), gate`: how long, where it is known and worth saying. */
function zonesInWords({ entered_zones: zones, tracks }: Pick<TytoEvent, 'entered_zones' | 'tracks'>): string {
  if (zones.length === 0) return '';
  const longest = (name: string): number =>
    Math.max(0, ...tracks.flatMap((track) =>
      track.zones.filter(({ zone }) => zone === name).map(({ seconds }) => seconds)));
  const words = zones.map((name) => (longest(name) >= 1 ? `${name} (${Math.round(longest(name))} s)` : name));
  return `${zones.length === 1 ? 'Zone' : 'Zones'}: ${words.join(', ')}`;
}

/** `door: 2 in, 1 out`, a line each. */
function crossingsInWords(crossings: TytoEvent['crossings']): readonly string[] {
  return [...Map.groupBy(crossings, ({ line }) => line)].map(([line, steps]) => {
    const count = (wanted: 'in' | 'out'): number => steps.filter(({ direction }) => direction === wanted).length;
    return `${line}: ${(['in', 'out'] as const).filter((way) => count(way) > 0).map((way) => `${count(way)} ${way}`)
      .join(', ')}`;
  });
}
