/**
 * Who is who from frame to frame: gives every believed blob the number of the thing that it is. Each thing has a place,
 * a size and a speed; blobs go to the things whose prediction they fit best, and two things change blobs when that fits
 * both better. Things that meet in one blob go on in it by prediction, each with its own speed and size, so that they
 * come out as who they were: who crosses keeps his number. A thing that is lost is waited for: one that moved where it
 * should be by now, one that rested where it was.
 */
import type { Believed } from './track-book.ts';
import type { Blob } from './blobs.ts';

/** All lengths are cells, times milliseconds, speeds cells a second. */
interface Thing {
  readonly id: number;
  readonly since: number;
  /** Its middle, seen or predicted. */
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly high: number;
  readonly pixels: number;
  readonly dx: number;
  readonly dy: number;
  readonly moving: boolean;
  /** Frames in which it was seen by itself. */
  readonly looks: number;
  /** When it was last seen, by itself or in a group. */
  readonly seen: number;
  readonly alone: number;
  /** The group it is in, by the number of the thing that stands for it; its own outside of groups. */
  readonly group: number;
}

/** A number for a believed blob, and since when the thing has been seen. */
export interface Identity { readonly id: number; readonly since: number }

/** How long a thing is waited for: while it moves, while it rests, while it is hidden in a group. */
const [movingLossMs, restingLossMs, hiddenMs] = [2000, 15_000, 10_000];
/** Predictions are not stretched further than this. */
const predictedMs = 1000;
/** Frames after which a thing is known well enough to be looked for in a group. */
const knownLooks = 4;
/** The share of its size by which a blob must grow for a thing to be in it. */
const joins = 0.4;
/** What a difference of size weighs against one of place; more after a group, in which places are guessed. */
const [sizeWorth, hiddenSizeWorth] = [0.3, 0.9];
/** Speeds fade in a group: who meets may stop. */
const fadeMs = 3000;

export class TrackKeeper {
  readonly #columns: number;
  readonly #rows: number;
  #things: readonly Thing[] = [];
  #ids = 0;
  #before = 0;

  /** Of a picture of so many cells. */
  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** Numbers of all that are followed, the lost and the hidden too. */
  get ids(): ReadonlySet<number> { return new Set(this.#things.map(({ id }) => id)); }

  /** @returns An identity for each of `seen`, in its order. */
  follow(seen: readonly Believed[], atMs: number): Identity[] {
    const step = Math.min(atMs - this.#before, predictedMs);
    this.#before = atMs;
    if (seen.length === 0 && this.#things.length === 0) return [];
    const things = this.#things.map((thing) => predict(thing, step, atMs));
    const blobs = seen.map(({ blob }) => blob);
    const owners = assign(things, blobs);
    const groups = gather(things, blobs, owners);
    const present = seen.map((one, index) => this.#update(one, groups[index] ?? [], atMs, step));
    const found = new Set(present.flatMap(({ things: these }) => these.map(({ id }) => id)));
    const lost = things.filter((thing) => !found.has(thing.id) && this.#isAwaited(thing, atMs));
    this.#things = [...present.flatMap(({ things: these }) => these), ...lost];
    return present.map(({ shown }) => ({ id: shown.id, since: shown.since }));
  }

  #update(one: Believed, group: readonly Thing[], atMs: number, step: number): Update {
    const [first] = group;
    if (first === undefined) {
      const thing = begin(++this.#ids, one, atMs);
      return { shown: thing, things: [thing] };
    }
    if (group.length === 1) {
      const thing = measure(first, one, atMs, step);
      return { shown: thing, things: [thing] };
    }
    const leader = group.find(({ id }) => group.some((other) => other.group === id && other.id !== id))
      ?? oldest(group);
    const things = group.map((thing) => carry(thing, one, leader.id, atMs, step));
    return { shown: leader, things };
  }

  /** Whether a thing that was not seen may come back. One that has left the picture will not. */
  #isAwaited(thing: Thing, atMs: number): boolean {
    if (thing.x < 0 || thing.y < 0 || thing.x > this.#columns || thing.y > this.#rows) return false;
    return atMs - thing.seen <= (thing.moving ? movingLossMs : restingLossMs);
  }
}

interface Update { readonly shown: Thing; readonly things: readonly Thing[] }

const oldest = (group: readonly Thing[]): Thing => group.reduce((a, b) => (b.id < a.id ? b : a));
const middleX = (blob: Blob): number => (blob.left + blob.right) / 2;
const middleY = (blob: Blob): number => (blob.top + blob.bottom) / 2;

function begin(id: number, { blob, since, moving }: Believed, atMs: number): Thing {
  return {
    id, since, x: middleX(blob), y: middleY(blob), wide: blob.right - blob.left, high: blob.bottom - blob.top,
    pixels: blob.pixels, dx: 0, dy: 0, moving, looks: 1, seen: atMs, alone: atMs, group: id,
  };
}

/** Where it should be by now. What rested stays; what is lost coasts for as long as predictions hold. */
function predict(thing: Thing, step: number, atMs: number): Thing {
  const coasts = thing.moving && atMs - thing.seen - step < predictedMs;
  if (!coasts) return thing;
  return { ...thing, x: thing.x + (thing.dx * step) / 1000, y: thing.y + (thing.dy * step) / 1000 };
}

/** Seen by itself. `thing` is the prediction. */
function measure(thing: Thing, { blob, moving }: Believed, atMs: number, step: number): Thing {
  const [x, y] = [middleX(blob), middleY(blob)];
  const sinceAlone = Math.max(atMs - thing.alone, 1);
  // After a loss or a group the way since is not one step: the speed is kept.
  const broken = sinceAlone > step + 1 || thing.group !== thing.id;
  const [seconds, gain] = [step / 1000, broken ? 0 : thing.looks === 1 ? 1 : 0.5];
  const near = (before: number, now: number): number => before + (broken ? 1 : 0.3) * (now - before);
  return {
    ...thing, x, y,
    dx: thing.dx + (gain * (x - thing.x)) / seconds, dy: thing.dy + (gain * (y - thing.y)) / seconds,
    wide: near(thing.wide, blob.right - blob.left), high: near(thing.high, blob.bottom - blob.top),
    pixels: near(thing.pixels, blob.pixels),
    moving, looks: thing.looks + 1, seen: atMs, alone: atMs, group: thing.id,
  };
}

/** Seen in a group: it goes its own way, but not out of the blob. */
function carry(thing: Thing, { blob, moving }: Believed, group: number, atMs: number, step: number): Thing {
  const keeps = Math.exp(-step / fadeMs);
  const within = (value: number, half: number, low: number, high: number): number =>
    (high - low <= 2 * half ? (low + high) / 2 : Math.min(Math.max(value, low + half), high - half));
  return {
    ...thing, moving, group, seen: atMs, dx: thing.dx * keeps, dy: thing.dy * keeps,
    x: within(thing.x, thing.wide / 2, blob.left, blob.right),
    y: within(thing.y, thing.high / 2, blob.top, blob.bottom),
  };
}

/** The thing that each blob is. Best fits first; then pairs that both do better the other way change. */
function assign(things: readonly Thing[], blobs: readonly Blob[]): (Thing | undefined)[] {
  const fits: { readonly thing: Thing; readonly index: number; readonly cost: number }[] = [];
  for (const thing of things) blobs.forEach((blob, index) => {
    const cost = misfit(thing, blob);
    if (cost < Infinity) fits.push({ thing, index, cost });
  });
  fits.sort((a, b) => a.cost - b.cost);
  const owners: (Thing | undefined)[] = blobs.map(() => undefined);
  const taken = new Set<Thing>();
  for (const { thing, index } of fits) {
    if (owners[index] !== undefined || taken.has(thing)) continue;
    owners[index] = thing;
    taken.add(thing);
  }
  for (let a = 0; a < blobs.length; a += 1)
    for (let b = a + 1; b < blobs.length; b += 1) changeIfBetter(owners, blobs, a, b);
  return owners;
}

/** Changes the things of blobs `a` and `b` when they fit better the other way. */
function changeIfBetter(owners: (Thing | undefined)[], blobs: readonly Blob[], a: number, b: number): void {
  const ours = owners[a];
  const theirs = owners[b];
  const here = blobs[a];
  const there = blobs[b];
  if (ours === undefined || theirs === undefined || here === undefined || there === undefined) return;
  if (misfit(ours, there) + misfit(theirs, here) >= misfit(ours, here) + misfit(theirs, there)) return;
  owners[a] = theirs;
  owners[b] = ours;
}

/**
 * How badly a blob fits what is known of a thing: distance, size, and how little they overlap; Infinity out of reach.
 */
function misfit(thing: Thing, blob: Blob): number {
  const wide = blob.right - blob.left;
  const high = blob.bottom - blob.top;
  const shared = sharedCells(thing, blob);
  const away = Math.hypot(middleX(blob) - thing.x, middleY(blob) - thing.y);
  const extent = Math.max(thing.wide, thing.high, wide, high);
  const reach = (thing.looks === 1 ? 2 : 1) * extent + 2;
  if (shared === 0 && away > reach) return Infinity;
  const size = Math.abs(Math.log(wide / thing.wide)) + Math.abs(Math.log(high / thing.high));
  if (shared === 0 && size > 2) return Infinity;
  const union = thing.wide * thing.high + wide * high - shared;
  return away / reach + (thing.alone < thing.seen ? hiddenSizeWorth : sizeWorth) * size + 0.5
    * (1 - shared / union) + (thing.looks < knownLooks ? 0.3 : 0);
}

function sharedCells({ x, y, wide, high }: Thing, blob: Blob): number {
  const across = Math.min(blob.right, x + wide / 2) - Math.max(blob.left, x - wide / 2);
  const down = Math.min(blob.bottom, y + high / 2) - Math.max(blob.top, y - high / 2);
  return across > 0 && down > 0 ? across * down : 0;
}

/** The things in each blob: its owner, and those without a blob of their own that went into it. */
function gather(things: readonly Thing[], blobs: readonly Blob[], owners: readonly (Thing | undefined)[]): Thing[][] {
  const groups = owners.map((owner) => (owner === undefined ? [] : [owner]));
  for (const thing of things) {
    if (owners.includes(thing) || thing.looks < knownLooks || thing.seen - thing.alone > hiddenMs) continue;
    const index = blobs.findIndex((blob, at) => {
      const owner = owners[at];
      return owner !== undefined && sharedCells(thing, blob) >= joins * thing.wide * thing.high && (
        isGroup(thing, owner) || blob.pixels >= owner.pixels + joins * thing.pixels);
    });
    if (index >= 0) groups[index]?.push(thing);
  }
  return groups;
}

/** Whether two things were in one blob before. */
const isGroup = (a: Thing, b: Thing): boolean => a.group === b.group;
