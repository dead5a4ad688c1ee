/**
 * The best look at each face and each thing of an event: the same one, seen again, is told by where it is and who it
 * is.
 */
import { boxArea, type Box } from '../core/geometry.ts';
import { seconds, type Millis } from '../core/units.ts';
import type { Recognition, SeenFace, SeenThing } from './recognition.ts';

export type FaceLook = SeenFace & {
  readonly at: Millis;
  /** Whether it is taken for a face: the look is sure, or another agrees with it. */
  readonly counts: boolean;
};
export type ThingLook = SeenThing & { readonly at: Millis };
type Look = FaceLook | ThingLook;

/** As many as an event holds. */
const MOST = 64;
/** Two boxes that share this much of what they cover together are of the same thing, within this time. */
const SAME_PLACE = 0.3;
const SAME_TIME = seconds(3);
/**
 * A face of this score counts at its first look, one below it once another look agrees. What networks took for a face
 * and is none had 0.78 at most (docs/reference/faces.md); of true faces one in twenty has less.
 */
export const SURE = 0.8;
/** Looks of one thing that are not sure agree within this time: a small board looks every ten seconds. */
const AGREE_WITHIN = seconds(12);
/** A new look replaces one only if it is this much better, so that an event is not told anew for every frame. */
const CLEARLY_BETTER = 1.15;

/** `looks` itself when none of the faces is new, clearly better seen, or agreed with for the first time. */
export const withFaces = (looks: readonly FaceLook[], recognition: Recognition): readonly FaceLook[] =>
  merged(looks, faceLooks(recognition), {
    isSame: sameFace, mayGo: ({ counts }) => !counts,
    together: (look, other) => {
      if (other.at - look.at > AGREE_WITHIN && !(look.counts && other.counts)) return look.counts ? look : other;
      const best = bestOf(look, other, betterFace);
      return best.counts ? best : { ...best, counts: true };
    },
  });

/** `recognition` without the faces that do not count in `looks`, which those of it have joined. */
export function countedIn(looks: readonly FaceLook[], recognition: Recognition): Recognition {
  const taken = new Set<number>();
  return {
    ...recognition,
    faces: faceLooks(recognition).filter((face) => {
      const index = looks.findIndex((look, at) => !taken.has(at) && sameFace(look, face));
      taken.add(index);
      return looks[index]?.counts === true;
    }),
  };
}

/** `looks` itself when none of the things is new or clearly better seen. */
export const withThings = (looks: readonly ThingLook[], { seen, things }: Recognition): readonly ThingLook[] =>
  merged(looks, things.map((thing) => ({ ...thing, at: seen.at })), {
    isSame: sameThing, mayGo: () => false,
    together: (look, other) => bestOf(look, other, (a, b) => value(b) > value(a) * CLEARLY_BETTER),
  });

/** Whoever is called by name was known by another network, too. */
const faceLooks = ({ seen, faces }: Recognition): readonly FaceLook[] =>
  faces.map((face) => ({ ...face, at: seen.at, counts: face.score >= SURE || face.person !== null }));

interface Merging<T> {
  readonly isSame: (a: T, b: T) => boolean;
  /** What two looks at the same come to; the first of both where that is no news. */
  readonly together: (look: T, other: T) => T;
  /** Whether a look may make room for another one when there are too many. */
  readonly mayGo: (look: T) => boolean;
}

function merged<T extends Look>(
  looks: readonly T[], found: readonly T[], { isSame, together, mayGo }: Merging<T>,
): readonly T[] {
  const all = [...looks];
  const taken = new Set<number>(); // two in one picture are two
  let changed = false;
  for (const other of found) {
    const index = all.findIndex((look, at) => !taken.has(at) && isSame(look, other));
    const look = all[index];
    const free = all.length < MOST ? all.length : all.findIndex((each, at) => !taken.has(at) && mayGo(each));
    const place = look === undefined ? free : index;
    if (place < 0) continue;
    taken.add(place);
    const now = look === undefined ? other : together(look, other);
    if (now === look) continue;
    changed = true;
    all[place] = now;
  }
  return changed ? all : looks;
}

const bestOf = <T extends Look>(look: T, other: T, isBetter: (look: T, other: T) => boolean): T =>
  (isBetter(look, other) ? { ...other, track: other.track ?? look.track } : look);

/** Two names are two people, one name is one; without names the way and the place tell. */
function sameFace(a: FaceLook, b: FaceLook): boolean {
  if (a.person !== null && b.person !== null) return a.person === b.person;
  return sameWay(a, b);
}

const sameThing = (a: ThingLook, b: ThingLook): boolean => a.label === b.label && sameWay(a, b);

function sameWay(a: Look, b: Look): boolean {
  if (a.track !== null && a.track === b.track) return true;
  return Math.abs(a.at - b.at) <= SAME_TIME && commonShare(a.box, b.box) >= SAME_PLACE;
}

function betterFace(look: FaceLook, other: FaceLook): boolean {
  if (look.person !== other.person) return other.person !== null;
  if (look.person !== null) return (other.similarity ?? 0) > (look.similarity ?? 0) * CLEARLY_BETTER;
  return value(other) > value(look) * CLEARLY_BETTER;
}

const value = ({ score, box }: { readonly score: number; readonly box: Box }): number =>
  score * Math.sqrt(boxArea(box));

/** Of all that two boxes cover, the share that both do. */
function commonShare(a: Box, b: Box): number {
  const common = commonArea(a, b);
  return common / Math.max(boxArea(a) + boxArea(b) - common, Number.EPSILON);
}

function commonArea([x, y, width, height]: Box, [left, top, wide, high]: Box): number {
  const across = Math.min(x + width, left + wide) - Math.max(x, left);
  const down = Math.min(y + height, top + high) - Math.max(y, top);
  return across > 0 && down > 0 ? across * down : 0;
}
