import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ONLINE, sampleEvent } from '../../test/web/fake-device.ts';
import type { ArmingView } from '../contract/arming.ts';
import { armWords } from './ui/src/device/arm-words.ts';
import { statusNotes } from './ui/src/device/status-notes.ts';
import { mergeEvents } from './ui/src/events/merge-events.ts';
import { byDay, dayInWords, durationInWords, kindsInWords, readersLocale } from '../ui/words.ts';
import { pace, withReserve, type Buffered } from './ui/src/live/pace.ts';

describe('pace of the live picture', () => {
  const at = (now: number, buffered: Buffered, rate = 1, reserves: readonly number[] = [0.15]) => pace(now, buffered, { rate, reserves });

  it('leaves alone what is close to the newest', () => assert.deepEqual(at(9.6, [[0, 10]]), []));
  it('waits while nothing is there', () => assert.deepEqual(at(0, []), []));
  it('runs faster while more is in reserve than was ever needed of late', () => {
    assert.deepEqual(at(9.2, [[0, 10]], 1, [0.4, 0.3, 0.5]), [{ type: 'rate', rate: 1.1 }]);
    assert.deepEqual(at(9.3, [[0, 10]], 1.1, [0.4, 0.3, 0.2]), []);
    assert.deepEqual(at(9.4, [[0, 10]], 1.1, [0.4, 0.1]), [{ type: 'rate', rate: 1 }]);
  });
  it('keeps what an irregular network needs', () => assert.deepEqual(at(8.6, [[0, 10]], 1, [0.9, 0.02, 1.1]), []));
  it('jumps when it has lost touch, at the start and over a gap', () => {
    assert.deepEqual(at(1, [[0, 10]]), [{ type: 'seek', to: 9.7 }]);
    assert.deepEqual(at(0, [[3600, 3600.5]]), [{ type: 'seek', to: 3600.2 }]);
    assert.deepEqual(at(5, [[0, 5], [7, 7.2]]), [{ type: 'seek', to: 7 }]);
  });
  it('begins near the newest, not where the newest keyframe happens to be', () => {
    assert.deepEqual(at(0, [[0, 1.9]], 1, []), [{ type: 'seek', to: 1.9 - 0.3 }]);
    assert.deepEqual(at(1.6, [[0, 1.9]], 1, []), []);
  });
  it('forgets what was seen long ago', () => assert.deepEqual(at(30.5, [[0, 31]]), [{ type: 'forget', before: 20.5 }]));
  it('settles near the newest whatever the network does', () => fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 40, maxLength: 80 }), (delays) => {
      // Half-second pieces arrive with some delay each (tenths of a second), never out of order; then the network is well.
      let [now, end, rate, arrival] = [0, 0, 1, 0];
      let reserves: readonly number[] = [];
      const arrivals = [...delays, ...Array<number>(120).fill(0)].map((delay, n) => (arrival = Math.max(arrival, n * 5 + delay)));
      for (let tick = 0; tick < arrivals.length * 5; tick++) {
        const there = arrivals.filter((time) => time <= tick).length * 0.5;
        if (there > end && end > 0) reserves = withReserve(reserves, end - now);
        end = there;
        now = Math.min(end, now + 0.1 * rate);
        for (const step of end === 0 ? [] : pace(now, [[0, end]], { rate, reserves })) {
          if (step.type === 'seek') [now, reserves] = [step.to, []];
          if (step.type === 'rate') rate = step.rate;
        }
      }
      assert.ok(end - now <= 0.8, `${end - now} s behind`);
    },
  )));
});

describe('events in words', () => {
  const noon = new Date(2026, 10, 21, 12);
  const at = (...date: [number, number, number, number]) => new Date(...date).getTime() / 1000;

  it('tell how long they lasted', () => {
    assert.deepEqual([0.2, 8.4, 60, 72, 3600, 3840, 90_000].map(durationInWords), ['1 s', '8 s', '1 min', '1 min 12 s', '1 h', '1 h 4 min', '25 h']);
  });
  it('tell what they are', () => assert.equal(kindsInWords(['motion', 'face']), 'Movement, Face'));
  it('stand under the day that they began on, where they are looked at', () => {
    assert.equal(dayInWords(at(2026, 10, 21, 0), noon, 'en-GB'), 'Today');
    assert.equal(dayInWords(at(2026, 10, 20, 23), noon, 'en-GB'), 'Yesterday');
    assert.match(dayInWords(at(2026, 10, 19, 23), noon, 'en-GB'), /^Thursday,? 19 November$/);
    assert.match(dayInWords(at(2025, 11, 31, 23), noon, 'en-GB'), /^Wednesday,? 31 December 2025$/);
    const days = byDay([at(2026, 10, 21, 11), at(2026, 10, 21, 1), at(2026, 10, 20, 23)].map((start) => sampleEvent(start, 5)), ({ start_time: start }) => start, { now: noon, locale: 'en-GB' });
    assert.deepEqual(days.map(({ name, events }) => [name, events.length]), [['Today', 2], ['Yesterday', 1]]);
  });
  it('stand once, as they are now, newest first', () => {
    const [old, running] = [sampleEvent(1_795_252_530, 5), sampleEvent(1_795_252_600, undefined)];
    const ended = { ...running, end_time: 1_795_252_610 };
    assert.deepEqual(mergeEvents([old, running], [ended]), [ended, old]);
  });
  it('follow the reader\'s English', () => {
    assert.equal(readersLocale(['de-DE', 'en-US']), 'en-US');
    assert.equal(readersLocale(['de-DE']), 'en-GB');
  });
});

describe('words beside the arm switch', () => {
  const words = (armed: boolean, change: Partial<typeof ONLINE> = {}, arming: ArmingView | null = null) => {
    const { title, text } = armWords(armed, undefined, { ...ONLINE, ...change }, arming);
    return [title, text];
  };

  it('say that movement is recorded, or why not', () => {
    assert.deepEqual(words(true), ['Armed', 'Movement is recorded.']);
    assert.deepEqual(words(true, { idleReason: 'the disk is full' }), ['Armed', 'The disk is full.']);
    assert.deepEqual(words(true, { state: 'offline' }), ['Armed', 'Nothing can be recorded until the camera is back.']);
  });
  it('say when it is armed in vain', () => {
    const told = armWords(true, undefined, { ...ONLINE, visionFault: 'the vision thread failed' }, null);
    assert.deepEqual(told, { title: 'Armed', text: 'But the picture is not being analysed: the vision thread failed.', isBad: true });
  });
  it('say what else arms it, or keeps it from being armed', () => {
    const arming = (armed: boolean, reason: string): ArmingView => ({ armed, switch: true, managed: false, reason, next: null });
    assert.deepEqual(words(true, {}, arming(true, 'Armed: the switch is on and the timetable arms until 06:00.')),
      ['Armed', 'Movement is recorded. Armed: the switch is on and the timetable arms until 06:00.']);
    assert.deepEqual(words(true, {}, arming(true, 'Armed: the switch is on.')), ['Armed', 'Movement is recorded.']);
    assert.deepEqual(words(true, {}, arming(false, 'Not armed: it is outside of the timetable until 22:00.')),
      ['Not armed now', 'It is outside of the timetable until 22:00.']);
    assert.deepEqual(words(true, {}, arming(false, 'Not armed yet, armed in 30 s: the switch is on.')), ['Not armed now', 'In 30 s: the switch is on.']);
  });
  it('say what disarming leaves as it is', () => {
    const reason = 'Not armed: the switch is off. Events are not recorded; continuous recording goes on.';
    assert.deepEqual(words(false, { idleReason: reason }), ['Disarmed', 'Events are not recorded; continuous recording goes on.']);
    for (const idleReason of [null, 'Not armed: the switch is off.']) assert.deepEqual(words(false, { idleReason }), ['Disarmed', 'Movement makes no events.']);
    assert.deepEqual(words(false, { idleReason: 'the disk is full' }), ['Disarmed', 'The disk is full.']);
  });
  it('wait for the camera to confirm', () => {
    assert.equal(armWords(true, false, ONLINE, null).title, 'Disarming…');
    assert.equal(armWords(null, undefined, null, null).title, 'Starting');
  });
});

describe('the camera\'s status', () => {
  it('says nothing more while all is well', () => assert.deepEqual(statusNotes(ONLINE), []));
  it('says what is wrong with the picture, what is not done, and why nobody is recognised', () => assert.deepEqual(statusNotes({
    ...ONLINE, tamper: ['covered'], load: { level: 3, shed: ['faces and things are not looked for', 'motion is looked for 2.5 times a second'] }, recognitionFault: 'no model',
  }), ['Camera covered', 'cannot keep up: faces and things are not looked for; motion is looked for 2.5 times a second', 'nobody is recognised: no model']));
});
