/** Which recordings go when room is needed, and when they have had their time. Pure. */
import type { Millis } from '../../core/units.ts';

/** What bears an earlier time was recorded by a clock that was never set: nobody knows how old it is. */
const BEFORE_ALL: number = Date.UTC(2026, 0, 1);

export const KEPT_CLASSES = ['continuous', 'timelapse', 'event'] as const;
/** What is kept, the less valuable first: what is recorded all the time goes before what happened. */
export type KeptClass = (typeof KEPT_CLASSES)[number];

export interface RetentionRules {
  /** Most bytes that recordings may take; 0 for a share of the disk. */
  readonly maxBytes: number;
  /** Free space is kept for this long of recording, at the rate of late. */
  readonly reserve: Millis;
  /** Free space below which the recorder begins nothing. */
  readonly minimumFree: number;
  /** How long each is kept at most; 0 for as long as there is room. */
  readonly age: Readonly<Record<KeptClass, Millis>>;
  /** Whether footage that has not been uploaded may be deleted to make room. */
  readonly pending: 'keep' | 'delete';
}

/** An event with its files, or a segment. */
export interface Candidate {
  /** The event's id, or the segment's name. */
  readonly subject: string;
  readonly class: KeptClass;
  /** Wall clock of its beginning. */
  readonly at: Millis;
  readonly starred: boolean;
  /** `waiting`: it is to go elsewhere, and has not or not wholly. */
  readonly upload: 'none' | 'uploaded' | 'waiting';
  /** What its files are together. */
  readonly bytes: number;
  /**
   * What the disk has more when its files go: less than `bytes` where a file has a second name, in the landing folder.
   */
  readonly frees: number;
  /** The same when second names in our own landing folder go with it. */
  readonly freesWithLanding: number;
}

export interface RetentionNeed {
  /** Wall clock. */
  readonly now: Millis;
  /** Bytes that recordings take beyond what they may. */
  readonly tooMany: number;
  /** Bytes that the disk has less free than it should. */
  readonly tooFull: number;
}

export interface Step {
  readonly candidate: Candidate;
  readonly why: 'age' | 'room';
  /** It has not gone elsewhere, or waits in our own landing folder: that name goes too. An alarm is due. */
  readonly untaken: boolean;
}

export interface RetentionPlan {
  readonly steps: readonly Step[];
  /** What is still needed when all of `steps` is done. */
  readonly short: { readonly tooMany: number; readonly tooFull: number };
  /** Bytes that stay although they are needed: nothing may delete them. */
  readonly withheld: { readonly starred: number; readonly waiting: number; readonly landing: number };
}

/** Candidates of a class, oldest first; asked for anew for each look. */
export type Candidates = (kind: KeptClass) => Iterable<Candidate>;

/**
 * What has had its time goes first. Then, only as long as room is needed: by class, oldest first, what was uploaded or
 * need not be; and only then, if the rules say so, what still waits for its upload. What is starred never goes.
 */
export function planRetention(rules: RetentionRules, need: RetentionNeed, candidates: Candidates): RetentionPlan {
  const planning = planInSteps(rules, need, candidates);
  for (;;) {
    const { done, value } = planning.next();
    if (done === true) return value;
  }
}

/** As `planRetention`, with a pause after each few candidates: there may be a million of them. */
export function* planInSteps(
  rules: RetentionRules, need: RetentionNeed, candidates: Candidates,
): Generator<void, RetentionPlan> {
  const plan = new Plan(need);
  for (const kind of KEPT_CLASSES) yield* takeAged(plan, rules, need.now, candidates(kind), rules.age[kind]);
  for (const kind of KEPT_CLASSES) if (plan.isShort) yield* takeForRoom(plan, candidates(kind));
  const asked = rules.pending === 'delete';
  for (const kind of KEPT_CLASSES) if (plan.isShort && asked) yield* takeUntaken(plan, candidates(kind));
  return plan;
}

/** Looking at one costs some 50 µs. */
const CANDIDATES_A_STEP = 500;

class Plan implements RetentionPlan {
  readonly steps: Step[] = [];
  short: { readonly tooMany: number; readonly tooFull: number };
  withheld = { starred: 0, waiting: 0, landing: 0 };
  readonly #taken = new Set<string>();
  #looked = 0;
  constructor({ tooMany, tooFull }: RetentionNeed) { this.short = { tooMany, tooFull }; }

  get isShort(): boolean { return this.short.tooMany > 0 || this.short.tooFull > 0; }
  has({ subject }: Candidate): boolean { return this.#taken.has(subject); }

  /** Whether it is time for a pause. */
  isDue(): boolean { return ++this.#looked % CANDIDATES_A_STEP === 0; }

  take(candidate: Candidate, why: Step['why'], untaken: boolean): void {
    this.#taken.add(candidate.subject);
    this.steps.push({ candidate, why, untaken });
    const frees = untaken ? candidate.freesWithLanding : candidate.frees;
    this.short = { tooMany: this.short.tooMany - candidate.bytes, tooFull: this.short.tooFull - frees };
  }

  /** Whether it would bring what is needed nearer. */
  isUseful({ bytes }: Candidate, frees: number): boolean {
    return (this.short.tooMany > 0 && bytes > 0) || (this.short.tooFull > 0 && frees > 0);
  }
}

function* takeAged(
  plan: Plan, rules: RetentionRules, now: Millis, oldestFirst: Iterable<Candidate>, age: Millis,
): Generator<void, void> {
  if (age === 0) return;
  for (const candidate of oldestFirst) {
    if (plan.isDue()) yield;
    if (now - candidate.at <= age) return;
    if (candidate.at < BEFORE_ALL) continue;
    if (candidate.starred || (candidate.upload === 'waiting' && rules.pending === 'keep')) continue;
    plan.take(candidate, 'age', candidate.upload === 'waiting');
  }
}

function* takeForRoom(plan: Plan, oldestFirst: Iterable<Candidate>): Generator<void, void> {
  for (const candidate of oldestFirst) {
    if (plan.isDue()) yield;
    if (!plan.isShort) return;
    if (plan.has(candidate)) continue;
    if (candidate.starred) plan.withheld.starred += candidate.bytes;
    else if (candidate.upload === 'waiting') plan.withheld.waiting += candidate.bytes;
    else if (plan.isUseful(candidate, candidate.frees)) plan.take(candidate, 'room', false);
    else plan.withheld.landing += candidate.bytes;
  }
}

function* takeUntaken(plan: Plan, oldestFirst: Iterable<Candidate>): Generator<void, void> {
  for (const candidate of oldestFirst) {
    if (plan.isDue()) yield;
    if (!plan.isShort) return;
    if (candidate.starred || plan.has(candidate) || !plan.isUseful(candidate, candidate.freesWithLanding)) continue;
    plan.take(candidate, 'room', true);
  }
}
