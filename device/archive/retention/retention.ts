/**
 * Makes room: looks at the disk, plans, and deletes, a batch at a time, so that the catalogue takes events in between.
 */
import { statfsSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { StorageAlarm } from '../../contract/storage.ts';
import { describeError, DeviceError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { millis, minutes, type Millis } from '../../core/units.ts';
import { CANNOT_DELETE, Removal } from '../removal.ts';
import { candidatesOf, type CandidateParts } from './candidates.ts';
import { deleteLeftovers } from './leftovers.ts';
import { planInSteps, type RetentionNeed, type RetentionPlan, type RetentionRules, type Step } from './plan.ts';

export interface RetentionParts extends Omit<CandidateParts, 'waitingMayGo' | 'nobodyComes'> {
  readonly rules: RetentionRules;
  /** Bytes an hour that recording has written of late. */
  readonly rate: () => number;
  readonly now: () => Millis;
  /** Whether the wall clock may be believed when it says that something is old. */
  readonly mayJudgeAge: () => boolean;
  /** Where databases lie. */
  readonly dataFolder: string;
  readonly log: Log;
}

export interface Disk {
  readonly free: number;
  /** What is to be free; below it recordings go. */
  readonly keptFree: number;
  /** Most that recordings may take. */
  readonly most: number;
}

const BATCH = 50;
const HOUR = 3_600_000;
/** Of the disk, where the rules name no size. */
const SHARE = 0.8;
/** The recorder holds back no more of a small disk than this. */
const MOST_HELD_BACK = 0.05;
/** However fast recording is, no more of the disk than this is kept free for it. */
const MOST_RESERVED = 0.2;
/** Ages are looked at this often when nobody asks for room. */
const LOOK_EVERY: Millis = minutes(1);
/** After a vain look it rests for this many times as long as that took. */
const REST = 20;
const TELL_EVERY: Millis = minutes(10);
const NO_AGE: RetentionRules['age'] = { event: millis(0), continuous: millis(0), timelapse: millis(0) };

export class Retention {
  readonly #parts: RetentionParts;
  readonly #removal: Removal;
  #running: Promise<void> | undefined;
  #lookedAt = -Infinity;
  #restUntil = 0;
  #deleted = { events: 0, segments: 0, bytes: 0 };
  #untaken = 0;
  #toldAt = -Infinity;
  #toldUntaken = 0;
  #full: StorageAlarm | undefined;
  #fault: StorageAlarm | undefined;
  #isKeptAsideTold = false;
  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#removal = new Removal(parts);
  }

  get deleted(): { readonly events: number; readonly segments: number; readonly bytes: number } {
    return this.#deleted;
  }

  get alarms(): readonly StorageAlarm[] {
    const untaken = this.#untaken === 0 ? undefined : untakenAlarm(this.#untaken, this.#parts.landing !== undefined);
    return [this.#full, untaken, this.#fault].filter((alarm) => alarm !== undefined);
  }

  /** Whether the disk has less free than it should; false also where it cannot be looked at. */
  get isFull(): boolean {
    try {
      const { free, keptFree } = this.disk();
      return free < keptFree;
    } catch {
      return false;
    }
  }

  /** How the disk stands. @throws {Error} The system's error when it cannot be looked at. */
  disk(): Disk {
    const { rules, mediaFolder, rate } = this.#parts;
    const { bavail, blocks, bsize } = statfsSync(mediaFolder);
    const size = blocks * bsize;
    const heldBack = Math.min(rules.minimumFree, size * MOST_HELD_BACK);
    const reserved = Math.min((rules.reserve / HOUR) * rate(), size * MOST_RESERVED);
    return {
      free: bavail * bsize, keptFree: heldBack + reserved, most: rules.maxBytes > 0 ? rules.maxBytes : size * SHARE,
    };
  }

  /**
   * Resolves when there is room, or nothing more may go. Costs next to nothing while there is. Never rejects: what
   * fails is among `alarms`, and whether there is room the recorder sees by itself.
   */
  makeRoom(): Promise<void> {
    this.#running ??= this.#run().finally(() => { this.#running = undefined; });
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      const refused = await refusalOf(this.#removal.finish()); // what the disk refused before
      this.#tellFault(await this.#look() ?? refused);
    } catch (error) {
      this.#tellFault(error);
    }
  }

  /** @returns What the disk refused to let go; the rest went. */
  async #look(): Promise<DeviceError | undefined> {
    const now = this.#parts.now();
    const need = this.#need(now);
    const isDue = now - this.#lookedAt >= LOOK_EVERY || now < this.#lookedAt;
    const hasRoom = need.tooMany <= 0 && need.tooFull <= 0;
    if (hasRoom) {
      this.#full = undefined;
      this.#parts.archive.keepSpareRoom();
    }
    if (hasRoom && !isDue) return undefined;
    if (performance.now() < this.#restUntil) return undefined;
    this.#lookedAt = now;
    const began = performance.now();
    const nobodyComes = this.#nobodyComes();
    const plan = await this.#plan(await this.#withoutLeftovers(need), nobodyComes);
    const took = performance.now() - began;
    this.#full = fullAlarm(plan, this.#parts.rules);
    // Where nothing may go, all there is was looked at: with very many events that takes
    // seconds, and soon again is no use.
    this.#restUntil = this.#full === undefined ? 0 : began + took * REST;
    return this.#execute(plan.steps, nobodyComes);
  }

  /** A device on its own: uploads go to its own landing folder, as by default, and no fleet has ever answered there. */
  #nobodyComes(): boolean {
    const { landing, uploads, rules } = this.#parts;
    return landing !== undefined && rules.pending === 'delete' && uploads?.hasFleet() === false;
  }

  /** What could not be played goes before anything that can. */
  async #withoutLeftovers(need: RetentionNeed): Promise<RetentionNeed> {
    if (need.tooFull <= 0) return need;
    const freed = await deleteLeftovers(this.#parts, need.tooFull, (error) => this.#tellKeptAside(error));
    if (freed > 0)
      this.#parts.log.warn('damaged files that were kept aside were deleted to make room', { bytes: freed });
    return { ...need, tooFull: need.tooFull - freed };
  }

  /** Once: a folder that is not ours to read stays so. */
  #tellKeptAside(error: unknown): void {
    if (!this.#isKeptAsideTold)
      this.#parts.log.warn(
        'what was kept aside as damaged cannot be deleted to make room', { reason: describeError(error) },
      );
    this.#isKeptAsideTold = true;
  }

  #tellFault(error: unknown): void {
    if (error === undefined) {
      this.#fault = undefined;
      return;
    }
    const message = describeError(error);
    if (this.#fault === undefined)
      this.#parts.log.error('room cannot be made for recordings as it should be', { reason: message });
    this.#fault = { code: 'storage.cannot-delete', message };
  }

  async #plan(need: RetentionNeed, nobodyComes: boolean): Promise<RetentionPlan> {
    const { rules: given, mayJudgeAge } = this.#parts;
    const rules = mayJudgeAge() ? given : { ...given, age: NO_AGE };
    const planning = planInSteps(rules, need, candidatesOf({
      ...this.#parts, waitingMayGo: rules.pending === 'delete', nobodyComes,
    }));
    for (;;) {
      const { done, value } = planning.next();
      if (done === true) return value;
      await otherWork();
    }
  }

  #need(now: Millis): RetentionNeed {
    const { free, keptFree, most } = this.disk();
    const { event, continuous, timelapse, picture } = this.#parts.archive.usage();
    return { now, tooMany: event + continuous + timelapse + picture - most, tooFull: keptFree - free };
  }

  async #execute(steps: readonly Step[], nobodyComes: boolean): Promise<DeviceError | undefined> {
    let refused: DeviceError | undefined;
    for (let at = 0; at < steps.length; at += BATCH) {
      const batch = steps.slice(at, at + BATCH).filter(({ candidate: { subject } }) => !this.#isStarred(subject));
      const removal = this.#removal.remove(batch.map(({ candidate, why, untaken }) =>
        ({ subject: candidate.subject, untaken: untaken || nobodyComes, why: WHY[why] })));
      refused = await refusalOf(removal) ?? refused;
      this.#count(batch);
      await otherWork();
    }
    if (steps.length > 0) this.#tell();
    return refused;
  }

  /** Since the plan was made, too. */
  #isStarred(subject: string): boolean { return this.#parts.archive.view.kept(subject)?.starred === true; }

  /** A full disk makes room for every recording: it is told of in sums. */
  #tell(): void {
    const now = this.#parts.now();
    if (now - this.#toldAt < TELL_EVERY && now >= this.#toldAt) return;
    const { events, segments, bytes } = this.#deleted;
    this.#parts.log[this.#untaken > this.#toldUntaken ? 'warn' : 'info'](
      'old recordings were deleted; in all since the start', { events, segments, bytes, notUploaded: this.#untaken },
    );
    this.#toldAt = now;
    this.#toldUntaken = this.#untaken;
  }

  #count(batch: readonly Step[]): void {
    const { events, segments, bytes } = this.#deleted;
    const ofEvents = batch.filter(({ candidate }) => candidate.class === 'event').length;
    this.#deleted = {
      events: events + ofEvents, segments: segments + batch.length - ofEvents,
      bytes: bytes + batch.reduce((sum, { candidate }) => sum + candidate.bytes, 0),
    };
    this.#untaken += batch.filter(({ untaken }) => untaken).length;
  }
}

const WHY: Readonly<Record<Step['why'], string>> = { age: 'it was kept as long as it may be', room: 'to make room' };

/** What is refused of one file is told when the others have gone; whatever else fails is thrown. */
async function refusalOf(removal: Promise<void>): Promise<DeviceError | undefined> {
  try {
    await removal;
    return undefined;
  } catch (error) {
    if (error instanceof DeviceError && error.code === CANNOT_DELETE) return error;
    throw error;
  }
}

/**
 * Footage that somebody waits for went for want of room.
 * @param inLanding - In our own folder, from where a fleet takes it.
 */
function untakenAlarm(count: number, inLanding: boolean): StorageAlarm {
  const [what, were] = count === 1 ? ['1 recording', 'was'] : [`${count} recordings`, 'were'];
  return {
    code: 'storage.untaken-deleted',
    message: inLanding
      ? `${what} that the fleet had not yet taken from the landing folder ${were} deleted to make room; see that `
        + 'tyto-fleet runs and empties it, or use a larger disk'
      : `${what} that ${were} still to be uploaded ${were} deleted to make room, for retention.pending is delete; see `
        + 'why uploads lag, or use a larger disk',
  };
}

/** Why there is too little room although everything was deleted that may be. */
function fullAlarm({ short, withheld }: RetentionPlan, { pending }: RetentionRules): StorageAlarm | undefined {
  if (short.tooMany <= 0 && short.tooFull <= 0) return undefined;
  const kept = [
    withheld.waiting > 0 && pending === 'keep'
      ? `${inMebibytes(withheld.waiting)} MiB wait to be uploaded, or for the fleet to say that it took them: `
        + 'see why uploads lag, or set retention.pending to delete'
      : undefined,
    withheld.landing > 0 && pending === 'keep'
      ? `${inMebibytes(withheld.landing)} MiB are still in the landing folder: let a fleet take them from there, `
        + 'set upload.target to none, '
        + 'or retention.pending to delete' : undefined,
    withheld.starred > 0 ? `${inMebibytes(withheld.starred)} MiB are starred: take stars away` : undefined,
  ].filter((part) => part !== undefined);
  const why = kept.length === 0 ? 'what fills it is not recordings: free some space' : kept.join('; ');
  const lacking = Math.max(short.tooMany, short.tooFull);
  return {
    code: 'storage.full',
    message: `${inMebibytes(lacking)} MiB more are needed for recordings, and nothing that is left may be deleted; `
      + why,
  };
}

const inMebibytes = (size: number): number => Math.ceil(size / 1024 ** 2);
