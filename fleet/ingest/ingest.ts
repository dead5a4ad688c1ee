/** Looks through the landing again and again, and deals with what lies in it: several pieces of work at once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { backoffDelay, type Backoff } from '../../device/core/backoff.ts';
import { describeError, isAbort } from '../../device/core/errors.ts';
import type { Log } from '../../device/core/log.ts';
import { millis, minutes, seconds, type Millis } from '../../device/core/units.ts';
import { makeFolder } from '../../device/durable/make-folder.ts';
import type { LandingEntry } from '../../device/landing/port.ts';
import { supervise, type Task } from '../../device/runtime/supervise.ts';
import { FairQueue, type Piece } from './fair-queue.ts';
import { deal } from './deal.ts';
import { IngestLog } from './ingest-log.ts';
import { dutyOf, manifestKeyBeside, prefixOf, type Duty } from './landing-key.ts';
import type { IngestParts, Landed } from './ports.ts';

export interface IngestOptions extends IngestParts {
  /** Pause between two looks. */
  readonly poll: Millis;
  readonly log: Log;
}

export interface IngestStatus {
  /** Why the landing cannot be read, for people; undefined when it can. */
  readonly landingTrouble: string | undefined;
  /** What keys in the landing begin with that cannot be looked through: uploads there wait, all others are taken in. */
  readonly unreadable: readonly string[];
  /** Uploads that are next, and uploads that wait: for files, or for a store that fails. */
  readonly queued: number;
  readonly heldBack: number;
}

interface Work extends Piece { readonly duty: Duty; readonly landed: Landed }

/** An object that was looked at and is still there. */
interface Hold {
  readonly modifiedAt: Millis;
  /** Wall clock: when it was first seen. */
  readonly since: Millis;
  /** Monotonic: not before this. */
  until: Millis;
  attempts: number;
  /** Number of the latest look that found it. */
  look: number;
}

const MOST_HOLDS = 100_000;
const AFTER_FAILURE: Backoff = { first: seconds(5), most: minutes(5) };
const LONGEST_RECHECK = seconds(15);
/** One more than there are processors, since each waits for stores now and then; one device may have all but one. */
const WORKERS = availableParallelism() + 1;
/** Of the time, at most a fifth goes into looking: a landing of 30,000 objects takes seconds to list. */
const PAUSE_PER_LOOK = 4;
/** A store that hung once, or a landing that is huge, keeps nobody's upload waiting for longer. */
const LONGEST_PAUSE = minutes(1);

export class Ingest {
  readonly #options: IngestOptions;
  readonly #log: IngestLog;
  readonly #queue = new FairQueue<Work>(WORKERS - 1);
  readonly #holds = new Map<string, Hold>();
  #look = 0;
  #trouble: string | undefined;
  #unreadable: readonly string[] = [];
  constructor(options: IngestOptions) {
    this.#options = options;
    this.#log = new IngestLog(options.log, () => options.clock.monotonic());
  }

  get status(): IngestStatus {
    return {
      landingTrouble: this.#trouble, unreadable: this.#unreadable, queued: this.#queue.waiting,
      heldBack: this.#holds.size,
    };
  }

  /** Works until `signal` aborts. Whatever lies in the landing cannot end it. */
  async run(signal: AbortSignal): Promise<void> {
    await rm(this.#options.work, { recursive: true, force: true });
    await makeFolder(this.#options.work, 0o700);
    const workers = Array.from({ length: WORKERS }, (_, index): [string, Task] => [
      `worker ${index + 1}`,
      (stop) => this.#work(stop),
    ]);
    await supervise({ look: (stop) => this.#lookAgainAndAgain(stop), ...Object.fromEntries(workers) }, signal);
  }

  async #lookAgainAndAgain(signal: AbortSignal): Promise<void> {
    const { clock, poll } = this.#options;
    const afterFailure: Backoff = { first: millis(Math.max(poll, 1000)), most: minutes(1) };
    try {
      for (let failures = 0; ;) {
        const began = clock.monotonic();
        failures = await this.#lookOnce(signal) ? 0 : failures + 1;
        const pause = Math.max(poll, Math.min(LONGEST_PAUSE, PAUSE_PER_LOOK * (clock.monotonic() - began)));
        await clock.wait(failures === 0 ? millis(pause) : backoffDelay(afterFailure, failures, Math.random()), signal);
      }
    } finally {
      this.#queue[Symbol.dispose]();
    }
  }

  /** @returns Whether the landing could be read. */
  async #lookOnce(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#lookThrough(signal);
      this.#tell(undefined);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      this.#tell(error);
      return false;
    }
  }

  async #lookThrough(signal: AbortSignal): Promise<void> {
    this.#look++;
    const unreadable = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await this.#options.landing.list('', cursor, signal);
      for (const entry of page.entries) this.#consider(entry);
      for (const folder of page.unreadable) unreadable.add(folder);
      cursor = page.next;
    } while (cursor !== undefined);
    this.#unreadable = [...unreadable];
    this.#log.unreadable(this.#unreadable);
    for (const [key, { look }] of this.#holds) if (look < this.#look) this.#holds.delete(key);
  }

  #consider(entry: LandingEntry): void {
    const { clock, limits } = this.#options;
    const now = clock.now();
    const hold = this.#holdOf(entry, now);
    if (hold !== undefined && clock.monotonic() < hold.until) return;
    const age = millis(Math.max(0, now - Math.min(entry.modifiedAt, hold?.since ?? now)));
    const duty = dutyOf(entry.key, age, limits);
    if (duty === undefined) return;
    this.#queue.offer({
      lane: prefixOf(entry.key),
      id: entry.key,
      // A file that seems forgotten while its manifest comes is the event's matter.
      subject: manifestKeyBeside(entry.key) ?? entry.key,
      duty,
      landed: { key: entry.key, modifiedAt: entry.modifiedAt, age },
    });
  }

  #holdOf({ key, modifiedAt }: LandingEntry, now: Millis): Hold | undefined {
    const hold = this.#holds.get(key);
    if (hold?.modifiedAt === modifiedAt) {
      hold.look = this.#look;
      return hold;
    }
    this.#holds.delete(key); // put anew since
    // The store's clock is ahead of ours: its times do not tell how old an object is.
    return modifiedAt > now ? this.#hold({ key, modifiedAt }, millis(0)) : undefined;
  }

  /** @param until - Monotonic. */
  #hold({ key, modifiedAt }: Pick<Landed, 'key' | 'modifiedAt'>, until: Millis): Hold {
    const hold = this.#holds.get(key) ?? {
      modifiedAt,
      since: this.#options.clock.now(),
      until,
      attempts: 0,
      look: this.#look,
    };
    hold.until = until;
    if (this.#holds.size < MOST_HOLDS) this.#holds.set(key, hold);
    return hold;
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (let work = await this.#queue.take(); work !== undefined; work = await this.#queue.take()) {
      try {
        await this.#deal(work, signal);
      } catch (error) {
        if (signal.aborted || isAbort(error, signal)) return;
        this.#holdBack(work.landed, error);
      } finally {
        this.#queue.done(work);
      }
    }
  }

  async #deal({ duty, landed }: Work, signal: AbortSignal): Promise<void> {
    const folder = await mkdtemp(path.join(this.#options.work, 'job-'));
    try {
      const done = await deal(duty, landed, folder, this.#options, signal);
      switch (done.outcome) {
        case 'accepted': return this.#log.accepted(done.event, done);
        case 'rejected': return this.#log.rejected(done.record);
        case 'waiting': return this.#wait(landed);
        case 'nothing-new': return;
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #wait(landed: Landed): void {
    const { clock, limits, poll } = this.#options;
    this.#hold(landed, millis(clock.monotonic() + Math.max(poll, Math.min(limits.wait / 20, LONGEST_RECHECK))));
  }

  #holdBack(landed: Landed, error: unknown): void {
    this.#log.heldBack(landed.key, error);
    const hold = this.#hold(landed, millis(0));
    hold.attempts++;
    hold.until = millis(this.#options.clock.monotonic() + backoffDelay(AFTER_FAILURE, hold.attempts, Math.random()));
  }

  #tell(error: unknown): void {
    this.#trouble = error === undefined ? undefined : describeError(error);
    this.#log.landing(error);
  }
}
