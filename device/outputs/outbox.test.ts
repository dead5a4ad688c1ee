import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { begun, ended } from '../../test/fixtures/told-events.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { Outbox, type Waiting } from './outbox.ts';

const now = millis(1_795_000_000_000);
const tried = { now, ms: 12, result: 'said so' };

describe('the outbox', () => {
  let folder: string;
  let file: string;
  let outbox: Outbox;
  const reopen = (mostWaiting?: number): void => {
    outbox[Symbol.dispose]();
    outbox = Outbox.open(file, silentLog, mostWaiting);
  };
  const add = (n: number, output = 'log'): void => outbox.add({ output, phase: 'new', message: begun(n), at: now });
  const next = (output = 'log'): Waiting => {
    const waiting = outbox.next(output);
    assert.ok(waiting !== undefined);
    return waiting;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-outbox-'));
    file = path.join(folder, 'outputs.db');
    outbox = Outbox.open(file, silentLog);
  });
  afterEach(async () => {
    outbox[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  it('keeps over a restart what waits for each output, in order, and what was tried', () => {
    add(1); add(2); add(3, 'phone');
    outbox.failed(next(), 'waiting', tried);
    outbox.setCursor({ generation: 'g', seq: 7 });
    reopen();
    assert.deepEqual(
      [next().message, next().attempts, next('phone').message.after.id], [begun(1), 1, endedEvent(3).id],
    );
    outbox.delivered(next(), tried);
    assert.equal(next().message.after.id, endedEvent(2).id);
    assert.deepEqual(outbox.cursor, { generation: 'g', seq: 7 });
  });

  it('puts aside what was refused, lets the others go, and tries it anew in its place when asked to', () => {
    add(1); add(2);
    outbox.failed(next(), 'dead', tried);
    assert.equal(next().message.after.id, endedEvent(2).id);
    assert.deepEqual(outbox.counts('log'), {
      waiting: 1, delivered: 0, dead: 1, throttled: 0, quiet: 0, stale: 0, overflow: 0,
    });
    assert.equal(outbox.redrive('log', now), 1);
    assert.deepEqual([next().message.after.id, next().attempts], [endedEvent(1).id, 0]);
  });

  it('does not tell that something began of which the receiver knows that it has ended', () => {
    add(1);
    outbox.add({ output: 'log', phase: 'end', message: ended(1), at: now });
    outbox.failed(next(), 'dead', tried);
    outbox.delivered(next(), tried);
    assert.equal(outbox.redrive('log', now), 0);
    assert.equal(outbox.next('log'), undefined);
  });

  it('shows the latest first: when, what, result and duration', () => {
    add(1); add(2);
    outbox.delivered(next(), tried);
    outbox.failed(next(), 'waiting', { ...tried, now: millis(now + 1000), result: 'away' });
    assert.deepEqual(outbox.last('log', 10), [
      {
        event: endedEvent(2).id, phase: 'new', state: 'waiting', time: now / 1000 + 1, attempts: 1, ms: 12,
        result: 'away',
      },
      {
        event: endedEvent(1).id, phase: 'new', state: 'delivered', time: now / 1000, attempts: 1, ms: 12,
        result: 'said so',
      },
    ]);
  });

  it('gives up the oldest when more wait than it holds, and counts them', () => {
    reopen(2);
    for (const n of [1, 2, 3]) add(n);
    assert.equal(next().message.after.id, endedEvent(2).id);
    assert.equal(outbox.counts('log').overflow, 1);
  });

  it('forgets what was settled long ago and outputs that are gone, never what waits', () => {
    add(1); add(2); add(3, 'phone');
    outbox.delivered(next(), tried);
    assert.equal(outbox.tidy(millis(now + 1), ['log']), 1);
    assert.deepEqual([outbox.stateOf('log', endedEvent(1).id, 'new'), outbox.next('phone')], [undefined, undefined]);
    assert.equal(next().message.after.id, endedEvent(2).id);
  });

  it('remembers since when there is an output', () => {
    assert.equal(outbox.introduce('log', now), now);
    reopen();
    assert.equal(outbox.introduce('log', millis(now + 5)), now);
    outbox.tidy(now, []);
    assert.equal(outbox.introduce('log', millis(now + 5)), now + 5);
  });

  it('dates what waits anew when the clock was set', () => {
    add(1);
    outbox.shift(millis(5000));
    assert.equal(next().at, now + 5000);
  });

  it('leaves the age of what an earlier run left as it is when the clock is set: it is that old', () => {
    add(1);
    outbox[Symbol.dispose]();
    outbox = Outbox.open(file, silentLog);
    outbox.shift(millis(5000));
    assert.equal(next().at, now);
  });

  it('moves a broken file away and starts anew', () => {
    add(1);
    outbox[Symbol.dispose]();
    writeFileSync(file, 'no database at all, but long enough to be taken for the header of one'.repeat(100));
    const warnings: string[] = [];
    outbox = Outbox.open(file, { ...silentLog, warn: (message) => { warnings.push(message); } });
    assert.match(warnings.join(), /damaged/);
    assert.equal(outbox.next('log'), undefined);
    assert.ok(readdirSync(folder).some((name) => name.startsWith('outputs.db.broken-')));
  });

  it('says so when its file cannot be opened', () => {
    assert.throws(() => Outbox.open(path.join(folder, 'missing/outputs.db'), silentLog), {
      name: 'DeviceError', code: 'outbox.failed',
    });
  });
});
