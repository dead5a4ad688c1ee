import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { boxArea, type Box } from '../../core/geometry.ts';
import { inSeconds, millis, minutes, seconds, type Millis } from '../../core/units.ts';
import { sceneAt, trueEvents } from './scene.ts';
import { dayLength } from './story/day.ts';

/** Moments of the first weeks. */
const moments = fc.integer({ min: 0, max: minutes(60 * 24 * 20) }).map(millis);
const shares = fc.double({ min: 0, max: 1, noNaN: true });
const visitNumbers = fc.integer({ min: 0, max: 40_000 });

/** The visits from `number` on, found as any user would: by asking for the truth. */
const eventsFrom = (number: number): ReturnType<typeof trueEvents> => {
  const from = millis(number * 47_500);
  return trueEvents(from, millis(from + minutes(4)));
};

const isInPicture = ([x, y, width, height]: Box): boolean =>
  x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1 + 1e-9 && y + height <= 1 + 1e-9;

const daylightAt = (at: Millis): number => sceneAt(at).daylight;

describe('the demo camera\'s scene', () => {
  it('is the same whenever and in whatever order it is asked for', () => {
    fc.assert(fc.property(moments, moments, (one, other) => {
      const first = JSON.stringify(sceneAt(one));
      sceneAt(other);
      assert.equal(JSON.stringify(sceneAt(one)), first);
    }));
  });

  it('shows somebody after 12 seconds', () => {
    assert.deepEqual(sceneAt(millis(11_999)).figures, []);
    assert.equal(sceneAt(seconds(12)).figures.length, 1);
    assert.equal(trueEvents(millis(0), minutes(1))[0]?.start, seconds(12));
  });

  it('has visits of 8 to 15 seconds, each beginning 35 to 60 seconds after the one before', () => {
    fc.assert(fc.property(visitNumbers, (number) => {
      const events = eventsFrom(number);
      assert.ok(events.length >= 3);
      events.forEach(({ start, end }, index) => {
        assert.ok(end - start >= 8000 && end - start <= 15_000, `visit of ${inSeconds(millis(end - start))} s`);
        const before = events[index - 1];
        if (before === undefined) return;
        const rhythm = start - before.start;
        assert.ok(rhythm >= 35_000 && rhythm <= 60_000, `${rhythm} ms from one to the next`);
      });
    }));
  });

  it('leaves the yard empty for at least 20 seconds between visits', () => {
    fc.assert(fc.property(visitNumbers, (number) => {
      const events = eventsFrom(number);
      events.slice(1).forEach(({ start }, index) => {
        assert.ok(start - (events[index]?.end ?? 0) >= 20_000);
      });
    }));
  });

  it('is told truly: somebody is seen in it exactly while an event goes on, and in the box of the event', () => {
    fc.assert(fc.property(moments, fc.integer({ min: 1, max: 200_000 }), shares, (from, length, share) => {
      const at = millis(from + Math.floor(share * (length - 1)));
      const going = trueEvents(from, millis(from + length)).filter(({ start, end }) => start <= at && at < end);
      assert.equal(sceneAt(at).figures.length, going.length);
    }));
    fc.assert(fc.property(visitNumbers, (number) => {
      for (const { at, box } of eventsFrom(number).flatMap(({ boxes }) => boxes)) {
        assert.deepEqual(sceneAt(at).figures.map((figure) => figure.box), [box]);
      }
    }), { numRuns: 20 });
  });

  it('tells every event that touches a window, whole, and no other', () => {
    fc.assert(fc.property(moments, fc.integer({ min: 1, max: 100_000 }), (from, length) => {
      const to = millis(from + length);
      const around = trueEvents(millis(Math.max(from - 100_000, 0)), millis(to + 100_000));
      assert.deepEqual(trueEvents(from, to), around.filter(({ start, end }) => start < to && end > from));
    }));
  });

  it('keeps the box within the picture, with some part of the figure in it, from the first moment to the last', () => {
    fc.assert(fc.property(visitNumbers, shares, (number, share) => {
      for (const { start, end } of eventsFrom(number)) {
        const [figure] = sceneAt(millis(start + Math.floor(share * (end - start - 1)))).figures;
        assert.ok(figure !== undefined && isInPicture(figure.box), JSON.stringify(figure?.box));
      }
    }));
  });

  it('lets people walk, not jump', () => {
    fc.assert(fc.property(visitNumbers, (number) => {
      const [event] = eventsFrom(number);
      if (event === undefined) return;
      for (let at = event.start; at + 100 < event.end; at = millis(at + 100)) {
        const [here, next] = [sceneAt(at).figures[0]?.place, sceneAt(millis(at + 100)).figures[0]?.place];
        assert.ok(here !== undefined && next !== undefined);
        assert.ok(Math.hypot(next[0] - here[0], next[2] - here[2]) < 0.17, `at ${at} ms`);
      }
    }), { numRuns: 30 });
  });

  it('shows people in the foreground a third of the picture tall, further ones smaller', () => {
    const [first] = trueEvents(millis(0), minutes(1));
    const tallest = Math.max(...first?.boxes.map(({ box }) => box[3]) ?? []);
    assert.ok(tallest > 0.25 && tallest < 0.4, `${tallest}`);
    const [call] = trueEvents(minutes(1), millis(70_000));
    const farthest = Math.min(...call?.boxes.map(({ box }) => box[3]) ?? []);
    assert.ok(farthest > 0.08 && farthest < 0.16, `${farthest}`);
    assert.ok((call?.boxes ?? []).every(({ box }) => boxArea(box) < 0.05));
  });

  it('dresses one visitor otherwise than the next', () => {
    const visitors = trueEvents(millis(0), minutes(8)).flatMap(({ start }) => sceneAt(start).figures);
    const looks = visitors.map((visitor) => JSON.stringify(visitor.looks));
    assert.equal(new Set(looks).size, looks.length);
  });

  it('begins by day, has a dusk, a night and a dawn, and is back after eight minutes', () => {
    assert.equal(daylightAt(millis(0)), 1);
    const [noon, dusk, night, dawn] = [0.2, 0.42, 0.7, 0.92].map((hour) => daylightAt(millis(hour * dayLength)));
    assert.deepEqual([noon, night], [1, 0]);
    for (const between of [dusk, dawn]) assert.ok(between !== undefined && between > 0.2 && between < 0.8);
    fc.assert(fc.property(moments, (at) => {
      assert.ok(Math.abs(daylightAt(at) - daylightAt(millis(at + dayLength))) < 1e-6);
    }));
  });

  it('has visitors by day and by night', () => {
    const light = trueEvents(millis(0), dayLength).map(({ start }) => daylightAt(start));
    assert.ok(light.filter((each) => each === 1).length >= 3);
    assert.ok(light.filter((each) => each === 0).length >= 3);
  });

  it('has clouds that come and go and a wind that never stops', () => {
    const weather = Array.from({ length: 480 }, (_, second) => sceneAt(seconds(second)));
    assert.ok(weather.some(({ cloud }) => cloud < 0.05) && weather.some(({ cloud }) => cloud > 0.9));
    assert.ok(weather.every(({ breeze }) => breeze >= 0.2 && breeze <= 1));
  });
});
