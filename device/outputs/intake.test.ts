import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { begun, ended, faceOf, updated } from '../../test/fixtures/told-events.ts';
import { outputsSchema } from '../contract/outputs.ts';
import { silentLog } from '../core/log.ts';
import { hours, millis, minutes, seconds, type Millis } from '../core/units.ts';
import { Intake, type IsWithin, type Listener } from './intake.ts';
import { Outbox } from './outbox.ts';

const startOf = (n: number): Millis => millis(endedEvent(n).start_time * 1000);

describe('taking in events for an output', () => {
  let folder: string;
  let outbox: Outbox;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-intake-'));
    outbox = Outbox.open(path.join(folder, 'outputs.db'), silentLog);
  });
  afterEach(async () => {
    outbox[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  const intake = (
    fields: object,
    { windows, quiet, since = millis(0) }: { windows?: IsWithin; quiet?: IsWithin; since?: Millis } = {},
  ): Intake => {
    const [plan] = outputsSchema.parse([{ name: 'log', type: 'tcp', host: 'h', port: 1, ...fields }]);
    assert.ok(plan);
    const listener: Listener = { plan, windows, quiet, since };
    return new Intake(outbox, [listener]);
  };
  /** Delivers all that waits. `3 new`: the third event's beginning; `+2`: two were skipped before it. */
  const goes = (): string[] => {
    const all: string[] = [];
    for (let next = outbox.next('log'); next !== undefined; next = outbox.next('log')) {
      const n = [1, 2, 3, 4, 5, 6].find((each) => endedEvent(each).id === next?.message.after.id);
      all.push(`${n} ${next.phase}${next.skipped === 0 ? '' : ` +${next.skipped}`}`);
      outbox.delivered(next, { now: next.at, ms: 1, result: 'ok' });
    }
    return all;
  };

  it('tells of beginning and end once, however often they are heard of', () => {
    const all = intake({});
    for (const message of [begun(1), updated(1), updated(1), ended(1), ended(1)]) all.heard(message, startOf(1));
    all.found(endedEvent(1), startOf(1));
    assert.deepEqual(goes(), ['1 new', '1 end']);
    all.found(endedEvent(1), startOf(1));
    assert.deepEqual(goes(), []);
  });

  it('tells of an event as soon as it has become one that is asked for', () => {
    const people = intake({ when: { people: ['Ada'] } });
    people.heard(begun(1), startOf(1));
    assert.deepEqual(goes(), []);
    people.heard(updated(1, { faces: [faceOf('Ada')] }), startOf(1));
    assert.deepEqual(goes(), ['1 new']);
  });

  it('tells of both from the catalogue when it heard of neither, and of nothing that is too old', () => {
    const all = intake({ stale: '1h' });
    all.found(endedEvent(1), millis(startOf(1) + hours(2)));
    all.found(endedEvent(2), millis(startOf(2) + minutes(30)));
    assert.deepEqual(goes(), ['2 new', '2 end']);
  });

  it('tells nothing that happened before the output was set up', () => {
    const fresh = intake({}, { since: startOf(2) });
    fresh.found(endedEvent(1), startOf(3));
    fresh.found(endedEvent(2), startOf(3));
    assert.deepEqual(goes(), ['2 new', '2 end']);
  });

  it('tells who was told of the beginning of the end, however late', () => {
    const all = intake({ stale: '10s' });
    all.heard(begun(1), startOf(1));
    assert.deepEqual(goes(), ['1 new']);
    all.found(endedEvent(1), millis(startOf(1) + hours(2)));
    assert.deepEqual(goes(), ['1 end']);
  });

  it('holds back what is more than the throttle allows, its end too, counts it, and says so with the next', () => {
    const some = intake({ throttle: { most: 2, within: '1m' } });
    for (const n of [1, 2, 3, 4]) {
      some.heard(begun(n), startOf(1));
      some.heard(ended(n), millis(startOf(1) + seconds(10)));
    }
    some.heard(begun(5), millis(startOf(1) + minutes(2)));
    assert.deepEqual(goes(), ['1 new', '1 end', '2 new', '2 end', '5 new +2']);
    assert.equal(outbox.counts('log').throttled, 2);
  });

  it('tells nothing that begins in quiet hours, and ends what began before', () => {
    const quietFrom = startOf(2);
    const some = intake({}, { quiet: (now) => now >= quietFrom });
    some.heard(begun(1), startOf(1));
    some.heard(ended(1), millis(startOf(2) + 1));
    some.heard(begun(2), startOf(2));
    some.heard(ended(2), millis(startOf(2) + 9));
    assert.deepEqual(goes(), ['1 new', '1 end']);
    assert.equal(outbox.counts('log').quiet, 1);
  });

  it('goes by no clock that was never set', () => {
    const some = intake({}, { quiet: () => true, windows: () => false });
    some.heard(begun(1, { clock: 'unsynced' }), startOf(1));
    assert.deepEqual(goes(), ['1 new']);
  });

  it('tells only within its windows', () => {
    const some = intake({}, { windows: (now) => now >= startOf(2) });
    some.heard(begun(1), startOf(1));
    some.heard(begun(2), startOf(2));
    assert.deepEqual(goes(), ['2 new']);
  });

  it('tells nobody of the end who is not told of the beginning', () => {
    const some = intake({ stale: '5s' });
    some.found(endedEvent(1), millis(startOf(1) + seconds(12))); // it ended 2 s ago, and began 12 s ago
    assert.deepEqual(goes(), []);
  });

  it('asks for the end alone where only that is wanted', () => {
    const some = intake({ when: { phases: ['end'] } });
    some.heard(begun(1), startOf(1));
    some.heard(ended(1), startOf(1));
    assert.deepEqual(goes(), ['1 end']);
  });
});
