import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { eventually } from '../../../test/eventually.ts';
import { silentLog } from '../../core/log.ts';
import { millis, minutes } from '../../core/units.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { HouseLane } from './house-lane.ts';
import type { OutboxMessage } from './outbox.ts';

/** A connection whose messages are taken at once, and the disk that they wait on. */
function lane(waiting: string[], count = waiting.length) {
  const clock = new VirtualClock(millis(0));
  const taken: string[] = [];
  const kept = waiting.map((topic, index): OutboxMessage => ({ id: index + 1, topic, payload: Buffer.from('x') }));
  const disk = { asked: 0, isReadOnly: false };
  const outbox = {
    waiting: count,
    next: (limit: number) => { disk.asked += 1; return kept.slice(0, limit); },
    sent: (id: number) => {
      if (disk.isReadOnly) throw new Error('the disk is full');
      kept.splice(kept.findIndex((message) => message.id === id), 1);
    },
  };
  const broker = { refuses: false };
  const client = {
    publishAsync: (topic: string) => {
      taken.push(topic);
      return broker.refuses ? Promise.reject(new Error('it ends')) : Promise.resolve(undefined);
    },
    getLastMessageId: () => 1, removeOutgoingMessage: () => { throw new Error('nothing broke'); },
  };
  const out = new HouseLane({ prefix: 'tyto/barn', outbox, clock, log: silentLog, onProgress: () => {} });
  return { clock, taken, kept, disk, broker, out, open: () => out.open(client, new AbortController().signal) };
}

describe('the way to the house\'s broker', () => {
  it('rests when nothing is on the disk, whatever the count says', async () => {
    const { disk, open } = lane([], 1);
    open();
    await turn();
    await turn();
    assert.equal(disk.asked, 1);
  });

  it('tries again after a fault of the disk, and sends nothing twice', async () => {
    const { clock, taken, kept, disk, open } = lane(['events', 'events']);
    disk.isReadOnly = true;
    open();
    await turn();
    assert.deepEqual([taken.length, kept.length], [1, 2]);
    disk.isReadOnly = false;
    await clock.advance(minutes(2));
    await eventually('both', () => kept.length === 0);
    assert.deepEqual(taken, ['tyto/barn/events', 'tyto/barn/events']);
  });

  it('waits a little with a state that could not be sent although the connection stands', async () => {
    const { clock, taken, broker, out, open } = lane([]);
    broker.refuses = true;
    open();
    out.say('motion', Buffer.from('ON'), false);
    await turn();
    await turn();
    assert.equal(taken.length, 1);
    broker.refuses = false;
    await clock.advance(minutes(2));
    assert.equal(taken.length, 2);
  });
});
