/**
 * What is written to the disk a day, by what it was: a card wears by that, and free space is kept by how fast it goes.
 */
import { readFileSync } from 'node:fs';
import type { StorageState } from '../contract/storage.ts';
import type { Sqlite } from '../durable/sqlite.ts';

type WrittenClass = 'recordings' | 'pictures' | 'catalogue' | 'other';

/** Bytes that reached the disk since a program began, as the system counts them. */
export interface WriteCounters {
  /** Of the whole process. */
  readonly process: () => number;
  /** Of the thread that asks. */
  readonly thread: () => number;
}

type Day = { -readonly [K in WrittenClass]: number };

const CLASSES: readonly WrittenClass[] = ['recordings', 'pictures', 'catalogue', 'other'];
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Before this the rate since the start tells nothing. */
const RATE_AFTER = HOUR / 30;
/** Days before these are forgotten. */
const KEPT_DAYS = 400;

/** Reads Linux's accounts of a process; 0 where there are none. */
export const systemCounters: WriteCounters = {
  process: () => bytesIn('/proc/self/io'),
  thread: () => bytesIn('/proc/thread-self/io'),
};

export class Written {
  readonly #db: Sqlite;
  readonly #counters: WriteCounters;
  readonly #began: number;
  #day: string;
  #today: Day;
  /** What is not yet in the catalogue's file. */
  #unwritten = 0;
  #seen: { process: number; thread: number };
  #accounted = 0;
  #sinceStart = 0;

  /** @param now - Unix milliseconds. */
  constructor(db: Sqlite, now: number, counters: WriteCounters = systemCounters) {
    this.#db = db;
    this.#counters = counters;
    this.#began = now;
    this.#day = dayOf(now);
    this.#today = this.#stored(this.#day);
    this.#seen = { process: counters.process(), thread: counters.thread() };
  }

  /** A recording or a picture was written. */
  add(kind: 'recordings' | 'pictures', size: number): void {
    this.#today[kind] += size;
    this.#accounted += size;
    this.#sinceStart += size;
    this.#unwritten += size;
  }

  /** Reads the system's counters; to be called now and then, and by the catalogue's own thread. */
  sample(now: number): void {
    if (dayOf(now) !== this.#day) this.#turn(now);
    const seen = { process: this.#counters.process(), thread: this.#counters.thread() };
    const catalogue = Math.max(0, seen.thread - this.#seen.thread);
    const other = seen.process - this.#seen.process - catalogue - this.#accounted;
    this.#today.catalogue += catalogue;
    this.#today.other += Math.max(0, other);
    this.#accounted = Math.max(0, -other); // video that is told of may reach the disk a little later
    this.#unwritten += catalogue + Math.max(0, other);
    this.#seen = seen;
  }

  /** Puts what was counted into the catalogue, as part of the caller's transaction. */
  store(): void {
    if (this.#unwritten === 0) return;
    for (const kind of CLASSES) {
      this.#db.run(
        'INSERT OR REPLACE INTO written (day, class, bytes) VALUES (?, ?, ?)',
        this.#day, kind, Math.round(this.#today[kind]),
      );
    }
    this.#unwritten = 0;
  }

  get today(): StorageState['written'] { return { day: this.#day, ...this.#today }; }

  get total(): number { return CLASSES.reduce((sum, kind) => sum + this.#today[kind], 0); }

  /** Bytes an hour that recording writes: over the last day, or since the start if that was more. */
  rate(now: number): number {
    const ofDay = ({ recordings, pictures }: Day): number => recordings + pictures;
    const yesterday = this.#stored(dayOf(now - DAY));
    const lastDay = ofDay(this.#today) + ofDay(yesterday) * (1 - (now % DAY) / DAY);
    const running = now - this.#began;
    return Math.max(lastDay / 24, running < RATE_AFTER ? 0 : this.#sinceStart / (running / HOUR));
  }

  #turn(now: number): void {
    this.store();
    this.#day = dayOf(now);
    this.#today = this.#stored(this.#day);
    this.#db.run('DELETE FROM written WHERE day < ?', dayOf(now - KEPT_DAYS * DAY));
  }

  #stored(day: string): Day {
    const rows = this.#db.all('SELECT class, bytes FROM written WHERE day = ?', day);
    const of = (kind: WrittenClass): number => Number(rows.find((row) => row['class'] === kind)?.['bytes'] ?? 0);
    return { recordings: of('recordings'), pictures: of('pictures'), catalogue: of('catalogue'), other: of('other') };
  }
}

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

function bytesIn(file: string): number {
  try {
    return Number(/^write_bytes: (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
