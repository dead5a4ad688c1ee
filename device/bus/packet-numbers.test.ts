import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type * as packets from 'mqtt-packet';
import { makeNumbersWhenNeeded } from './packet-numbers.ts';

describe('packets of the bus', () => {
  for (const user of ['mqtt', 'aedes'] as const) {
    it(`are written by ${user} without a table of all numbers`, () => {
      makeNumbersWhenNeeded(user);
      const { writeToStream } = createRequire(createRequire(import.meta.url).resolve(user))(
        'mqtt-packet',
      ) as typeof packets;
      assert.equal(writeToStream.cacheNumbers, false);
    });
  }
});
