/**
 * What of a drawing could never do what is meant by it: an outline that crosses itself, a zone in which nothing can
 * stand, a line that nobody steps over. Pure; the page that draws uses it as well as the settings.
 */
import type { Point, Polygon } from '../core/geometry.ts';
import { squaresInside, touchedSquares } from '../core/touched-squares.ts';
import { PLACE_KINDS, type PlaceKind } from './place-kinds.ts';
import type { Places } from './places.ts';

export interface ShapeComplaint {
  readonly kind: PlaceKind;
  /** In the list of its kind. */
  readonly index: number;
  readonly name: string;
  /** Goes on after the name. */
  readonly complaint: string;
}

interface Drawn { readonly name: string; readonly polygon: Polygon }
interface DrawnZone extends Drawn { readonly type: 'include' | 'exclude' }

/** Share of the picture's width and height: what is smaller is no thing, and vision's cells are about as large. */
const LEAST = 0.03;
/** Squares a side that the picture is looked at in, and so many of them a little less than `LEAST`. */
const SQUARES = 400;
const ROOM = 10;

/**
 * What of `places` could never do what is meant by it, in the order of the lists.
 * @param before - What was so before is not told again: who draws a mask need not mend a zone, and may not be able to.
 */
export function complaintsAboutShapes(places: Places, before?: Places): readonly ShapeComplaint[] {
  const all = PLACE_KINDS.flatMap((kind) => places[kind].flatMap(({ name }, index): readonly ShapeComplaint[] => {
    const complaint = complaintAboutShape(places, kind, index);
    return complaint === undefined ? [] : [{ kind, index, name, complaint }];
  }));
  if (before === undefined || all.length === 0) return all;
  const known = complaintsAboutShapes(before);
  return all.filter(({ kind, name, complaint }) =>
    !known.some((each) => each.kind === kind && each.name === name && each.complaint === complaint));
}

/** As `complaintsAboutShapes`, of one place; undefined where nothing is wrong, or it is not there. */
export function complaintAboutShape(places: Places, kind: PlaceKind, index: number): string | undefined {
  const place = places[kind][index];
  if (place === undefined) return undefined;
  if ('from' in place) return complaintAboutLength(place.from, place.to);
  return complaintAboutOutline(place.polygon) ?? ('type' in place ? complaintAboutRoom(place, [
    ...places.zones.filter(({ type }) => type === 'exclude'), ...places.privacy_masks,
  ]) : undefined);
}

/** Why `polygon` is no area that a person can mean: two of its edges cross. Undefined when they do not. */
function complaintAboutOutline(polygon: Polygon): string | undefined {
  for (let one = 0; one < polygon.length; one++) {
    for (let other = one + 2; other < polygon.length; other++) {
      const areNeighbours = one === 0 && other === polygon.length - 1;
      if (!areNeighbours && cross(edge(polygon, one), edge(polygon, other))) {
        return `its edge after corner ${one + 1} crosses the one after corner ${other + 1}; `
          + 'move a corner, so that no two edges cross';
      }
    }
  }
  return undefined;
}

/**
 * Why nothing could ever count in `zone`; undefined when something can, or where it is not to.
 * @param hiding - Where nothing counts: exclude zones, masks.
 */
function complaintAboutRoom(zone: DrawnZone, hiding: readonly Drawn[]): string | undefined {
  if (zone.type !== 'include' || zone.polygon.length < 3) return undefined;
  const grid = { columns: SQUARES, rows: SQUARES };
  const room = squaresInside(zone.polygon, grid);
  if (!hasRoom(room)) {
    return `it is too small for anything to stand in: somewhere it must be ${percent(LEAST)} of the picture wide and `
      + `${percent(LEAST)} high, and all of it is ${sizeOf(zone.polygon)}`;
  }
  const above = hiding.filter(({ polygon }) => takeOut(room, touchedSquares(polygon, grid)));
  if (hasRoom(room)) return undefined;
  return `nothing can count in it: it lies under ${above.map(({ name }) => JSON.stringify(name)).join(', ')}, where `
    + 'nothing counts';
}

/** Why nobody would ever be counted at the line; undefined when somebody can be. */
function complaintAboutLength(from: Point, to: Point): string | undefined {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length >= LEAST) return undefined;
  return `it is too short for anybody to step over: from and to must be ${percent(LEAST)} of the picture apart `
    + 'at least';
}

const edge = (polygon: Polygon, from: number): readonly [Point, Point] => {
  const first = polygon[from] ?? [0, 0];
  return [first, polygon[(from + 1) % polygon.length] ?? first];
};

/** Whether two straight lines go through each other; to touch is not enough. */
function cross([a, b]: readonly [Point, Point], [c, d]: readonly [Point, Point]): boolean {
  const side = (from: Point, to: Point, [x, y]: Point): number =>
    Math.sign((to[0] - from[0]) * (y - from[1]) - (to[1] - from[1]) * (x - from[0]));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** Whether a square of `ROOM` by `ROOM` lies anywhere in `inside`; by the largest that ends at each place. */
function hasRoom(inside: Uint8Array): boolean {
  const largest = new Uint16Array(SQUARES + 1); // of the row above, and of this one as far as it is known
  for (let row = 0; row < SQUARES; row++) {
    let diagonal = 0;
    for (let column = 1; column <= SQUARES; column++) {
      const above = largest[column] ?? 0;
      const here = inside[row * SQUARES + column - 1] === 1
        ? 1 + Math.min(diagonal, above, largest[column - 1] ?? 0) : 0;
      if (here >= ROOM) return true;
      largest[column] = here;
      diagonal = above;
    }
  }
  return false;
}

/** Takes `hidden` out of `room`; whether that changed anything. */
function takeOut(room: Uint8Array, hidden: Uint8Array): boolean {
  let changed = false;
  hidden.forEach((isHidden, at) => {
    if (isHidden === 0 || room[at] !== 1) return;
    room[at] = 0;
    changed = true;
  });
  return changed;
}

function sizeOf(polygon: Polygon): string {
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  return `${percent(Math.max(...xs) - Math.min(...xs))} wide and ${percent(Math.max(...ys) - Math.min(...ys))} high`;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
