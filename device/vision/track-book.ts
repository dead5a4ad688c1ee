/**
 * Which blobs are things that move. A blob must have moved in two frames, or be large and clearly moving, before it is
 * believed; then it is believed for as long as it moves, and at rest for three times as long as it has moved, or for as
 * long as it stirs. So a person who walks in and waits stays seen, while what never moves of itself (the ghost of what
 * left, a puddle of light, a stain of residue) is not. What "large" is and how often something must have moved follows
 * the clutter.
 */
import type { Blob } from './blobs.ts';
import type { Recall } from './learnt-pixels.ts';
import { Clutter } from './track-clutter.ts';
import { hasGrown, isMoreThanInsect } from './track-dark.ts';
import {
  between, chooseHeirs, hitsNeeded, isMoving, isStrand, match, overlap, speedOf, type Followed,
} from './track-match.ts';

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
  /** Nearly all of it differs from what is known, as another picture does: nothing new is believed. */
  readonly isOther: boolean;
  /** It falls so thick that drops meet by chance: nothing is believed at first sight, and everything a frame later. */
  readonly isThick: boolean;
  /** Shadows cross the picture: nothing is believed at first sight, and what is left of them must be seen longer. */
  readonly lightMoves: boolean;
  /** Age of the frame that movement was told by. */
  readonly earlierAgeMs: number;
  /** Whether what lies in these cells stirs; undefined where that cannot be said. */
  readonly stirs: (cells: ArrayLike<number>) => boolean | undefined;
  /** Whether what lies in these cells was there before, in place or on its way. */
  readonly lasts: (cells: ArrayLike<number>) => boolean;
  /** Whether what lies in these cells is darker than the background, in part at least. */
  readonly darkens: (cells: ArrayLike<number>) => boolean;
  /** Whether a blob lies at the rim of what was seen: it may have come in since the frame before. */
  readonly enters: (blob: Blob) => boolean;
}

/** Pixels that a blob must have to be believed at first sight, where there is no clutter. */
export type LargeSize = (blob: Blob) => number;

interface Track extends Followed {
  readonly since: number;
  readonly movedMs: number;
  readonly lastMoved: number;
  /** When it last stirred while it rested. */
  readonly lastStirred: number;
  readonly seen: number;
  /** When it last moved, or may have: nobody could tell. */
  readonly doubted: number;
  readonly believed: boolean;
  readonly largest: number;
  /** Where it was when it last went somewhere, and how long it has moved since. */
  readonly post: Blob;
  readonly aboutMs: number;
  /** Frames in a row, up to the last, in which it grew. */
  readonly grown: number;
  /** How solid its blobs were of late. */
  readonly solid: number;
}

/** The share of a blob's pixels that must change for it to move clearly. */
const movesClearly = 0.3;
const [holdLeastMs, holdMostMs, holdFactor] = [1000, 12_000, 3];
/**
 * Who moved for so long, and stirred within the last seconds, stands there; for some minutes at most: a flag does too.
 */
const [walkedMs, stirredMs, stirringMostMs] = [1000, 10_000, 180_000];
/** Movement on the spot of so long is a tree's. */
const ditherMs = 6000;
/** What has no edges for some frames is a shadow or a reflection. */
const [leastSolid, solidGain] = [0.1, 0.3];
const forgetMs = 600;
/** Frames further apart do not tell whether something moves now or has come to rest between them. */
const tellingMs = 1000;
/** A step counts for so long as movement, at most. */
const longestMoveMs = 600;
/** How long a thing is believed to be where light lies over it. */
const underLightMs = 2000;
/** Frames more in which something must have moved while light moves. */
const lightHits = 2;
/** What was never where it was, or where it should be by now, is believed after so many frames: an insect is gone. */
const flightLooks = 8;
/** How long a movement that is not believed is worth a closer look. */
const doubtMs = 1000;

export class TrackBook {
  readonly #large: LargeSize;
  #tracks: readonly Track[] = [];
  readonly #clutter = new Clutter();
  #before: number | undefined;
  #isPending = false;
  #asked = false;
  #believed: readonly Blob[] = [];

  constructor(large: LargeSize) { this.#large = large; }

  /** What was believed in the frame before. */
  get believed(): readonly Blob[] { return this.#believed; }

  /** Whether it rains or snows. */
  get isWeather(): boolean { return this.#clutter.isWeather; }

  /** Whether something that is not believed moved just now, or may have: frames close to each other would tell. */
  get isPending(): boolean { return this.#isPending; }

  /**
   * @param blobs - Of one frame, largest first.
   * @returns Those that are believed.
   */
  follow(blobs: readonly Blob[], frame: Circumstances): Believed[] {
    const { atMs } = frame;
    const stepMs = this.#before === undefined ? 200 : Math.max(1, atMs - this.#before);
    // Who asked for a closer look and is not given one judges by what there is.
    const tells = frame.earlierAgeMs <= tellingMs || (this.#asked && stepMs > tellingMs);
    this.#before = atMs;
    this.#clutter.pass(stepMs);
    const pasts = match(blobs, this.#tracks, { stepMs, isWeather: this.#clutter.isWeather });
    const heirs = chooseHeirs(blobs, pasts, stepMs);
    const step = { ...frame, stepMs, tells };
    const tracks = blobs.map((blob) => {
      const past = pasts.get(blob);
      const inherited = past === undefined ? undefined : inherit(blob, past, heirs.get(past) === blob);
      return this.#continue(blob, inherited, step);
    });
    const unseen = this.#unseen(new Set(pasts.values()), tracks, frame, stepMs);
    this.#tracks = [...tracks, ...unseen];
    const shown = [...tracks, ...unseen.filter((track) => isUnder(frame.lights, track))].filter((track) =>
      isShown(track, atMs));
    this.#isPending = tracks.some((track) => atMs - track.doubted <= doubtMs && !shown.includes(track));
    this.#believed = shown.map(({ blob }) => blob);
    this.#asked = this.#isPending || shown.length > 0;
    return shown.map(({ blob, since, lastMoved, aboutMs }) =>
      ({ blob, since, moving: atMs - lastMoved <= forgetMs, dithers: aboutMs > ditherMs }));
  }

  /** Keeps how much comes to nothing now, for later; what was followed until then is not waited for. */
  remember(): Recall {
    const recall = this.#clutter.remember();
    return () => {
      recall();
      this.forget();
    };
  }

  /** The next frame shows something else. */
  forget(): void {
    this.#tracks = [];
    this.#believed = [];
    this.#before = undefined;
    [this.#asked, this.#isPending] = [false, false];
  }

  #continue(blob: Blob, past: Track | undefined, step: Step): Track {
    const { atMs, stepMs, tells, upheaval, isThick, lightMoves, earlierAgeMs, stirs, lasts, darkens, enters } = step;
    const looks = (past?.looks ?? 0) + 1;
    const mayMove = isMoving(blob);
    const moved = mayMove && tells;
    const mayBeThing = !step.isOther && (isThick || !isStrand(blob));
    const large = this.#large(blob);
    const grown = past !== undefined && hasGrown(past.blob, blob) ? past.grown + 1 : 0;
    const dark = past?.dark === true || (past?.believed !== true &&
      isMoreThanInsect(blob, { large, clear: this.#clutter.clear, grown, enters }) && darkens(blob.cells));
    const clear = moved && !upheaval && !isThick && !lightMoves && earlierAgeMs <= tellingMs &&
      blob.moving > movesClearly * blob.pixels && blob.pixels >= Math.max(large, this.#clutter.clear);
    const hits = (past?.hits ?? 0) + (!mayMove || !mayBeThing ? 0 : clear ? hitsNeeded : 1);
    const needed = hitsNeeded + this.#clutter.hitsMore(blob) + (isThick ? 1 : 0) + (lightMoves ? lightHits : 0);
    const { x, y } = between(past?.blob ?? blob, blob);
    const left = past === undefined || hasLeft(past.post, blob);
    const shortMs = moved ? Math.min(stepMs, longestMoveMs) : 0;
    return {
      blob, hits, post: left ? blob : past.post, aboutMs: left ? 0 : past.aboutMs + shortMs,
      dx: speedOf(x, stepMs), dy: speedOf(y, stepMs), moves: moved, seen: atMs, since: past?.since ?? atMs,
      movedMs: (past?.movedMs ?? 0) + shortMs,
      lastMoved: moved ? atMs : past?.lastMoved ?? -Infinity,
      lastStirred: past?.believed === true && !moved && stirs(blob.cells) === true ? atMs
        : past?.lastStirred ?? -Infinity,
      doubted: mayMove ? atMs : past?.doubted ?? -Infinity,
      believed: past?.believed === true ||
        (moved && mayBeThing && hits >= needed && (looks >= flightLooks || dark || lasts(blob.cells))),
      largest: Math.max(blob.pixels, past?.largest ?? 0), looks, dark, grown,
      solid: past === undefined ? blob.solid : past.solid + solidGain * (blob.solid - past.solid),
    };
  }

  /** Tracks of which nothing was seen: kept for a moment, then their size counts as clutter if they came to nothing. */
  #unseen(
    matched: ReadonlySet<Track>, present: readonly Track[], { atMs, lights }: Circumstances, stepMs: number,
  ): Track[] {
    const patience = Math.max(forgetMs, Math.min(1.5 * stepMs, 1500));
    return this.#tracks.filter((track) => {
      if (matched.has(track)) return false;
      if (atMs - track.seen <= underLightMs && track.believed && isUnder(lights, track)) return true;
      const awaited = atMs - track.seen <= patience && (track.believed || !this.#clutter.isWeather);
      if (awaited) return !present.some(({ blob }) => overlap(blob, track.blob) > 0);
      this.#clutter.note(track);
      return false;
    });
  }
}

/** Whether a thing can be hidden in light. */
const isUnder = (lights: readonly Blob[], { blob }: Track): boolean =>
  lights.some((light) => overlap(light, blob) > 0.5 * (blob.right - blob.left) * (blob.bottom - blob.top));

interface Step extends Circumstances {
  readonly stepMs: number;
  /** Whether movement can be told. */
  readonly tells: boolean;
}

/** Whether a thing's middle has gone further than half its size. */
function hasLeft(post: Blob, blob: Blob): boolean {
  const { x, y } = between(post, blob);
  return Math.abs(x) > (blob.right - blob.left) / 2 + 1 || Math.abs(y) > (blob.bottom - blob.top) / 2 + 1;
}

/** While it moves; at rest for longer the longer it has moved; and who walked in and stirs, until he leaves. */
function isShown(track: Track, atMs: number): boolean {
  if (!track.believed || track.hits < hitsNeeded || track.solid < leastSolid) return false;
  const stirs = track.movedMs >= walkedMs && atMs - track.lastStirred <= stirredMs;
  const hold = stirs ? stirringMostMs : Math.min(Math.max(holdFactor * track.movedMs, holdLeastMs), holdMostMs);
  return atMs - track.lastMoved <= hold;
}

/** A part that splits off (a bag set down, a mirror image) is trusted when it is solid; less when it only moves. */
function inherit(blob: Blob, past: Track, isHeir: boolean): Track | undefined {
  if (isHeir || blob.solid >= 0.5) return past;
  return isMoving(blob) ? { ...past, movedMs: past.movedMs / 4 } : undefined;
}
