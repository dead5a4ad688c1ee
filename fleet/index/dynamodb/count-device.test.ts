import assert from 'node:assert/strict';
import fc from 'fast-check';
import { millis } from '../../../device/core/units.ts';
import type { Item } from './connection.ts';
import { countDevice, monthsOf, readDevice } from './count-device.ts';

describe('what a device\'s item counts', () => {
  const change = (n: number) => ({
    account: 'default', device: 'yard', token: `event ${n}`, events: 1, bytes: n,
    seen: { at: millis(1000 + n), eventAt: millis(5000 - n), month: `20260${(n % 3) + 1}` },
  });

  it('counts each change once, in whatever order and however often it is repeated soon', () =>
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 200 }), (changes) => {
      let item: Item | undefined;
      for (const n of changes) item = countDevice(item, change(n), 8) ?? item;
      const distinct = [...new Set(changes)];
      assert.ok(item);
      assert.deepEqual(readDevice(item), {
        account: 'default', device: 'yard', firstSeen: 1000 + (changes[0] ?? 0), lastSeen: 1000 + Math.max(...distinct),
        lastEventAt: 5000 - Math.min(...distinct),
        events: distinct.length, bytes: distinct.reduce((sum, n) => sum + n, 0),
      });
      assert.deepEqual(monthsOf(item), [...new Set(distinct.map((n) => change(n).seen.month))].toSorted());
    })));

  it('stays small enough to be written for the least price: one kilobyte, in its second year, too', () => {
    let item: Item | undefined;
    for (let n = 0; n < 500; n++) {
      const month = `20${26 + (n % 2)}${String((n % 12) + 1).padStart(2, '0')}`;
      const of = {
        ...change(n), device: 'front-door-camera-of-house-17',
        seen: { ...change(n).seen, at: millis(1_795_262_400_000), month },
      };
      item = countDevice(item, of, 8) ?? item;
    }
    const size = Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
    assert.ok(size < 1024, `${size} bytes`);
  });
});
