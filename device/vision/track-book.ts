/**
 * Which blobs are things that move. A blob must have moved in two frames, or be large and clearly moving, before it is
 * believed; then it is believed for as long as it moves, and at rest for three times as long as it has moved.
 * So a person who walks in and waits stays seen, while what never moves of itself (the ghost of what left, a puddle of
 * light, a stain of residue) is not. How large is "large" follows the clutter: the largest blobs of late that came to
 * nothing (rain, leaves).
 */
import type { Blob } from './blobs.ts';

/** A blob that is believed. */
export interface Believed {
  readonly blob: Blob;
  /** When it was first seen, in milliseconds. */
  readonly since: number;
  readonly moving: boolean;
  /** It has been moving for a while and is where it was. */
  readonly dithers: boolean;
}

/** The frame that blobs are of. */
export interface Circumstances {
  readonly atMs: number;
  /** Light that lies over the picture in places. */
  readonly lights: readonly Blob[];
  /** Most of the picture changed at once: nothing is believed at first sight. */
  readonly upheaval: boolean;
  /** Age of the frame that movement was told by. */
  readonly earlierAgeMs: number;
  /** Whether what lies in these cells stirs; undefined where that cannot be said. */
  readonly stirs: (cells: readonly number[]) => boolean | undefined;
}

/** Pixels that a blob must have to be believed at first sight, where there is no clutter. */
export type LargeSize = (blob: Blob) => number;

interface Track {
  readonly blob: Blob;
  readonly since: number;
  /** Cells moved since the frame before. */
  readonly dx: number;
  readonly dy: number;
  /** Frames in which it moved. */
  readonly hits: number;
  readonly movedMs: number;
  readonly lastMoved: number;
  /** When it last stirred while it rested. */
  readonly lastStirred: number;
  readonly seen: number;
  readonly moves: boolean;
  /** When it last moved, or may have: nobody could tell. */
  readonly doubted: number;
  readonly believed: boolean;
  readonly largest: number;
  /** Frames in which it was seen. */
  readonly looks: number;
  /** Where it was when it last went somewhere, and how long it has moved since. */
  readonly post: Blob;
  readonly aboutMs: number;
  /** How solid its blobs were of late. */
  readonly solid: number;
}

const hitsNeeded = 2;
/** Share of a blob's pixels that must change for it to move; for it to move clearly. */
const [moves, movesClearly] = [0.06, 0.3];
const [holdLeastMs, holdMostMs, holdFactor] = [1000, 12_000, 3];
/** Who moved for so long, and stirred within the last seconds, stands there; for some minutes at most: a flag does too. */
const [walkedMs, stirredMs, stirringMostMs] = [1000, 10_000, 180_000];
/** Movement on the spot of so long is a tree's. */
const ditherMs = 6000;
/** What has no edges for some frames is a shadow or a reflection. */
const [leastSolid, solidGain] = [0.1, 0.3];
const forgetMs = 600;
const clutterMs = 15_000;
/** Times the clutter that a blob must measure to be believed at once. */
const [clutterMargin, weatherMargin] = [2.5, 1.75];
const fastestCells = 8;
/** A thing of so few frames was a flash: a drop, a flake, an insect. Their number is counted over so long. */
const [flashLooks, flashesMs] = [3, 15_000];
/** Flashes a second from which on it rains or snows, and below which it has stopped. */
const [weatherBegins, weatherEnds] = [0.6, 0.2];
/** Hits asked for besides, of what is no larger than flashes are, for each flash a second; at most so many. */
const [hitsPerFlash, hitsMost] = [2, 6];
/** How much of its size one flash tells of all. */
const flashGain = 0.05;
/** In weather, what was seen once may be so many cells away in the next frame. */
const weatherLeap = 2.5;
/** Frames further apart do not tell whether something moves now or has come to rest between them. */
const tellingMs = 1000;
/** A step counts for so long as movement, at most. */
const longestMoveMs = 600;
/** How long a thing is believed to be where light lies over it. */
const underLightMs = 2000;
/** How long a movement that is not believed is worth a closer look. */
const doubtMs = 1000;

export class TrackBook {
  readonly #large: LargeSize;
  #tracks: readonly Track[] = [];
  #clutter = 0;
  #flashes = 0;
  #flashSize = 0;
  #flashSpread = 0;
  #isWeather = false;
  #before: number | undefined;
  #isPending = false;
  #asked = false;
  #believed: readonly Blob[] = [];

  constructor(large: LargeSize) { this.#large = large; }

  /** What was believed in the frame before. */
  get believed(): readonly Blob[] { return this.#believed; }

  /** Whether something that is not believed moved just now, or may have: frames close to each other would tell. */
  get isPending(): boolean { return this.#isPending; }

  /**
   * @param blobs - Of one frame, largest first.
   * @returns Those that are believed.
   */
  follow(blobs: readonly Blob[], frame: Circumstances): Believed[] {
    const { atMs } = frame;
    const stepMs = this.#before === undefined ? 200 : atMs - this.#before;
    // Who asked for a closer look and is not given one judges by what there is.
    const tells = frame.earlierAgeMs <= tellingMs || (this.#asked && stepMs > tellingMs);
    this.#before = atMs;
    this.#clutter *= Math.exp(-stepMs / clutterMs);
    this.#flashes *= Math.exp(-stepMs / flashesMs);
    this.#isWeather = this.#flashRate > (this.#isWeather ? weatherEnds : weatherBegins);
    const pasts = match(blobs, this.#tracks, this.#isWeather);
    const heirs = chooseHeirs(blobs, pasts);
    const tracks = blobs.map((blob) => {
      const past = pasts.get(blob);
      const inherited = past === undefined ? undefined : inherit(blob, past, heirs.get(past) === blob);
      return this.#continue(blob, inherited, { ...frame, stepMs, tells });
    });
    const unseen = this.#unseen(new Set(pasts.values()), tracks, frame, stepMs);
    this.#tracks = [...tracks, ...unseen];
    const shown = [...tracks, ...unseen.filter((track) => isUnder(frame.lights, track))].filter((track) => isShown(track, atMs));
    this.#isPending = tracks.some((track) => atMs - track.doubted <= doubtMs && !shown.includes(track));
    this.#believed = shown.map(({ blob }) => blob);
    this.#asked = this.#isPending || shown.length > 0;
    return shown.map(({ blob, since, lastMoved, aboutMs }) => ({ blob, since, moving: atMs - lastMoved <= forgetMs, dithers: aboutMs > ditherMs }));
  }

  #continue(blob: Blob, past: Track | undefined, { atMs, stepMs, tells, upheaval, earlierAgeMs, stirs }: Step): Track {
    const mayMove = isMoving(blob);
    const moved = mayMove && tells;
    const clear = moved && !upheaval && earlierAgeMs <= tellingMs && blob.moving > movesClearly * blob.pixels &&
      blob.pixels >= Math.max(this.#large(blob), this.#clear);
    const hits = (past?.hits ?? 0) + (!mayMove ? 0 : clear ? hitsNeeded : 1);
    const needed = hitsNeeded + this.#hitsMore(blob);
    const [dx, dy] = past === undefined ? [0, 0] : between(past.blob, blob);
    const left = past === undefined || hasLeft(past.post, blob);
    const shortMs = moved ? Math.min(stepMs, longestMoveMs) : 0;
    return {
      blob, hits, post: left ? blob : past.post, aboutMs: left ? 0 : past.aboutMs + shortMs, dx: limited(dx), dy: limited(dy), moves: moved, seen: atMs, since: past?.since ?? atMs,
      movedMs: (past?.movedMs ?? 0) + shortMs,
      lastMoved: moved ? atMs : past?.lastMoved ?? -Infinity,
      lastStirred: past?.believed === true && !moved && stirs(blob.cells) === true ? atMs : past?.lastStirred ?? -Infinity,
      doubted: mayMove ? atMs : past?.doubted ?? -Infinity,
      believed: past?.believed === true || (moved && hits >= needed),
      largest: Math.max(blob.pixels, past?.largest ?? 0), looks: (past?.looks ?? 0) + 1,
      solid: past === undefined ? blob.solid : past.solid + solidGain * (blob.solid - past.solid),
    };
  }

  #noteFlash(pixels: number): void {
    this.#flashes += 1;
    this.#flashSize += flashGain * (pixels - this.#flashSize);
    this.#flashSpread += flashGain * (Math.abs(pixels - this.#flashSize) - this.#flashSpread);
  }

  /** The size of what comes to nothing: in weather that of nearly all drops, whatever else was lost; else of the largest. */
  get #clutterSize(): number { return this.#isWeather ? this.#flashSize + 3 * this.#flashSpread : this.#clutter; }

  /** What is larger cannot be what comes to nothing. */
  get #clear(): number { return (this.#isWeather ? weatherMargin : clutterMargin) * this.#clutterSize; }

  /** Flashes a second. */
  get #flashRate(): number { return (1000 * this.#flashes) / flashesMs; }
  /** Whether it rains or snows: then neighbours are hardly ever the same drop, in place or in time. */
  get isWeather(): boolean { return this.#isWeather; }

  /** Hits asked for because so much comes to nothing. */
  #hitsMore({ pixels }: Blob): number {
    const small = pixels < this.#clutterSize;
    if (!this.#isWeather) return small ? 1 : 0;
    const most = Math.min(Math.max(1, Math.floor(hitsPerFlash * this.#flashRate)), hitsMost);
    return small ? most : pixels < this.#clear ? most / 2 : 0;
  }

  /** Tracks of which nothing was seen: kept for a moment, then their size counts as clutter if they came to nothing. */
  #unseen(
    matched: ReadonlySet<Track>, present: readonly Track[], { atMs, lights }: Circumstances, stepMs: number,
  ): Track[] {
    const patience = Math.max(forgetMs, Math.min(1.5 * stepMs, 1500));
    return this.#tracks.filter((track) => {
      if (matched.has(track)) return false;
      if (atMs - track.seen <= underLightMs && track.believed && isUnder(lights, track)) return true;
      const awaited = atMs - track.seen <= patience && (track.believed || !this.#isWeather);
      if (awaited) return !present.some(({ blob }) => overlap(blob, track.blob, 0, 0, 0) > 0);
      if (track.looks <= flashLooks) this.#noteFlash(track.largest);
      if (!track.believed) this.#clutter = Math.max(this.#clutter, track.largest);
      return false;
    });
  }
}

/** Whether a thing can be hidden in light. */
const isUnder = (lights: readonly Blob[], { blob }: Track): boolean =>
  lights.some((light) => overlap(light, blob, 0, 0, 0) > 0.5 * (blob.right - blob.left) * (blob.bottom - blob.top));

interface Step extends Circumstances {
  readonly stepMs: number;
  /** Whether movement can be told. */
  readonly tells: boolean;
}

const isMoving = (blob: Blob): boolean => blob.moving >= Math.max(3, moves * blob.pixels);
const limited = (cells: number): number => Math.min(Math.max(cells, -fastestCells), fastestCells);
const between = (from: Blob, to: Blob): readonly [number, number] =>
  [(to.left + to.right - from.left - from.right) / 2, (to.top + to.bottom - from.top - from.bottom) / 2];

/** Whether a thing's middle has gone further than half its size. */
function hasLeft(post: Blob, blob: Blob): boolean {
  const [dx, dy] = between(post, blob);
  return Math.abs(dx) > (blob.right - blob.left) / 2 + 1 || Math.abs(dy) > (blob.bottom - blob.top) / 2 + 1;
}

/** While it moves; at rest for longer the longer it has moved; and who walked in and stirs, until he leaves. */
function isShown(track: Track, atMs: number): boolean {
  if (!track.believed || track.hits < hitsNeeded || track.solid < leastSolid) return false;
  const stirs = track.movedMs >= walkedMs && atMs - track.lastStirred <= stirredMs;
  const hold = stirs ? stirringMostMs : Math.min(Math.max(holdFactor * track.movedMs, holdLeastMs), holdMostMs);
  return atMs - track.lastMoved <= hold;
}

/** Cells that two boxes share when the second, stretched along its movement, grows by `margin`; 0 when apart. */
function overlap(a: Blob, b: Blob, dx: number, dy: number, margin: number): number {
  const left = Math.max(a.left, b.left + Math.min(0, dx) - margin);
  const right = Math.min(a.right, b.right + Math.max(0, dx) + margin);
  const top = Math.max(a.top, b.top + Math.min(0, dy) - margin);
  const bottom = Math.min(a.bottom, b.bottom + Math.max(0, dy) + margin);
  const [wide, high] = [right - left, bottom - top];
  return wide > 0 && high > 0 ? wide * high : 0;
}

const meeting = (blob: Blob, track: Track): number => overlap(blob, track.blob, track.dx, track.dy, 1);

/** The track that each blob goes on from: where it overlaps; else, for one that moves fast, one alike and not far. */
function match(blobs: readonly Blob[], tracks: readonly Track[], isWeather: boolean): Map<Blob, Track> {
  const pasts = new Map<Blob, Track>();
  const taken = new Set<Track>();
  const take = (blob: Blob, track: Track | undefined): void => {
    if (track === undefined) return;
    pasts.set(blob, track);
    taken.add(track);
  };
  const worth = (blob: Blob, track: Track): number => (track.hits >= hitsNeeded ? 1e6 : 0) + meeting(blob, track);
  for (const blob of blobs) {
    const met = tracks.filter((track) => meeting(blob, track) > 0 && (!isWeather || isAlike(blob, track.blob)));
    take(blob, best(met, (track) => worth(blob, track)));
  }
  for (const blob of blobs) {
    if (pasts.has(blob) || !isMoving(blob)) continue;
    const far = tracks.filter((track) => !taken.has(track) && track.moves && isAlike(blob, track.blob));
    const reached = far.filter((track) => isExpected(blob, track, isWeather));
    take(blob, best(reached, (track) => -distance(blob, track.blob)));
  }
  return pasts;
}

/** The first of those that are worth most. */
function best(tracks: readonly Track[], worth: (track: Track) => number): Track | undefined {
  return tracks.reduce<Track | undefined>(
    (found, track) => (found === undefined || worth(track) > worth(found) ? track : found), undefined);
}

const isAlike = (a: Blob, b: Blob): boolean => a.pixels > 0.4 * b.pixels && a.pixels < 2.5 * b.pixels;
const distance = (a: Blob, b: Blob): number => Math.hypot(...between(a, b));
/** Whether a blob lies where the track goes; where nothing is known of its way, whether it is near. */
function isExpected(blob: Blob, { blob: before, dx, dy, looks }: Track, isWeather: boolean): boolean {
  const [x, y] = between(before, blob);
  if (looks === 1) return Math.hypot(x, y) < (isWeather ? weatherLeap : leap(blob));
  return Math.hypot(x - dx, y - dy) < (isWeather ? weatherLeap : leap(blob) / 2);
}
const leap = (blob: Blob): number => 2 * Math.max(blob.right - blob.left, blob.bottom - blob.top) + 2;

/** Of the blobs that go on from one track, the one that is most of it. */
function chooseHeirs(blobs: readonly Blob[], pasts: ReadonlyMap<Blob, Track>): Map<Track, Blob> {
  const heirs = new Map<Track, Blob>();
  for (const blob of blobs) {
    const past = pasts.get(blob);
    if (past === undefined) continue;
    const other = heirs.get(past);
    const weight = (part: Blob): number => meeting(part, past) * part.pixels;
    if (other === undefined || weight(blob) > weight(other)) heirs.set(past, blob);
  }
  return heirs;
}

/** A part that splits off (a bag set down, a mirror image) is trusted when it is solid; less when it only moves. */
function inherit(blob: Blob, past: Track, isHeir: boolean): Track | undefined {
  if (isHeir || blob.solid >= 0.5) return past;
  return isMoving(blob) ? { ...past, movedMs: past.movedMs / 4 } : undefined;
}
