import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ONLINE, sampleEvent } from '../../test/web/fake-device.ts';
import type { ArmingView } from '../contract/arming.ts';
import { armWords, unreachableWords } from './ui/src/device/arm-words.ts';
import { statusNotes } from './ui/src/device/status-notes.ts';
import { mergeEvents } from './ui/src/events/merge-events.ts';
import { KINDS, byDay, dayInWords, durationInWords, kindsInWords, readersLocale } from '../ui/words.ts';
import { EVENT_KINDS } from '../contract/event.ts';
import { cameraFacts, sizeInWords, storageFacts, type Fact } from './ui/src/device/facts.ts';
import { dayOf, spanOf } from '../ui/day.ts';
import { queryOf, readFilter, writeFilter } from './ui/src/events/event-filter.ts';
import { nothingWords } from './ui/src/recordings/nothing-words.ts';
import { pieceAfter, pieceAt, stretchesOf } from './ui/src/recordings/pieces.ts';
import { cropOf } from './ui/src/people/crop-of.ts';
import { pace, withReserve, type Buffered } from './ui/src/live/pace.ts';

describe('pace of the live picture', () => {
  const at = (now: number, buffered: Buffered, rate = 1, reserves: readonly number[] = [0.15]) =>
    pace(now, buffered, { rate, reserves });

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
      // Half-second pieces arrive with some delay each (tenths of a second), never out of
      // order; then the network is well.
      let [now, end, rate, arrival] = [0, 0, 1, 0];
      let reserves: readonly number[] = [];
      const arrivals = [...delays, ...Array<number>(120).fill(0)].map((delay, n) =>
        (arrival = Math.max(arrival, n * 5 + delay)));
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
    assert.deepEqual([0.2, 8.4, 60, 72, 3600, 3840, 90_000, 277_300].map(durationInWords), [
      '1 s', '8 s', '1 min', '1 min 12 s', '1 h', '1 h 4 min', '25 h', '3 days 5 h',
    ]);
  });
  it('tell what they are', () => assert.equal(kindsInWords(['motion', 'face']), 'Movement, Face'));
  it('stand under the day that they began on, where they are looked at', () => {
    assert.equal(dayInWords(at(2026, 10, 21, 0), noon, 'en-GB'), 'Today');
    assert.equal(dayInWords(at(2026, 10, 20, 23), noon, 'en-GB'), 'Yesterday');
    assert.match(dayInWords(at(2026, 10, 19, 23), noon, 'en-GB'), /^Thursday,? 19 November$/);
    assert.match(dayInWords(at(2025, 11, 31, 23), noon, 'en-GB'), /^Wednesday,? 31 December 2025$/);
    const days = byDay([at(2026, 10, 21, 11), at(2026, 10, 21, 1), at(2026, 10, 20, 23)].map((start) =>
      sampleEvent(start, 5)), ({ start_time: start }) => start, { now: noon, locale: 'en-GB' });
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
    assert.deepEqual(words(true, { idleReason: 'recording is off' }), ['Armed', 'Recording is off.']);
    assert.deepEqual(words(true, { state: 'offline' }), ['Armed', 'Nothing can be recorded until the camera is back.']);
  });
  it('say when it is armed in vain', () => {
    const told = (change: Partial<typeof ONLINE>) => armWords(true, undefined, { ...ONLINE, ...change }, null);
    assert.deepEqual(told({ visionFault: 'the vision thread failed', loss: 'pictures were not analysed' }), {
      title: 'Armed', text: 'But the picture is not being analysed: the vision thread failed.', isBad: true,
    });
    assert.deepEqual(told({ loss: 'the disk is full', idleReason: '/data: the disk is full; free some space' }), {
      title: 'Armed', text: 'But nothing is recorded: /data: the disk is full; free some space.', isBad: true,
    });
  });
  it('say what else arms it, or keeps it from being armed', () => {
    const arming = (armed: boolean, reason: string): ArmingView =>
      ({ armed, switch: true, managed: false, reason, next: null });
    assert.deepEqual(words(true, {}, arming(true, 'Armed: the switch is on and the timetable arms until 06:00.')),
      ['Armed', 'Movement is recorded. Armed: the switch is on and the timetable arms until 06:00.']);
    assert.deepEqual(words(true, {}, arming(true, 'Armed: the switch is on.')), ['Armed', 'Movement is recorded.']);
    assert.deepEqual(words(true, {}, arming(false, 'Not armed: it is outside of the timetable until 22:00.')),
      ['Not armed now', 'It is outside of the timetable until 22:00.']);
    assert.deepEqual(words(true, {}, arming(false, 'Not armed yet, armed in 30 s: the switch is on.')), [
      'Not armed now', 'In 30 s: the switch is on.',
    ]);
  });
  it('say what disarming leaves as it is', () => {
    const reason = 'Not armed: the switch is off. Events are not recorded; continuous recording goes on.';
    assert.deepEqual(
      words(false, { idleReason: reason }), ['Disarmed', 'Events are not recorded; continuous recording goes on.'],
    );
    for (const idleReason of [null, 'Not armed: the switch is off.'])
      assert.deepEqual(words(false, { idleReason }), ['Disarmed', 'Movement makes no events.']);
    assert.deepEqual(words(false, { idleReason: 'the disk is full' }), ['Disarmed', 'The disk is full.']);
  });
  it('wait for the camera to confirm', () => {
    assert.equal(armWords(true, false, ONLINE, null).title, 'Disarming…');
    assert.equal(armWords(null, undefined, null, null).title, 'Starting');
  });
  it('claim nothing of a device that cannot be reached', () => {
    assert.deepEqual([true, false].map((armed) => unreachableWords(armed).title), ['Was armed', 'Was disarmed']);
    assert.equal(unreachableWords(true).text, 'The device cannot be reached: what it does now is not known.');
  });
});

describe('the camera\'s status', () => {
  it('says nothing more while all is well', () => assert.deepEqual(statusNotes(ONLINE), []));
  it('says what is wrong with the picture, what is not done, and why nobody is recognised', () =>
    assert.deepEqual(statusNotes({
      ...ONLINE, tamper: ['covered'],
      load: { level: 3, shed: ['faces and things are not looked for', 'motion is looked for 2.5 times a second'] },
      recognitionFault: 'no model',
    }), [
      'Camera covered', 'cannot keep up: faces and things are not looked for; motion is looked for 2.5 times a second',
      'nobody is recognised: no model',
    ]));
});

describe('facts of the camera and the disk', () => {
  const text = (facts: readonly Fact[]) => Object.fromEntries(facts.map(({ name, text: told }) => [name, told]));
  const stream = { codec: 'mjpeg', bitrate: 2_340_000, frameRate: 14.96, gop: 30 };

  it('tell what is sent, recorded, heard and decoded', () => {
    assert.deepEqual(text(cameraFacts({
      ...ONLINE, stream, sound: 'mp4a.40.2', decoding: { mode: 'gated', reason: 'little moves', decoded: 0.124 },
      decoder: { kind: 'hardware', reason: 'v4l2m2m' },
    })), {
      Watched: '/dev/video0',
      Sends: 'MJPEG, recorded as H.264, 1280 × 720, 15 pictures a second, 2.3 Mbit/s, a keyframe every 30 pictures',
      Sound: 'AAC',
      Decoded: '12 % of the pictures: little moves', Decoder: 'hardware: v4l2m2m',
    });
    const painted = text(cameraFacts({
      ...ONLINE, stream: { ...stream, codec: 'rawvideo' }, decoder: null,
      decoding: { mode: 'full', reason: 'every picture is decoded: it is painted here', decoded: 1 },
    }));
    assert.match(painted['Sends'] ?? '', /^plain pictures, recorded as H\.264, /);
    assert.deepEqual(
      [painted['Decoded'], painted['Decoder']], ['every picture is decoded: it is painted here', undefined],
    );
    const still = text(cameraFacts({ ...ONLINE, stream: { ...stream, gop: 1 } }));
    assert.match(still['Sends'] ?? '', /, every picture a keyframe$/);
  });
  it('leave out what is not known, and mark what needs a person', () => {
    const told = cameraFacts({
      ...ONLINE, source: null, codec: null, width: null, height: null, state: 'offline', reason: 'no route',
      unmet: ['no focus'], load: { level: 1, shed: ['faces'] },
    });
    assert.deepEqual(
      told.map(({ name, isBad }) => [name, isBad]), [['Trouble', true], ['Left out', true], ['Not taken', true]],
    );
    assert.deepEqual(storageFacts({ storage: null }), []);
  });
  it('tell for how long there is room', () => {
    const storage = {
      used: { events: 1e9, continuous: 2e9, timelapse: 0, pictures: 0 }, most: 10e9, free: 5e9,
      kept_free: 1e9, rate: 1e9, deleted: { events: 0, segments: 0, bytes: 0 },
      written: { day: '2026-11-21', recordings: 3e9, pictures: 0, catalogue: 1e6, other: 0 }, alarms: [],
    };
    const told = text(storageFacts({ storage }));
    assert.match(told['Room'] ?? '', /^for about 4 h at/);
    const roomAt = (rate: number): string => text(storageFacts({ storage: { ...storage, rate } }))['Room'] ?? '';
    assert.match(roomAt(1e7), /^for about 17 days at/, 'a guess has no hours beside weeks');
    assert.match(roomAt(1e4), /^for more than a year at/, 'the device is not there for long enough to say more');
    assert.equal(told['Recordings'], '3.0 GB of 10.0 GB: events 1.0 GB, continuous 2.0 GB');
    assert.deepEqual(
      [0, 999, 1000, 123_456_789, 5e15].map(sizeInWords), ['0 bytes', '999 bytes', '1.0 kB', '123 MB', '5000 TB'],
    );
  });
});

describe('which events are asked for', () => {
  it('is the same in the address and back, without what is not understood', () => fc.assert(fc.property(
    fc.record({
      day: fc.constantFrom('2026-11-21', '2024-02-29'), kind: fc.constantFrom(...EVENT_KINDS),
      zone: fc.string({ minLength: 1 }), starred: fc.constant(true as const), clip: fc.constant(true as const),
    }, { requiredKeys: [], noNullPrototype: true }),
    (filter) => assert.deepEqual(readFilter(writeFilter(filter)), filter),
  )));
  it('may be any kind that there is', () => assert.deepEqual([...KINDS].sort(), [...EVENT_KINDS].sort()));
  it('leaves out what is not understood', () =>
    assert.deepEqual(readFilter('?day=soon&kind=ghost&zone=&starred=yes&at=5'), {}));
  it('is a day where it is looked at, also when clocks change', () => {
    for (const day of ['2026-11-21', '2026-03-29', '2026-10-25']) {
      const { from, to } = spanOf(day);
      assert.deepEqual([dayOf(from), dayOf(to - 1), dayOf(to) === day], [day, day, false]);
    }
  });
  it('is told to the device without the day\'s name', () =>
    assert.equal(
      queryOf({ kind: 'person', day: '2026-11-21' }, 'x'),
      `?kind=person&from=${spanOf('2026-11-21').from}&to=${spanOf('2026-11-21').to}&before=x`,
    ));
});

describe('the part of a picture that shows a face', () => {
  const picture = { width: 1000, height: 500 };
  it('shows it in the middle, unstretched, with a little of what is around it', () =>
    assert.deepEqual(cropOf([0.45, 0.3, 0.1, 0.2], picture), {
      width: `${100 * 1000 / 180}%`, height: `${100 * 500 / 180}%`, left: `${-100 * 410 / 180}%`,
      top: `${-100 * 110 / 180}%`,
    }));
  it('never reaches beyond the picture', () => fc.assert(fc.property(
    fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true }),
    (x, y, width, height) => {
      const crop = cropOf([x, y, width, height], picture);
      const [wide, high, left, top] = [crop.width, crop.height, crop.left, crop.top].map(Number.parseFloat) as [
        number, number, number, number];
      assert.ok(left <= 0.01 && top <= 0.01 && left + wide >= 99.9 && top + high >= 99.9);
    },
  )));
});

describe('pieces of continuous recording', () => {
  const piece = (from: number, to: number | null) => ({ name: String(from), from, to, bytes: null });
  it('are found by a moment, the next one where there is none', () => {
    const pieces = [piece(0, 60), piece(60, 120), piece(300, 360), piece(360, null)];
    assert.deepEqual([0, 59, 60, 200, 350, 400].map((at) =>
      pieceAt(pieces, at)?.from), [0, 0, 60, 300, 300, undefined]);
    assert.deepEqual([pieceAfter(pieces, piece(60, 120))?.from, pieceAfter(pieces, piece(300, 360))], [300, undefined]);
  });
  it('are few stretches of a day', () => assert.deepEqual(stretchesOf([
    { from: 0, to: 10, state: 'recorded', reason: '' },
    { from: 10, to: 20, state: 'uploaded', reason: '' }, { from: 20, to: 30, state: 'watched', reason: '' },
    { from: 30, to: 40, state: 'lost', reason: 'x' }, { from: 40, to: 50, state: 'deleted', reason: '' },
  ]), [
    { from: 0, to: 20, look: 'kept', reason: '' }, { from: 30, to: 40, look: 'lost', reason: 'x' },
    { from: 40, to: 50, look: 'gone', reason: '' },
  ]));

  it('are said to be missing as it is, whatever the bar shows there', () => {
    const known = {
      pieces: [piece(900, null)], events: [{ id: 'near', from: 15, to: 18 }, { id: 'far', from: 2, to: 4 }],
      stretches: stretchesOf([
        { from: 0, to: 20, state: 'recorded', reason: '' },
        { from: 30, to: 40, state: 'lost', reason: 'the disk is full' },
        { from: 40, to: 50, state: 'deleted', reason: '' },
      ]),
    };
    const said = (at: number) => nothingWords(at, 'noon', known);
    assert.deepEqual([said(12).title, said(12).event], ['At noon an event was recorded, and nothing besides', 'near']);
    assert.equal(said(35).text, 'It is missing: the disk is full.');
    assert.equal(said(45).title, 'What was recorded at noon is deleted since');
    assert.equal(said(25).title, 'Nothing continuous was kept at noon, nor soon after');
    assert.equal(said(950).title, 'noon is being recorded');
  });
});
