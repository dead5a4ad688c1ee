import assert from 'node:assert/strict';
import { silentLog, type Log } from '../core/log.ts';
import { hours, millis, minutes, seconds, type Millis } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Patience, plainReason } from './patience.ts';

const signal = new AbortController().signal;

describe('patience with a receiver', () => {
  let clock: VirtualClock;
  let said: string[];
  let patience: Patience;
  beforeEach(() => {
    clock = new VirtualClock(millis(1_000_000));
    said = [];
    const log: Log = { ...silentLog, warn: (text) => said.push(text), info: (text) => said.push(text) };
    const words = { fails: 'it fails', works: 'it works' };
    patience = new Patience({ clock, now: () => clock.now(), random: () => 0.5, log, words });
  });
  const pauseFor = (reason: string, after?: Millis): Millis => {
    void patience.pause(reason, after === undefined ? {} : { after }, signal);
    return millis((patience.problem?.retryAt ?? 0) - clock.now());
  };

  it('grows with each failure, up to minutes, and is back at its beginning once it works', () => {
    const pauses = Array.from({ length: 12 }, () => pauseFor('away'));
    assert.ok(pauses.every((pause, index) => index === 0 || pause >= (pauses[index - 1] ?? 0)), pauses.join());
    assert.ok((pauses[0] ?? 0) <= seconds(1) && (pauses.at(-1) ?? 0) <= minutes(2), pauses.join());
    patience.works();
    assert.equal(pauseFor('away'), pauses[0]);
  });
  it('leaves a receiver alone for as long as it asks, but not for hours', () => {
    assert.equal(pauseFor('busy', minutes(5)), minutes(5));
    assert.equal(pauseFor('busy', hours(3)), minutes(15));
  });
  it('speaks once of what lasts, again of what is new, and of its end', () => {
    for (const reason of ['away', 'away', 'refused']) pauseFor(reason);
    patience.works();
    patience.works();
    assert.deepEqual(said, ['it fails', 'it fails', 'it works']);
  });
  it('knows since when it fails', async () => {
    pauseFor('away');
    await clock.advance(minutes(1));
    pauseFor('refused');
    assert.deepEqual([patience.problem?.message, patience.problem?.since], ['refused', 1_000_000]);
  });
  it('ends its pause when somebody is in a hurry', async () => {
    const pause = patience.pause('away', { after: minutes(10) }, signal);
    patience.hurry();
    await pause;
    assert.equal(clock.now(), 1_000_000);
  });
});

describe('a reason for people', () => {
  it('is one line of bounded length that names no password', () => {
    assert.equal(
      plainReason(new Error('no answer\nfrom https://me:secret@example.org/hook?key=1')).includes('secret'), false,
    );
    assert.equal(plainReason('one\r\ntwo'), 'one two');
    assert.equal(plainReason('x'.repeat(1000)).length, 300);
  });
});
