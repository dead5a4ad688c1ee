import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog } from '../core/log.ts';
import { millis, minutes, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { LineCounters } from './line-counters.ts';

const EVENING = millis(new Date(2026, 10, 21, 23, 30).getTime());
const step = (direction: 'in' | 'out', line = 'door') => ({ line, direction, track: 1 });

describe('counts of lines', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-lines-')); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = async (clock = new VirtualClock(EVENING)) => {
    const told: string[] = [];
    const counters = await LineCounters.open({
      folder, clock, log: silentLog,
      tell: (line, count) =>
        told.push(count === undefined ? `${line} gone` : `${line} ${count.in} in ${count.out} out`),
    });
    return { counters, clock, told };
  };

  it('go up by one for each that steps over', async () => {
    const { counters, told } = await open();
    counters.lines(['door']);
    counters.count([step('in'), step('in')]);
    counters.count([step('out')]);
    assert.deepEqual(told, ['door 0 in 0 out', 'door 1 in 0 out', 'door 2 in 0 out', 'door 2 in 1 out']);
  });

  it('outlast a restart, but not their line', async () => {
    const { counters } = await open();
    counters.lines(['door', 'gate']);
    counters.count([step('in'), step('out', 'gate')]);
    await counters.write();
    const { counters: next, told } = await open();
    next.lines(['door']);
    assert.deepEqual(told, ['gate gone', 'door 1 in 0 out']);
  });

  it('tell since when: since midnight, or since the line was drawn', async () => {
    const clock = new VirtualClock(EVENING);
    const told: number[] = [];
    const counters = await LineCounters.open({
      folder, clock, log: silentLog, tell: (_, count) => told.push((count?.since ?? 0) - EVENING / 1000),
    });
    await clock.advance(minutes(10));
    counters.lines(['door']);
    await clock.advance(minutes(5));
    counters.count([step('in')]);
    await clock.advance(minutes(20));
    await counters.tick();
    assert.deepEqual(told, [600, 600, 1800]);
  });

  it('begin anew at midnight', async () => {
    const { counters, clock, told } = await open();
    counters.lines(['door']);
    counters.count([step('in')]);
    await counters.tick();
    await clock.advance(minutes(31));
    await counters.tick();
    assert.deepEqual(told, ['door 0 in 0 out', 'door 1 in 0 out', 'door 0 in 0 out']);
    assert.equal(
      JSON.parse(await readFile(path.join(folder, 'lines.json'), 'utf8')).since,
      new Date(2026, 10, 22).getTime() / 1000,
    );
  });

  it('begin anew at midnight also after the clock was years ahead', async () => {
    const { counters, clock, told } = await open(new VirtualClock(millis(EVENING + minutes(60 * 24 * 3650))));
    counters.lines(['door']);
    counters.count([step('in')]);
    await counters.tick();
    clock.setWall(EVENING);
    await counters.tick();
    await clock.advance(minutes(31));
    await counters.tick();
    assert.equal(told.at(-1), 'door 0 in 0 out');
  });

  it('are written seldom, and only when they changed', async () => {
    const { counters, clock } = await open();
    const written = () => stat(path.join(folder, 'lines.json')).then(() => true, () => false);
    await clock.advance(seconds(60));
    await counters.tick();
    assert.equal(await written(), false);
    counters.lines(['door']);
    counters.count([step('in')]);
    await counters.tick();
    assert.equal(await written(), true);
    await rm(path.join(folder, 'lines.json'));
    counters.count([step('in')]);
    await counters.tick();
    assert.equal(await written(), false);
  });

  it('that make no sense are begun anew', async () => {
    await writeFile(path.join(folder, 'lines.json'), '{"since":-1,"lines":{"door":{"in":"many"}}}');
    const { counters, told } = await open();
    counters.lines(['door']);
    assert.deepEqual(told, ['door 0 in 0 out']);
  });
});
