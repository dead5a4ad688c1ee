import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { dawn, recordingAt, temporaryFolder } from '../../../test/recording/events.ts';
import { silentLog } from '../../core/log.ts';
import { openArchive } from '../open-archive.ts';
import { segmentFileName } from '../../contract/media-path.ts';
import { millis } from '../../core/units.ts';
import { account, type Fact } from './account.ts';
import { factsBetween } from './facts.ts';
import { Ledger } from './ledger.ts';

describe('ledger', () => {
  it('tells of each second what was said of it first, and of neighbours that say the same as one', async () => {
    await using folder = await temporaryFolder();
    using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
    const ledger = new Ledger(archive.db);
    const HOUR = 3_600_000;
    const adds = fc.array(fc.record({
      from: fc.nat(60), length: fc.integer({ min: 1, max: 20 }), state: fc.constantFrom('watched', 'lost'),
    }), { maxLength: 25 });
    fc.assert(fc.property(adds, (all) => {
      archive.transaction(() => {
        archive.db.run('DELETE FROM ledger');
        for (const { from, length, state } of all)
          ledger.add('watch', 'yard', { from: from * HOUR, to: (from + length) * HOUR, state, reason: '' });
      });
      const told = ledger.between('watch', 0, 100 * HOUR);
      told.forEach((one, index) => {
        const next = told[index + 1];
        assert.ok(one.to > one.from && (next === undefined || next.from >= one.to), 'no two overlap');
        assert.ok(next === undefined || next.state !== one.state || next.from > one.to + 1000, 'neighbours are one');
      });
      for (let hour = 0; hour < 85; hour++) {
        const first = all.find(({ from, length }) => from <= hour && from + length > hour);
        const found = told.find((one) => one.from <= hour * HOUR && one.to > hour * HOUR);
        assert.equal(found?.state, first?.state, `the hour ${hour}`);
      }
    }), { numRuns: 60 });
  });

  it('accounts for every second exactly once, whatever is known', () => fc.assert(fc.property(
    fc.array(fc.record({
      from: fc.nat(1000), to: fc.nat(1000),
      state: fc.constantFrom<Fact['state']>('watched', 'recorded', 'uploaded', 'lost', 'off', 'deleted'),
      reason: fc.constantFrom('', 'a', 'b'),
    }), { maxLength: 40 }),
    (facts) => {
      const { entries, seconds } = account(facts, { from: 100, to: 900 });
      assert.equal(Math.round(Object.values(seconds).reduce((sum, one) => sum + one, 0) * 1000), 800);
      let at = 0.1;
      for (const { from, to, state } of entries) {
        assert.ok(from === at && to > from);
        at = to;
        const here = facts.filter((fact) => fact.from <= from * 1000 && fact.to > from * 1000)
          .map((fact) => fact.state);
        assert.ok(here.length === 0 ? state === 'unknown' : here.includes(state));
        if (here.includes('uploaded')) assert.equal(state, 'uploaded');
        else if (here.includes('recorded')) assert.equal(state, 'recorded', 'what is on record is not lost');
      }
      assert.equal(at, 0.9);
    }), { numRuns: 200 }));

  it('invents no gap between pieces that meet, whatever their stamps were rounded to', async () => {
    await using folder = await temporaryFolder();
    using archive = openArchive(path.join(folder.path, 'archive.db'), dawn, silentLog);
    new Ledger(archive.db)
      .add('watch', 'yard', { from: dawn, to: dawn + 180_000, state: 'lost', reason: 'not recorded' });
    for (const [at, until] of [[0, 60_001], [60_001, 119_999], [119_999, null]] as const) {
      const startedAt = millis(dawn + at);
      const name = segmentFileName({ kind: 'continuous', at: startedAt, device: 'barn', camera: 'yard' });
      const clip = { ...recordingAt(0, 60).clip, name, start_time: startedAt / 1000 };
      archive.closeRecording({
        name, class: 'continuous', camera: 'yard', eventId: null, startedAt, clip, fault: null,
        lost: { duration: millis(0) }, until: until === null ? null : millis(dawn + until),
      });
    }
    const span = { from: dawn, to: dawn + 179_999 };
    const { entries } = account(factsBetween(archive.db, { ...span, now: dawn + 200_000 }, () => new Set()), span);
    assert.deepEqual(entries.map(({ state }) => state), ['recorded']);
  });

  it('tells long spans piece by piece', () => {
    const facts = Array.from({ length: 3000 }, (_, n): Fact =>
      ({ from: n * 10, to: n * 10 + 5, state: 'lost', reason: '' }));
    const first = account(facts, { from: 0, to: 30_000 });
    assert.deepEqual([first.entries.length, first.next], [2000, 10]);
    assert.equal(account(facts, { from: 10_000, to: 30_000 }).entries.length, 2000);
  });
});
