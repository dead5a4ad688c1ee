/** What is done to zones, lines and masks while they are drawn: pure. Points are fractions of the picture. */
import type { CountingLine, Places, PrivacyMask, Seeing, Zone } from '../../../../contract/places.ts';
import { PLACE_KINDS, type PlaceKind } from '../../../../contract/place-kinds.ts';
import { isPlaceName, PLACE_NAME_RULE } from '../../../../contract/place-name.ts';
import { complaintsAboutShapes } from '../../../../contract/place-shape.ts';
import type { Point } from '../../../../core/geometry.ts';

/** Which one is meant. */
export interface PlaceRef { readonly kind: PlaceKind; readonly index: number }
export type Place = Zone | CountingLine | PrivacyMask;

const FIRST_NAMES: Readonly<Record<PlaceKind, string>> = { zones: 'zone', lines: 'line', privacy_masks: 'mask' };
const MIDDLE: readonly Point[] = [[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7]];
const ACROSS: readonly [from: Point, to: Point] = [[0.3, 0.6], [0.7, 0.6]];
/** So far aside of what lies there, and so often, to the right and down. */
const ASIDE = 0.03;
const STEPS_ASIDE = 10;
/** The device takes no more of either. */
export const MOST_PLACES = 32;
const MOST_CORNERS = 64;

/** What of `draft` is to be stored in place of `stored`: what is not touched may have been changed elsewhere since. */
export function changesIn(draft: Seeing, stored: Seeing): Partial<Seeing> {
  const keys = [...PLACE_KINDS, 'sensitivity'] as const;
  return Object.fromEntries(keys.filter((key) => JSON.stringify(draft[key]) !== JSON.stringify(stored[key]))
    .map((key) => [key, draft[key]]));
}

export const placeAt = (places: Places, { kind, index }: PlaceRef): Place | undefined => places[kind][index];

/** The corners of a zone or mask, the two ends of a line. */
export const pointsOf = (place: Place): readonly Point[] =>
  ('polygon' in place ? place.polygon : [place.from, place.to]);

/** One more in the middle of the picture, beside those that lie there already, with a name of its own. */
export function added(places: Places, kind: PlaceKind): readonly [Places, PlaceRef] {
  const name = freeName(places[kind].map((place) => place.name), FIRST_NAMES[kind]);
  const index = places[kind].length;
  switch (kind) {
    case 'zones': {
      const polygon = besideOthers(MIDDLE, places);
      return [{ ...places, zones: [...places.zones, { name, type: 'include', polygon }] }, { kind, index }];
    }
    case 'lines': {
      const [from, to] = besideOthers(ACROSS, places);
      return [{ ...places, lines: [...places.lines, { name, from, to }] }, { kind, index }];
    }
    case 'privacy_masks': {
      const polygon = besideOthers(MIDDLE, places);
      return [{ ...places, privacy_masks: [...places.privacy_masks, { name, polygon }] }, { kind, index }];
    }
  }
}

/** `points`, moved until they begin where no other place does: one that lay on another could not be told from it. */
function besideOthers<const P extends readonly Point[]>(points: P, { zones, lines, privacy_masks: masks }: Places): P {
  const taken = new Set([...zones, ...lines, ...masks].map((place) => String(pointsOf(place)[0])));
  for (let row = 0; row < STEPS_ASIDE; row++) {
    for (let step = 0; step < STEPS_ASIDE; step++) {
      const [right, down] = [step * ASIDE, ((step + row) % STEPS_ASIDE) * ASIDE];
      const aside = points.map(([x, y]): Point => [rounded(x + right), rounded(y + down)]);
      if (!taken.has(String(aside[0]))) return aside as readonly Point[] as P;
    }
  }
  return points;
}

const rounded = (share: number): number => Math.round(share * 1000) / 1000;

export function removed(places: Places, { kind, index }: PlaceRef): Places {
  return { ...places, [kind]: places[kind].toSpliced(index, 1) };
}

/** The same with other facts of the one that is meant. */
export function changed(places: Places, { kind, index }: PlaceRef, change: Partial<Zone & CountingLine>): Places {
  return { ...places, [kind]: places[kind].map((place, at) => (at === index ? { ...place, ...change } : place)) };
}

export function withPoints(places: Places, ref: PlaceRef, points: readonly Point[]): Places {
  const [from, to] = points;
  if (ref.kind !== 'lines') return changed(places, ref, { polygon: points });
  return from === undefined || to === undefined ? places : changed(places, ref, { from, to });
}

/** @returns `points` with the one at `at` elsewhere, inside the picture. */
export const moved = (points: readonly Point[], at: number, [x, y]: Point): readonly Point[] =>
  points.with(at, [inside(x), inside(y)]);

/** A corner between the one at `after` and the next. */
export function split(points: readonly Point[], after: number): readonly Point[] {
  const [a, b] = [points[after], points[(after + 1) % points.length]];
  if (a === undefined || b === undefined || points.length >= MOST_CORNERS) return points;
  return points.toSpliced(after + 1, 0, [inside((a[0] + b[0]) / 2), inside((a[1] + b[1]) / 2)]);
}

/** Without a corner; three remain. */
export const without = (points: readonly Point[], at: number): readonly Point[] =>
  (points.length > 3 ? points.toSpliced(at, 1) : points);

/**
 * Where `in` leads across a line: a point a little to its right side, as the picture shows it. `aspect`: width by
 * height.
 */
export function inSide({ from, to }: CountingLine, aspect: number): Point {
  const [dx, dy] = [(to[0] - from[0]) * aspect, to[1] - from[1]];
  const length = Math.hypot(dx, dy) || 1;
  return [(from[0] + to[0]) / 2 - dy / length * 0.08 / aspect, (from[1] + to[1]) / 2 + dx / length * 0.08];
}

/** What keeps `places` from being stored in place of `stored`, for people; undefined while nothing does. */
export function complaintAbout(places: Places, stored?: Places): string | undefined {
  const refs = PLACE_KINDS.flatMap((kind) => [...places[kind].keys()].map((index): PlaceRef => ({ kind, index })));
  for (const ref of refs) {
    const complaint = complaintAboutName(places, ref);
    if (complaint !== undefined) return complaint;
  }
  const [fault] = complaintsAboutShapes(places, stored);
  return fault && `“${fault.name}”: ${fault.complaint}.`;
}

/** As `complaintAbout`, of the name of the one that is meant. */
export function complaintAboutName(places: Places, { kind, index }: PlaceRef): string | undefined {
  const names = places[kind].map((place) => place.name.trim().normalize('NFC'));
  const name = names[index];
  if (name === undefined) return undefined;
  if (name === '') return 'It needs a name.';
  if (!isPlaceName(name)) return `“${name}” cannot be a name: it ${PLACE_NAME_RULE}.`;
  return names.indexOf(name) === names.lastIndexOf(name) ? undefined
    : `Two are called “${name}”: give each a name of its own.`;
}

function freeName(taken: readonly string[], first: string): string {
  for (let number = 1; ; number++) if (!taken.includes(`${first}-${number}`)) return `${first}-${number}`;
}

const inside = (value: number): number => Math.round(Math.min(Math.max(value, 0), 1) * 10_000) / 10_000;
