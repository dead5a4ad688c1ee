import assert from 'node:assert/strict';
import path from 'node:path';
import { dawn, temporaryFolder } from '../../../test/recording/events.ts';
import { silentLog } from '../../core/log.ts';
import type { Archive } from '../archive.ts';
import { openArchive } from '../open-archive.ts';
import { AgeTrust } from './age-trust.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** A catalogue, and a clock that goes on by itself. */
class Life {
  readonly archive: Archive;
  wall: number = dawn;
  steady = 0;
  trust: AgeTrust;
  constructor(archive: Archive) {
    this.archive = archive;
    this.trust = new AgeTrust(archive.db, dawn, this.now);
  }
  get now() { return { wall: this.wall, steady: this.steady }; }
  /** An hour at a time, a word each. @returns Whether ages may be judged at the end. */
  live(hours: number): boolean {
    for (let hour = 0; hour < hours; hour++) {
      this.wall += HOUR;
      this.steady += HOUR;
      this.trust.word(this.now);
    }
    return this.mayJudge;
  }
  set(wall: number): number {
    this.wall = wall;
    return this.trust.word(this.now);
  }
  /** The device is off for `off`. */
  restart(off: number, known = this.wall): void {
    this.wall += off;
    this.steady = 0;
    this.trust = new AgeTrust(this.archive.db, known, this.now);
    this.trust.word(this.now);
  }
  get mayJudge(): boolean { return this.trust.mayJudge(this.wall); }
}

const during = async (play: (life: Life) => void): Promise<void> => {
  await using folder = await temporaryFolder();
  using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
  play(new Life(archive));
};

describe('the age of recordings', () => {
  it('is judged by a clock that goes on as clocks do, also after a night without power', () => during((life) => {
    assert.ok(life.live(50));
    life.restart(10 * HOUR);
    assert.ok(life.mayJudge);
  }));

  it('is not judged for a day after the clock leapt ahead', () => during((life) => {
    life.live(5);
    assert.equal(life.set(life.wall + 50 * YEAR), 50 * YEAR);
    assert.ok(!life.mayJudge);
    assert.ok(!life.live(23));
    assert.ok(life.live(1), 'then it is the time that people live in');
  }));

  it('is judged again as soon as the clock is set right, and another leap is seen', () => during((life) => {
    life.set(life.wall + 50 * YEAR);
    life.live(2);
    life.set(life.wall - 50 * YEAR);
    assert.ok(life.mayJudge);
    life.set(life.wall + 2 * DAY);
    assert.ok(!life.mayJudge);
  }));

  it('is not judged by a new process either while the leap is young', () => during((life) => {
    life.set(life.wall + 50 * YEAR);
    life.live(1);
    life.restart(0);
    assert.ok(!life.mayJudge);
    assert.ok(life.live(24));
  }));

  it('is not judged at once by a clock that is years ahead of all that was recorded', () => during((life) => {
    life.restart(3 * YEAR);
    assert.ok(!life.mayJudge);
  }));

  it('is judged when a clock without battery began in the past and was set', () => during((life) => {
    const before = life.wall;
    life.restart(-5 * YEAR, before);
    life.live(1);
    life.set(before + 2 * HOUR);
    assert.ok(life.mayJudge);
  }));
});
