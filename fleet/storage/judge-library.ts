/** Whether a library is the one that the index was filled against. Pure. */
import type { LibraryMemory } from './library-memory.ts';

export interface LibraryFacts {
  /** Undefined where nobody remembers. */
  readonly remembered: LibraryMemory | undefined;
  readonly place: string;
  readonly endpoint: string;
  /** Of events in the index, spread over all of its time. */
  readonly looked: number;
  /** How many of those the library does not hold. */
  readonly missing: number;
  /** Somebody said that this library is right as it is. */
  readonly accepted: boolean;
}

export type LibraryVerdict =
  | {
    readonly use: true;
    readonly remember: LibraryMemory;
    /** For people: what cannot be shown, and why. */
    readonly trouble: string | undefined;
  }
  | { readonly use: false; readonly why: string };

/** One whose files somebody removed here and there is still the one; another one has to hold all that is looked for. */
export function judgeLibrary(facts: LibraryFacts): LibraryVerdict {
  const { remembered, place, endpoint, looked, missing, accepted } = facts;
  const here = { place, endpoint, left: null };
  if (missing === 0) return { use: true, remember: here, trouble: undefined };
  const isSame = remembered?.place === place && remembered.endpoint === endpoint;
  const isGone = missing === looked && (remembered?.holdsSome ?? false) && !accepted;
  if (isSame && remembered.left !== null && !isGone) {
    const remember = missing < looked ? { ...remembered, holdsSome: true as const } : remembered;
    return { use: true, remember, trouble: troubleOf(facts, remembered.left) };
  }
  if ((isSame || remembered === undefined) && missing < looked)
    return { use: true, remember: here, trouble: undefined };
  const left = isSame || remembered === undefined ? '' : placeOf(remembered);
  if (accepted) return { use: true, remember: { ...here, left }, trouble: troubleOf(facts, left) };
  return { use: false, why: left === '' ? whyGone(facts) : whyOther(facts, left) };
}

const placeOf = ({ place, endpoint }: Pick<LibraryFacts, 'place' | 'endpoint'>): string =>
  `${place}${endpoint === '' ? '' : ` at ${endpoint}`}`;
const lacked = ({ missing, looked }: LibraryFacts): string =>
  missing === looked
    ? `holds none of the ${looked} events that were looked for there`
    : `lacks ${missing} of the ${looked} events that were looked for there`;
const goOn = ({ place }: LibraryFacts): string =>
  `to go on although their pictures and clips cannot be shown, start with --accept-library ${place}`;

const whyOther = (facts: LibraryFacts, left: string): string =>
  `until now events were filed into ${left}, and the library is ${placeOf(facts)} now, which ${lacked(facts)}; ` +
  `name ${left} again, or copy what lies there: as a replica with "forward": "all", or with the store's own tools; ` +
  goOn(facts);

const whyGone = (facts: LibraryFacts): string =>
  `the library ${placeOf(facts)} ${lacked(facts)} although they were filed; ` +
  'mount the disk or share that it is on, name the library that they lie in, or put a copy of it in its place; '
    + goOn(facts);

const troubleOf = (facts: LibraryFacts, left: string): string =>
  `${placeOf(facts)} ${lacked(facts)}${left === '' ? ''
    : `, which were filed into ${left}`}: their pictures and clips cannot be shown`;
