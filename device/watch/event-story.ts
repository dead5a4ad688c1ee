/**
 * What an event has to tell besides that something moved: who went where, what was
 * recognised. Values only, stream time.
 */
import type { EventKind } from '../contract/event.ts';
import type { CountedKind } from '../contract/topics.ts';
import type { Observation, Track, ZoneStay } from '../core/frame.ts';
import { boxArea, type Point } from '../core/geometry.ts';
import { millis, type Millis } from '../core/units.ts';
import { withFaces, withThings, type FaceLook, type ThingLook } from './looks.ts';
import type { Recognition } from './recognition.ts';
import { stepZones, type ZoneSwitches } from './zone-switches.ts';

/** One thing's way through the event. */
export interface Way {
  /** Unlike any other in the event: vision that was replaced counts from 1 again. */
  readonly id: number;
  readonly since: Millis;
  readonly until: Millis;
  readonly path: readonly Point[];
  readonly zones: readonly ZoneStay[];
  /** What of these the events before have told of. */
  readonly toldZones: readonly ZoneStay[];
  /** Area of its largest box. */
  readonly area: number;
}

export interface Story {
  /** By what vision calls it. */
  readonly ways: ReadonlyMap<string, Way>;
  /** In the order in which they were entered. */
  readonly entered: readonly string[];
  /** Where something is now; while nothing moves, where something was of late. */
  readonly current: readonly string[];
  /** Where something is, or was of late. */
  readonly switches: ZoneSwitches;
  readonly crossings: readonly { readonly line: string; readonly direction: 'in' | 'out'; readonly at: Millis }[];
  /** At what is a face or may be one: `facesOf` tells which count. */
  readonly faceLooks: readonly FaceLook[];
  readonly things: readonly ThingLook[];
  /** Another number whenever there is news: anything but that ways go on. */
  readonly revision: number;
  /** The ways of the event that this one follows without a gap. */
  readonly told: ReadonlyMap<string, Way>;
}

export const emptyStory: Story = {
  ways: new Map(), entered: [], current: [], switches: new Map(), crossings: [], faceLooks: [], things: [], revision: 0,
  told: new Map(),
};

/** Of an event that follows the one of `before` without a gap: what that told of is not told twice. */
export const storyAfter = (before: Story): Story => ({ ...emptyStory, told: before.ways });

/** Ways that are held while the event lasts; of those that are over the least go first. */
const MOST_WAYS = 64;
const MOST_CROSSINGS = 256;

export function observe(story: Story, { at, motion, tracks, crossings }: Observation): Story {
  if (!motion && crossings.length === 0 && story.switches.size === 0) return story;
  const ways = withTracks(story, tracks, at);
  const crossed = crossings.map(({ line, direction }) => ({ line, direction, at }));
  const mayEnter = tracks.some(({ zones }) => zones.length > 0); // nobody else has since the last look
  const entered = mayEnter
    ? namesIn(story.entered, [...ways.values()].flatMap((way) => staysOf(way).map(({ zone }) => zone)))
    : story.entered;
  const inside = motion
    ? namesIn([], tracks.flatMap(({ zones }) => zones.filter((stay) => stay.inside).map(({ zone }) => zone)))
    : [];
  const switches = stepZones(story.switches, inside, at);
  const current = motion ? inside : story.current.filter((zone) => switches.has(zone));
  const isNews = crossed.length > 0 || entered !== story.entered || current.join('\n') !== story.current.join('\n');
  return {
    ...story, ways, entered, current: isNews ? current : story.current, switches,
    crossings: crossed.length > 0 ? [...story.crossings, ...crossed].slice(0, MOST_CROSSINGS) : story.crossings,
    revision: story.revision + (isNews ? 1 : 0),
  };
}

export function recognise(story: Story, recognition: Recognition): Story {
  const faceLooks = withFaces(story.faceLooks, recognition);
  const things = withThings(story.things, recognition);
  if (faceLooks === story.faceLooks && things === story.things) return story;
  const known = new Set(facesOf(story));
  const next = { ...story, faceLooks, things };
  const isNews = things !== story.things || facesOf(next).some((face) => !known.has(face));
  return isNews ? { ...next, revision: story.revision + 1 } : next;
}

/** The faces that count. */
export const facesOf = ({ faceLooks }: Story): readonly FaceLook[] => faceLooks.filter(({ counts }) => counts);

/** Nothing moves any more while the event lasts: nothing is told to be in a zone. */
export const allLeft = (story: Story): Story => (story.switches.size === 0 ? story : {
  ...story, current: [], switches: new Map(), revision: story.revision + (story.current.length === 0 ? 0 : 1),
});

/** What was recognised in it. */
export const kindsOf = (story: Story): readonly EventKind[] => [...new Set<EventKind>([
  ...(facesOf(story).length > 0 ? ['face' as const] : []), ...story.things.map(({ label }) => label),
])];

/** How many different ones were recognised in it. */
export const countsOf = (story: Story): Readonly<Record<CountedKind, number>> => {
  const count = (label: string): number => story.things.filter((thing) => thing.label === label).length;
  return { person: count('person'), vehicle: count('vehicle'), animal: count('animal'), face: facesOf(story).length };
};

function withTracks(story: Story, tracks: readonly Track[], at: Millis): ReadonlyMap<string, Way> {
  if (tracks.length === 0) return story.ways;
  const ways = new Map(story.ways);
  for (const track of tracks) {
    const key = `${track.id} since ${track.since}`;
    const known = ways.get(key);
    const told = story.told.get(key);
    ways.set(key, {
      id: known?.id ?? freeId(track.id, ways),
      since: known?.since ?? (told === undefined ? track.since : at), until: at, path: track.path,
      zones: track.zones, toldZones: known?.toldZones ?? told?.zones ?? [],
      area: Math.max(known?.area ?? 0, boxArea(track.box)),
    });
  }
  return ways.size <= MOST_WAYS ? ways
    : new Map([...ways].sort(([, a], [, b]) => importance(b) - importance(a)).slice(0, MOST_WAYS));
}

/** Where it has been in this event, and for how long. */
export const staysOf = ({ zones, toldZones }: Way): readonly ZoneStay[] => zones.flatMap((stay) => {
  const before = toldZones.find(({ zone }) => zone === stay.zone)?.time ?? 0;
  return toldZones.length === 0 || stay.inside || stay.time > before
    ? [{ ...stay, time: millis(Math.max(0, stay.time - before)) }]
    : [];
});

function freeId(wanted: number, ways: ReadonlyMap<string, Way>): number {
  const taken = new Set([...ways.values()].map(({ id }) => id));
  return taken.has(wanted) ? Math.max(...taken) + 1 : wanted;
}

/** The large and lasting count: what is near, and what stays. */
export const importance = ({ since, until, area }: Way): number => (until - since) * Math.sqrt(area);

/** `known` itself when `names` adds none. */
function namesIn(known: readonly string[], names: readonly string[]): readonly string[] {
  const all = new Set([...known, ...names]);
  return all.size === known.length ? known : [...all];
}
