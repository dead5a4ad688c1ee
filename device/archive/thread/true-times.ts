/** Holds back what is recorded before the clock is set, and gives it its true time then. */
import type { TytoEvent } from '../../contract/event.ts';
import type { Log } from '../../core/log.ts';
import { minutes, seconds, type Millis } from '../../core/units.ts';
import type { Archive } from '../archive.ts';
import type { TwoClocks } from '../ledger/watch-ledger.ts';
import { Restamp, shiftedEvent } from '../restamp.ts';
import { ClockWatch } from './clock-watch.ts';

export interface TrueTimesParts {
  readonly archive: Archive;
  readonly mediaFolder: string;
  /** How long events wait for the clock before others are told of them. */
  readonly patience: Millis;
  readonly log: Log;
}

/** A file that cannot be renamed is tried again this often. */
const MOVE_AGAIN_AFTER = minutes(5);
/** Words come every two seconds: what began since the last one was still told by the clock that was wrong. */
const CLOCK_MARGIN = seconds(60);

export class TrueTimes {
  readonly #archive: Archive;
  readonly #log: Log;
  readonly #restamp: Restamp;
  readonly #clock: ClockWatch;
  /** Events whose id has changed since they were told. */
  readonly #moved = new Map<string, number>();
  #moving = false;
  /** When what could not be moved is tried again, by the steady clock. */
  #moveAgainAt = -Infinity;
  /** What began before this, wall clock, may have been told by the clock as it was before it was set. */
  #mistimedUntil = -Infinity;
  constructor({ archive, mediaFolder, patience, log }: TrueTimesParts) {
    this.#archive = archive;
    this.#log = log;
    this.#restamp = new Restamp({
      archive, mediaFolder, onMoved: (subject, shiftMs) => this.#moved.set(subject, shiftMs),
    });
    this.#clock = new ClockWatch(patience);
  }

  /** Goes on with what an earlier run had begun. @throws {Error} As `Restamp.finish`. */
  async finish(): Promise<void> { await this.#restamp.finish(); }

  /** Puts `event` into the catalogue as it is called now; one that has ended is held back while that is of use. */
  putEvent(event: TytoEvent): void {
    const shiftMs = this.#moved.get(event.id);
    if (shiftMs !== undefined) return this.#archive.putEvent(shiftedEvent(event, shiftMs));
    this.#archive.putEvent(event, this.#clock.isWaiting && event.clock === 'unsynced' && event.end_time !== null);
  }

  /** Whether `at` was told by a clock that was not set, of this run. @param at - Unix milliseconds. */
  isMistimed(at: number): boolean { return this.#clock.isDoubtful && at < this.#mistimedUntil; }

  /**
   * To be told every few seconds whether the clock is set. Resolves when what is to be moved for it has been.
   * @throws {Error} What the disk or the catalogue refuses; it is tried again.
   */
  async word(isSynced: boolean, now: TwoClocks): Promise<void> {
    const news = this.#clock.word(isSynced, now);
    if (!isSynced) this.#mistimedUntil = now.wall + CLOCK_MARGIN;
    if (news?.type === 'hopeless') return this.#archive.release();
    const isHeld = news !== undefined && this.#has('held');
    const isLeft = now.steady >= this.#moveAgainAt && this.#has('restamps');
    if (this.#moving || !(isHeld || isLeft)) return;
    this.#moving = true;
    this.#moveAgainAt = now.steady + MOVE_AGAIN_AFTER;
    try {
      const moved = await (isHeld ? this.#restamp.moveHeld(news.shiftMs) : this.#restamp.finish());
      this.#log.info('what was recorded before the clock was set has its true time now', { moved });
    } finally {
      this.#moving = false;
    }
  }

  #has(table: 'held' | 'restamps'): boolean {
    return this.#archive.db.get(`SELECT 1 FROM ${table} LIMIT 1`) !== undefined;
  }
}
