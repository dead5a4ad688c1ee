/** Gray frames in, what is wrong with the picture itself out. See docs/reference/tamper.md for how it decides. */
import { DeviceError } from '../../core/errors.ts';
import { TAMPER_KINDS, type GrayFrame, type TamperKind } from '../../core/frame.ts';
import type { Size } from '../../core/geometry.ts';
import { ratio } from '../../core/units.ts';
import { Claim } from './claim.ts';
import { fillPyramid } from './log-pyramid.ts';
import { RecentLight } from './recent-light.ts';
import { SceneReference } from './scene-reference.ts';
import { viewScene, type SceneView } from './scene-view.ts';
import { Stillness } from './stillness.ts';
import { TamperKernel, type Pyramid, type Structure } from './tamper-kernel.ts';
import { darkPace, looksLike, strictnessOf, type SceneKind, type Sight } from './verdict.ts';

/** How readily each kind is reported: from 0 (never) to 1. Default 0.5. */
export type TamperSettings = { readonly [Kind in TamperKind]?: number };

/** A look every so often is enough for what must hold for seconds. */
const lookEveryMs = 1000;
const learnEveryMs = 2000;
/** A scene known for less cannot be missed. */
const knownAfterMs = 10_000;
/** What looks otherwise and stays so for this long is the scene from now on. */
const relearnAfterMs = 60_000;
/** What a new scene must have shown before it is believed that the camera looks elsewhere. */
const settledAfterMs = 2000;
/** Blocks with structure, of 48, that a scene must have to be missed. */
const leastTextured = 6;
/** Blocks with structure from which on it is a scene that appears where there was hardly any. */
const appearing = 24;
/** Share of blocks not recognised from which nothing is learnt; the new scene is watched instead. */
const strange = 0.4;

/** How long each must be so at sensitivity 0.5; times `strictnessOf`. */
const holdMs = { covered: 5000, defocused: 8000, moved: 6000, blinded: 5000, frozen: 15_000 };
/** Share of its usual change that a frozen picture may show at sensitivity 0.5. */
const frozenSlack = 0.05;
const sceneKinds = ['covered', 'defocused', 'moved', 'blinded'] as const satisfies readonly SceneKind[];

/**
 * Where the known scene is: `seen`; `doubted`, it looks covered, blinded or elsewhere; `hidden`, that it is covered or
 * blinded is believed and looks so; `elsewhere`, the same of a camera that was moved; `replaced`, another scene has
 * taken its place just now.
 */
export type ScenePlace = 'seen' | 'doubted' | 'hidden' | 'elsewhere' | 'replaced';

interface Watched { readonly kind: SceneKind; readonly strictness: number; readonly claim: Claim }

export class TamperDetector {
  readonly #kernel = new TamperKernel();
  readonly #watched: readonly Watched[];
  readonly #stillness: Stillness | undefined;
  readonly #light = new RecentLight(this.#kernel);
  /** The structure of the frame looked at. */
  readonly #own = this.#kernel.makeStructure();
  #pictures: { now: Pyramid; before: Pyramid } | undefined;
  #size = '';
  #reference: SceneReference | undefined;
  /** Another scene that may have taken the place of the known one. */
  #candidate: SceneReference | undefined;
  /** All references there are: those that are neither known nor a candidate are used again. */
  readonly #references: SceneReference[] = [];
  /** What was measured in the last look. */
  #view: Sight | undefined;
  #scene: ScenePlace = 'seen';
  /** A picture between two looks. */
  #glance: Pyramid | undefined;
  #lastAt = -Infinity;
  #lookedAt = 0;
  #unlearntMs = 0;

  /**
   * @throws {RangeError} When a setting is not from 0 to 1.
   * @throws {BugError} `vision.kernel`: this machine cannot run it.
   */
  constructor(settings: TamperSettings = {}) {
    const sensitivity = (kind: TamperKind): number => ratio(settings[kind] ?? 0.5);
    this.#watched = sceneKinds.filter((kind) => sensitivity(kind) > 0).map((kind) => {
      const strictness = strictnessOf(sensitivity(kind));
      return { kind, strictness, claim: new Claim(strictness * holdMs[kind]) };
    });
    if (sensitivity('frozen') === 0) return;
    const strictness = strictnessOf(sensitivity('frozen'));
    this.#stillness = new Stillness(this.#kernel, {
      holdMs: strictness * holdMs.frozen, slack: frozenSlack / strictness,
    });
  }

  /** Something looks wrong, or right again, and time will tell: frames that come soon tell it sooner. */
  get suspicious(): boolean { return this.#watched.some(({ claim }) => claim.wavering); }

  /** Of the frame last looked at; `seen` where too little is known of the scene. */
  get scene(): ScenePlace { return this.#scene; }

  /**
   * Looks at the next frame. Frames may come at any rate, also an uneven one.
   * @returns What is wrong now.
   * @throws {DeviceError} `vision.frame` when the frame is not of the size of those before, or older.
   */
  observe(frame: GrayFrame): readonly TamperKind[] {
    this.#check(frame);
    const frozen = this.#stillness?.observe(frame) ?? false;
    if (this.#watched.length > 0) this.#look(frame);
    if (!frozen && !this.#watched.some(({ claim }) => claim.on)) return [];
    const wrong = new Set<TamperKind>(this.#watched.filter(({ claim }) => claim.on).map(({ kind }) => kind));
    if (frozen && !wrong.has('covered') && !wrong.has('blinded')) wrong.add('frozen');
    return TAMPER_KINDS.filter((kind) => wrong.has(kind));
  }

  #check({ at, width, height, pixels }: GrayFrame): void {
    if (this.#size === '') this.#size = `${width}x${height}`;
    if (this.#size !== `${width}x${height}` || pixels.length !== width * height) {
      throw new DeviceError(
        'vision.frame', `expected ${this.#size} gray frames, got ${width}x${height} with ${pixels.length} bytes`,
      );
    }
    if (!(at > this.#lastAt)) {
      throw new DeviceError('vision.frame', `frames come in order of time, got ${at} ms after ${this.#lastAt} ms`);
    }
    this.#lastAt = at;
  }

  #look(frame: GrayFrame): void {
    const { at, pixels } = frame;
    if (this.#pictures === undefined) {
      this.#pictures = { now: this.#kernel.makePyramid(frame), before: this.#kernel.makePyramid(frame) };
      fillPyramid(this.#kernel, this.#pictures.now, pixels);
      this.#lookedAt = at;
      return;
    }
    const elapsedMs = at - this.#lookedAt;
    if (elapsedMs < lookEveryMs) {
      if (this.#scene !== 'seen' && this.#scene !== 'replaced') this.#glanceAt(frame, this.#pictures.now);
      return;
    }
    this.#lookedAt = at;
    const [now, before] = [this.#pictures.before, this.#pictures.now];
    this.#pictures = { now, before };
    fillPyramid(this.#kernel, now, pixels);
    this.#kernel.structure(now, before, this.#own);
    const known = this.#reference;
    if (known !== undefined)
      this.#judge({ ...viewScene(now, this.#own, known), ...this.#light.compare(now) }, known, elapsedMs);
    if (this.#isLit) this.#light.learn(now, elapsedMs);
    this.#learn(now, this.#own, elapsedMs);
  }

  #judge(view: Sight, known: SceneReference, elapsedMs: number): void {
    this.#view = view;
    const judgeable = known.knownMs >= knownAfterMs && view.textured >= leastTextured;
    const places = new Set<ScenePlace>();
    for (const { kind, strictness, claim } of this.#watched) {
      const settled = kind !== 'moved' || claim.on || (this.#candidate?.knownMs ?? 0) >= settledAfterMs;
      const so = judgeable && settled && looksLike(kind, view, strictness, claim.on);
      claim.step(so, so && kind === 'covered' && view.dark && !claim.on ? darkPace * elapsedMs : elapsedMs);
      if (so && kind !== 'defocused') places.add(!claim.on ? 'doubted' : hides(kind) ? 'hidden' : 'elsewhere');
    }
    const place = (['hidden', 'elsewhere', 'doubted'] as const).find((worse) => places.has(worse));
    const unsure = this.#scene === 'hidden' ? 'doubted' : this.#scene;
    this.#scene = place ?? (this.#isStrange(known) ? unsure : 'seen');
  }

  /** Who takes away what hides the scene is not waited for until the next look. */
  #glanceAt(frame: GrayFrame, before: Pyramid): void {
    const known = this.#reference;
    if (known === undefined) return;
    const now = this.#glance ??= this.#kernel.makePyramid(frame);
    fillPyramid(this.#kernel, now, frame.pixels);
    this.#kernel.structure(now, before, this.#own);
    const view = { ...viewScene(now, this.#own, known), ...this.#light.compare(now) };
    const isLost = this.#watched.some(({ kind, strictness, claim }) =>
      kind !== 'defocused' && looksLike(kind, view, strictness, claim.on));
    if (!isLost && view.unseen < strange) this.#scene = 'seen';
  }

  /** Learns the scene while it is the scene; watches what has taken its place otherwise. */
  #learn(now: Pyramid, own: Structure, elapsedMs: number): void {
    this.#reference ??= this.#unknown(now);
    if (this.#isBare(this.#reference) && this.#kernel.textured(own) >= appearing) this.#adopt(this.#unknown(now));
    if (!this.#isStrange(this.#reference)) {
      this.#candidate = undefined;
      this.#unlearntMs += elapsedMs;
      const first = this.#reference.knownMs === 0;
      if (!first && this.#unlearntMs < learnEveryMs || this.#watched.some(({ claim }) => claim.suspected)) return;
      this.#reference.learn(now, own, this.#unlearntMs);
      this.#unlearntMs = 0;
      return;
    }
    const candidate = this.#candidate;
    const same = candidate !== undefined && isSame(viewScene(now, own, candidate));
    this.#candidate = same ? candidate : this.#unknown(now);
    this.#candidate.learn(now, own, elapsedMs);
    if (this.#candidate.knownMs >= relearnAfterMs) this.#adopt(this.#candidate);
  }

  /** A scene of which nothing is known yet. */
  #unknown(size: Size): SceneReference {
    const unused = this.#references.find((scene) => scene !== this.#reference && scene !== this.#candidate);
    unused?.forget();
    const scene = unused ?? new SceneReference(this.#kernel, size);
    if (unused === undefined) this.#references.push(scene);
    return scene;
  }

  /** Whether the scene may be behind something. */
  get #hidden(): boolean {
    return this.#watched.some(({ kind, claim }) => hides(kind) && claim.suspected);
  }

  /** A sun that rises is followed while it dazzles; what covers is not. */
  get #isLit(): boolean {
    return this.#watched.every(({ kind, claim }) =>
      kind === 'covered' ? !claim.suspected : kind !== 'blinded' || !claim.on);
  }

  #isStrange({ knownMs }: SceneReference): boolean {
    const view = this.#view;
    return view !== undefined && knownMs >= knownAfterMs && view.textured >= leastTextured && view.unseen >= strange;
  }

  /** Whether hardly anything is known that could be missed: a lens that was covered from the start, a dark room. */
  #isBare({ knownMs }: SceneReference): boolean {
    return knownMs >= knownAfterMs && this.#view !== undefined && this.#view.textured < leastTextured;
  }

  #adopt(scene: SceneReference): void {
    if (this.#hidden) return;
    this.#reference = scene;
    this.#candidate = undefined;
    this.#view = undefined;
    this.#scene = 'replaced';
    for (const { claim } of this.#watched) claim.reset();
  }
}

const hides = (kind: SceneKind): boolean => kind === 'covered' || kind === 'blinded';

/** Whether a view of a scene that is being learnt shows that scene; one with nothing in it is none. */
const isSame = ({ textured, unseen }: SceneView): boolean => textured >= leastTextured && unseen < strange;
