/** Keeps the ledger of watching up to the second: changes at once, and what goes on unchanged once a minute. */
import type { Archive } from '../archive.ts';
import { minutes, seconds } from '../../core/units.ts';
import { Ledger, type Interval } from './ledger.ts';
import type { Pulse } from './pulse.ts';
import { latenessOf, wordFor, type Watching, type WatchWord } from './watching.ts';

/** Two clocks read at once, in milliseconds: Unix time, and one that never jumps. */
export interface TwoClocks { readonly wall: number; readonly steady: number }

/** What goes on is written this often: what a power cut takes of the ledger. */
const WRITE_EVERY = minutes(1);
/** Words come every two seconds: after such a silence nobody knows whether pictures were looked at. */
const SILENT_AFTER = seconds(15);
/** The two clocks may part by this much before the wall clock counts as set. */
const CLOCK_SET = seconds(2);
/** Of what a full disk did not take; the oldest go first. */
const MOST_UNWRITTEN = 1000;
/** A ledger of two years is enough for anybody. */
const KEPT = 2 * 366 * 86_400_000;
const STOPPED = 'stopped';
/** Where everything is to be recorded: what was is told by the recordings, which count before this. */
const UNRECORDED: WatchWord = { state: 'lost', reason: 'the video was not recorded' };
/** A camera that is being set up has nothing to lose: what was never watched cannot be missed. */
const NOT_YET: WatchWord = { state: 'off', reason: 'no picture has come from this camera yet' };

interface Current {
  readonly from: number;
  readonly word: WatchWord;
  readonly isSynced: boolean;
  last: TwoClocks;
  writtenAt: number;
  /** What is lost should it end now, though it goes well. */
  late: { readonly from: number; readonly reason: string } | undefined;
}

export class WatchLedger {
  readonly #archive: Archive;
  readonly #ledger: Ledger;
  readonly #camera: string;
  readonly #pulse: Pulse;
  #current: Current | undefined;
  /** What the catalogue has not taken, oldest first: it is offered again with each word. */
  #unwritten: readonly Interval[] = [];
  /** Where this process's own words begin, by its wall clock. */
  #runFrom = 0;
  #begun = 0;
  /** Whether no picture has ever come from the camera. */
  #isNew = false;
  constructor(archive: Archive, camera: string, pulse: Pulse) {
    this.#archive = archive;
    this.#ledger = new Ledger(archive.db);
    this.#camera = camera;
    this.#pulse = pulse;
  }

  /** Accounts for the time since the last word: nobody watched. @param now - Unix milliseconds. */
  begin(now: number): void {
    const { db } = this.#archive;
    this.#begun = now;
    this.#archive.transaction(() => {
      const last = this.#ledger.last('watch', this.#camera);
      const wasStopped = db.get('SELECT 1 FROM meta WHERE key = ?', STOPPED) !== undefined;
      db.run('DELETE FROM meta WHERE key = ?', STOPPED);
      this.#ledger.forget(now - KEPT);
      const hasSeen = db.get('SELECT 1 FROM meta WHERE key = ?', this.#seen) !== undefined;
      this.#isNew = !hasSeen && (last === undefined || last.state === 'off');
      if (last === undefined) return;
      const beat = this.#pulse.last();
      // What went on up to the last beat was watched; only its minute had not come to be written.
      const alive = beat === undefined ? last.to : Math.min(Math.max(beat, last.to), now);
      if (alive > last.to) this.#ledger.add('watch', this.#camera, { ...last, to: alive });
      const reason = wasStopped ? 'Tyto was stopped'
        : beat === undefined ? 'the device was off' : 'the process ended unexpectedly';
      this.#ledger.add('watch', this.#camera, {
        from: alive, to: now, state: last.state === 'off' ? 'off' : 'lost', reason,
      });
    });
  }

  /** To be told every few seconds, and at every change. What the catalogue refuses is not forgotten. */
  word(watching: Watching, now: TwoClocks): void {
    const word = this.#wordOf(watching);
    const before = this.#current;
    // What the catalogue refuses is lost with this process: the next one must not take it for watched.
    if (this.#unwritten.length === 0) this.#pulse.beat(now.wall);
    if (before === undefined) {
      const isSoon = now.wall >= this.#begun && now.wall - this.#begun < SILENT_AFTER;
      this.#runFrom = Math.round(isSoon ? this.#begun : now.wall);
      return this.#start(word, now, watching.clockSynced, this.#runFrom);
    }
    const passed = now.steady - before.last.steady;
    const isSet = Math.abs(now.wall - before.last.wall - passed) > CLOCK_SET;
    if (isSet || passed > SILENT_AFTER)
      return this.#interrupted(before, word, now, { isSet, isSynced: watching.clockSynced });
    const isSame = word.state === before.word.state
      && word.reason === before.word.reason
      && watching.clockSynced === before.isSynced;
    before.last = now;
    before.late = lateIn(word, watching);
    const isDue = now.steady - before.writtenAt >= WRITE_EVERY || this.#unwritten.length > 0;
    if (isSame && !isDue) return;
    const until = holdsUntil(before, watching, now.wall);
    this.#hold(before, until);
    before.writtenAt = now.steady;
    if (!isSame) this.#turn(word, now, watching.clockSynced, until);
    this.#write();
  }

  /** The last word. @param isWanted - Somebody stops Tyto; else it ends because something of it has failed. */
  end(now: TwoClocks, isWanted: boolean): void {
    this.#archive.transaction(() => {
      if (this.#current !== undefined) this.#holdToEnd(this.#current, now.wall);
      this.#write();
      if (!isWanted) return;
      this.#archive.db.run(
        'INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', STOPPED, String(Math.round(now.wall)),
      );
    });
  }

  get #seen(): string { return `seen ${this.#camera}`; }

  #wordOf(watching: Watching): WatchWord {
    const word = owed(wordFor(watching), watching.mode);
    if (!this.#isNew) return this.#settled(word);
    if (watching.offline !== null) return word.state === 'lost' ? NOT_YET : word;
    this.#archive.db.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', this.#seen, '1');
    this.#isNew = false;
    return word;
  }

  /** A camera that is tried again and again is lost for one reason, not for two in turn. */
  #settled(word: WatchWord): WatchWord {
    const now = this.#current?.word;
    return now?.state === 'lost' && now.reason.startsWith('no pictures') && word.reason === wordFor(CONNECTING).reason
      ? now
      : word;
  }

  #start(word: WatchWord, now: TwoClocks, isSynced: boolean, from = Math.round(now.wall)): void {
    this.#turn(word, now, isSynced, from);
    this.#write();
  }

  #turn(word: WatchWord, { wall, steady }: TwoClocks, isSynced: boolean, from: number): void {
    const last = { wall: Math.round(wall), steady };
    this.#current = { from, word, isSynced, last, writtenAt: steady, late: undefined };
    this.#hold(this.#current, last.wall + 1);
  }

  #interrupted(
    before: Current, word: WatchWord, now: TwoClocks,
    { isSet, isSynced }: { readonly isSet: boolean; readonly isSynced: boolean },
  ): void {
    this.#hold(before, before.last.wall);
    if (isSet && isSynced && !before.isSynced) {
      return this.#archive.transaction(() => {
        this.#write();
        this.#setRight(before, now);
        this.#start(word, now, isSynced);
      });
    }
    const gap = { from: before.last.wall, to: Math.round(now.wall) };
    if (isSet) this.#keep({ ...gap, state: 'off', reason: 'the clock was set: this time did not pass' });
    else this.#keep({ ...gap, state: before.word.state === 'off' ? 'off' : 'lost', reason: 'the process stood still' });
    this.#start(word, now, isSynced);
  }

  /** What was told by the clock as it was before it was set, is told by the clock as it is. */
  #setRight(before: Current, now: TwoClocks): void {
    const shift = Math.round(now.wall - before.last.wall - (now.steady - before.last.steady));
    const told = this.#ledger.take('watch', this.#camera, this.#runFrom, before.last.wall);
    for (const one of told)
      this.#ledger.add('watch', this.#camera, { ...one, from: one.from + shift, to: one.to + shift });
    const [begun, ended] = [this.#runFrom + shift, before.last.wall + shift];
    this.#ledger.add('watch', this.#camera, { from: ended, to: Math.round(now.wall), ...before.word });
    const earlier = this.#ledger.lastBefore('watch', this.#camera, begun);
    if (earlier !== undefined && earlier.to < begun) {
      this.#ledger.add('watch', this.#camera, {
        from: earlier.to, to: begun, state: earlier.state === 'off' ? 'off' : 'lost', reason: 'the device was off',
      });
    }
    this.#runFrom = begun;
  }

  /** What had not come yet when it ended, nobody has looked at. */
  #holdToEnd(current: Current, wall: number): void {
    const { from, late } = current;
    const split = late === undefined ? wall : Math.min(wall, Math.max(from, late.from));
    this.#hold(current, split);
    if (late !== undefined && split < wall)
      this.#keep({ from: Math.round(split), to: Math.round(wall), state: 'lost', reason: late.reason });
  }

  #hold({ from, word }: Current, to: number): void { this.#keep({ from, to: Math.round(to), ...word }); }

  #keep(interval: Interval): void {
    const earlier = this.#unwritten.filter(({ from }) => from !== interval.from);
    this.#unwritten = [...earlier, interval].slice(-MOST_UNWRITTEN);
  }

  #write(): void {
    this.#archive.transaction(() => {
      for (const one of this.#unwritten) this.#ledger.add('watch', this.#camera, one);
    });
    this.#unwritten = [];
  }
}

/** It takes seconds to notice that a camera has gone silent: nobody watched since its last picture. */
function holdsUntil({ from, word }: Current, { seenAt }: Watching, wall: number): number {
  const isWatching = word.state === 'watched' || word === UNRECORDED;
  return Math.round(isWatching && seenAt !== undefined ? Math.min(Math.max(seenAt, from), wall) : wall);
}

function lateIn(word: WatchWord, watching: Watching): Current['late'] {
  const reason = word.state === 'watched' || word === UNRECORDED ? latenessOf(watching) : undefined;
  return reason === undefined || watching.shownUntil === undefined ? undefined : { from: watching.shownUntil, reason };
}

const owed = (word: WatchWord, mode: Watching['mode']): WatchWord =>
  (word.state === 'watched' && (mode === 'continuous' || mode === 'both') ? UNRECORDED : word);

const CONNECTING: Watching = { armed: true, mode: 'event', offline: '', refusal: null, blind: null, clockSynced: true };
