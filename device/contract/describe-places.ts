/** What is wrong with places, in words: which one, which corner of it, what was expected and what came. */
import type { z } from 'zod';
import { PLACE_KINDS, type PlaceKind } from './place-kinds.ts';
import type { ShapeComplaint } from './place-shape.ts';
import { countingLinesSchema, privacyMasksSchema, zonesSchema } from './places.ts';
import { nearName } from '../core/near-name.ts';
import { ratioMeant } from '../core/ratio-meant.ts';
import { valueAt } from './value-at.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

const NOUNS = {
  zones: 'zone', lines: 'line', privacy_masks: 'mask',
} as const satisfies Readonly<Record<PlaceKind, string>>;
const FIELDS = {
  zones: Object.keys(zonesSchema.unwrap().element.shape),
  lines: Object.keys(countingLinesSchema.unwrap().element.shape),
  privacy_masks: Object.keys(privacyMasksSchema.unwrap().element.shape),
} as const satisfies Readonly<Record<PlaceKind, readonly string[]>>;
/** Longer values say nothing more. */
const MOST_SHOWN = 80;

/** @param list - What was refused as places of one `kind`. */
export const describePlaces = (kind: PlaceKind, error: z.ZodError, list: unknown): string =>
  error.issues.map((issue) => describeIssue(kind, issue, issue.path, list)).join('; ');

/** As `describePlaces`. @param body - What was refused as some of `Seeing`. */
export const describePlacesBody = (error: z.ZodError, body: unknown): string =>
  error.issues.map((issue) => {
    const [first, ...path] = issue.path;
    const kind = PLACE_KINDS.find((each) => each === first);
    if (first === 'sensitivity') return `sensitivity ${issue.message}, ${came(valueAt(body, [first]))}`;
    return kind === undefined ? issue.message : describeIssue(kind, issue, path, valueAt(body, [kind]));
  }).join('; ');

/** `line "door": it is too short ...` */
export const describeShape = ({ kind, name, complaint }: ShapeComplaint): string =>
  `${NOUNS[kind]} ${JSON.stringify(name)}: ${complaint}`;

/** `zone "drive", corner 2: x must be from 0 to 1, got 1.4` */
function describeIssue(kind: PlaceKind, issue: Issue, path: Path, list: unknown): string {
  const [index, field, corner] = path;
  if (typeof index !== 'number') return `${kind}: ${issue.message}`;
  const place = nameOf(NOUNS[kind], valueAt(list, [index]), index);
  const where = field === 'polygon' && typeof corner === 'number' ? `${place}, corner ${corner + 1}` : place;
  if (issue.code === 'unrecognized_keys')
    return `${where}: a ${NOUNS[kind]} has no ${issue.keys.join(', ')}${meant(kind, issue.keys)}`;
  if (issue.code === 'custom') return `${where}: ${issue.message}`;
  const subject = subjectOf(path.slice(1));
  return `${where}: ${subject === '' ? '' : `${subject} `}${issue.message}, ${came(valueAt(list, path))}`;
}

const nameOf = (noun: string, place: unknown, index: number): string => {
  const name = valueAt(place, ['name']);
  return typeof name === 'string' && name !== '' ? `${noun} ${JSON.stringify(name)}` : `${noun} ${index + 1}`;
};

/** What of a place is wrong: `name`, `x` of a corner, `from`, `y of from`; nothing for a corner as a whole. */
function subjectOf([field, ...inner]: Path): string {
  if (field === undefined) return '';
  const axis = field === 'polygon' ? inner[1] : inner[0];
  const coordinate = axis === 0 ? 'x' : axis === 1 ? 'y' : '';
  if (field === 'polygon') return inner.length === 0 ? 'polygon' : coordinate;
  return coordinate === '' ? String(field) : `${coordinate} of ${String(field)}`;
}

/** Of keys that a place does not have. */
function meant(kind: PlaceKind, keys: readonly string[]): string {
  const near = keys.flatMap((key) => nearName(key.toLowerCase(), FIELDS[kind]) ?? []);
  return near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
}

function came(value: unknown): string {
  const ratio = typeof value === 'string' ? ratioMeant(value) : undefined;
  if (ratio !== undefined) return `got ${JSON.stringify(value)}; write ${ratio}`;
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'got nothing';
  return `got ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}`;
}
