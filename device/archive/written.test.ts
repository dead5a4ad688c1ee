import assert from 'node:assert/strict';
import path from 'node:path';
import { dawn, temporaryFolder } from '../../test/recording/events.ts';
import { silentLog } from '../core/log.ts';
import { openArchive } from './open-archive.ts';
import { systemCounters, Written } from './written.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const scene = async (
  play: (scene: { counters: { process: number; thread: number }; readonly open: (now: number) => Written }) => void,
): Promise<void> => {
  await using folder = await temporaryFolder();
  using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
  const counters = { process: 1000, thread: 100 };
  play({
    counters,
    open: (now) => new Written(archive.db, now, { process: () => counters.process, thread: () => counters.thread }),
  });
};

describe('what is written to the disk', () => {
  it('is told apart by what it was, and the rest is said too', () => scene(({ counters, open }) => {
    const written = open(dawn);
    written.add('recordings', 500);
    written.add('pictures', 60);
    Object.assign(counters, { process: 1000 + 500 + 60 + 40 + 25, thread: 100 + 40 });
    written.sample(dawn + 1000);
    assert.deepEqual(written.today, { day: '2026-11-21', recordings: 500, pictures: 60, catalogue: 40, other: 25 });
    assert.equal(written.total, 625);
  }));

  it('is not counted twice when the disk gets it later than it is told', () => scene(({ counters, open }) => {
    const written = open(dawn);
    written.add('recordings', 500);
    written.sample(dawn + 1000);
    Object.assign(counters, { process: 1500 });
    written.sample(dawn + 2000);
    assert.equal(written.total, 500);
  }));

  it('goes on after a restart, and begins anew with the day', () => scene(({ open }) => {
    const written = open(dawn);
    written.add('recordings', 500);
    written.store();
    const next = open(dawn + HOUR);
    next.add('recordings', 70);
    assert.equal(next.today.recordings, 570);
    next.sample(dawn + DAY);
    assert.deepEqual([next.today.day, next.total], ['2026-11-22', 0]);
    assert.equal(open(dawn + HOUR).today.recordings, 570, 'what was counted of the old day is stored');
  }));

  it('gives the rate of recording: of a day, or since the start if that is more', () => scene(({ open }) => {
    const written = open(dawn);
    written.add('recordings', 2400);
    assert.equal(Math.round(written.rate(dawn + 60_000)), 100, 'a minute tells nothing');
    assert.equal(Math.round(written.rate(dawn + HOUR)), 2400);
    written.sample(dawn + HOUR);
    assert.equal(Math.round(written.rate(dawn + 6 * HOUR)), 400);
  }));

  it('is counted by the system, where it counts', () => {
    assert.ok(systemCounters.process() >= 0 && systemCounters.thread() >= 0);
  });
});
