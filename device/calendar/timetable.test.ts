import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ArmedWindow } from '../contract/timetable.ts';
import { armedSpans, type Calendar } from './timetable.ts';

const BERLIN = { latitude: 52.52, longitude: 13.4 };
const TROMSO = { latitude: 69.65, longitude: 18.96 };
const calendar = (change: Partial<Calendar> = {}): Calendar =>
  ({ timeZone: 'Europe/Berlin', place: BERLIN, holidays: [], ...change });
const window = (from: string, to: string, ...days: ArmedWindow['days']): ArmedWindow =>
  ({ from, to, days: days.length === 0 ? ['daily'] : days });
const at = (text: string): number => Date.parse(text);

/** Armed hours of the day, minute by minute. */
function hoursArmed(timetable: readonly ArmedWindow[], day: string, places: Calendar = calendar()): number {
  const [from, to] = [at(day), at(day) + 25 * 3_600_000];
  const spans = armedSpans(timetable, from, 1, places);
  let armed = 0;
  for (let now = from; now < to && dayIn(now, places.timeZone) === dayIn(from, places.timeZone); now += 60_000) {
    if (spans.some((span) => span.from <= now && now < span.to)) armed++;
  }
  return armed / 60;
}
const dayIn = (time: number, timeZone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(time);
const told = (spans: ReturnType<typeof armedSpans>): string[] =>
  spans.map(({ from, to }) =>
    `${new Date(from).toISOString().slice(5, 16)} ${new Date(to).toISOString().slice(5, 16)}`);

describe('a weekly timetable', () => {
  it('arms by the clock of the place, any number of windows a day, over midnight too', () => {
    const spans = armedSpans(
      [window('22:00', '06:00', 'weekdays'), window('12:00', '13:30', 'friday')],
      at('2026-11-20T10:00:00Z'), 3, calendar(),
    );
    assert.deepEqual(told(spans), ['11-19T21:00 11-20T05:00', '11-20T11:00 11-20T12:30', '11-20T21:00 11-21T05:00']);
  });

  it('joins windows that touch', () => {
    const spans = armedSpans(
      [window('08:00', '12:00', 'monday'), window('12:00', '24:00', 'monday'), window('00:00', '01:00', 'tuesday')],
      at('2026-11-23T10:00:00Z'), 2, calendar(),
    );
    assert.deepEqual(told(spans), ['11-23T07:00 11-24T00:00']);
  });

  it('has windows of their own for holidays, of one year or of every year', () => {
    const timetable = [window('08:00', '09:00', 'weekdays'), window('10:00', '11:00', 'holiday')];
    const spans = armedSpans(timetable, at('2026-12-24T00:00:00Z'), 3, calendar({ holidays: ['12-25', '2025-12-24'] }));
    assert.deepEqual(told(spans).slice(1), ['12-24T07:00 12-24T08:00', '12-25T09:00 12-25T10:00']);
  });

  describe('on the days when the clock is put forward and back, minute by minute', () => {
    it('arms a window that lies around the change for as long as the clock on the wall says', () => {
      assert.equal(hoursArmed([window('01:00', '04:00')], '2026-03-28T23:00:00Z'), 2, 'an hour is left out');
      assert.equal(hoursArmed([window('01:00', '04:00')], '2026-10-24T22:00:00Z'), 4, 'an hour comes twice');
      assert.equal(hoursArmed([window('01:00', '04:00')], '2026-06-20T22:00:00Z'), 3);
    });

    it('arms rather than not where a time comes never or twice', () => {
      assert.deepEqual(
        told(armedSpans([window('02:30', '05:00', 'sunday')], at('2026-03-29T12:00:00Z'), 1, calendar())),
        ['03-29T00:30 03-29T03:00'],
      );
      assert.deepEqual(
        told(armedSpans([window('01:00', '02:30', 'sunday')], at('2026-10-25T12:00:00Z'), 1, calendar())),
        ['10-24T23:00 10-25T01:30'],
      );
    });

    it('covers the whole day when it says so', () => {
      for (const [day, hours] of [['2026-03-28T23:00:00Z', 23], ['2026-10-24T22:00:00Z', 25]] as const) {
        assert.equal(hoursArmed([window('00:00', '24:00')], day), hours);
        assert.equal(hoursArmed([window('00:00', '00:00')], day), hours);
      }
    });
  });

  describe('by the sun', () => {
    it('arms from sunset to sunrise of the place, give or take what is asked', () => {
      const [, night] = armedSpans(
        [window('sunset-00:30', 'sunrise+00:10')], at('2026-06-21T10:00:00Z'), 1, calendar(),
      );
      assert.ok(night !== undefined);
      assert.ok(Math.abs(night.from - at('2026-06-21T19:03:00Z')) < 3 * 60_000, new Date(night.from).toISOString());
      assert.ok(Math.abs(night.to - at('2026-06-22T02:53:00Z')) < 3 * 60_000, new Date(night.to).toISOString());
    });

    it('has no window that would end before it begins, and none of a day by mistake', () => {
      const evening = [window('sunset', '20:00')];
      assert.deepEqual(
        armedSpans(evening, at('2026-06-21T10:00:00Z'), 1, calendar()), [], 'the sun sets at half past nine',
      );
      assert.equal(armedSpans(evening, at('2026-12-21T10:00:00Z'), 1, calendar()).length, 2);
    });

    it('has no night where the sun does not set, and nothing but night where it does not rise', () => {
      const north = calendar({ timeZone: 'Europe/Oslo', place: TROMSO });
      assert.equal(hoursArmed([window('sunset', 'sunrise')], '2026-06-20T22:00:00Z', north), 0);
      assert.equal(hoursArmed([window('sunrise', 'sunset')], '2026-06-20T22:00:00Z', north), 24);
      assert.equal(hoursArmed([window('sunset', 'sunrise')], '2026-12-20T23:00:00Z', north), 24);
      assert.equal(hoursArmed([window('sunrise', 'sunset')], '2026-12-20T23:00:00Z', north), 0);
      assert.ok(hoursArmed([window('dawn', 'dusk')], '2026-12-20T23:00:00Z', north) > 1, 'there is twilight at noon');
    });
  });

  it('gives spans in order that never touch, whatever it says and whenever it is', () => {
    const time = fc.oneof(
      fc.integer({ min: 0, max: 1440 })
        .map((minutes) =>
          `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`),
      fc.constantFrom('sunset', 'sunrise', 'dawn', 'dusk', 'sunset+03:15', 'dawn-02:00'),
    );
    const anyWindow = fc.record({
      from: time, to: time,
      days: fc.uniqueArray(fc.constantFrom('monday', 'weekend', 'daily', 'holiday'), { minLength: 1 }),
    });
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC');
    fc.assert(fc.property(fc.array(anyWindow, { maxLength: 6 }), fc.integer({
      min: 0, max: 1e8,
    }), zones, fc.integer({ min: -90, max: 90 }), (timetable, minute, timeZone, latitude) => {
      const now = at('2026-01-01T00:00:00Z') + minute * 60_000;
      const spans = armedSpans(timetable, now, 9, calendar({ timeZone, place: { latitude, longitude: 13 } }));
      spans.forEach(({ from, to }, index) => {
        assert.ok(from < to && from > (spans[index - 1]?.to ?? -Infinity));
      });
    }), { numRuns: 60 });
  });
});
