import assert from 'node:assert/strict';
import { eventAt, dawn } from '../../test/recording/events.ts';
import { seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { KeptFirst } from './kept-first.ts';

function kept() {
  const clock = new VirtualClock(dawn);
  const told: string[] = [];
  const writes: PromiseWithResolvers<void>[] = [];
  const first = new KeptFirst({
    clock, tell: ({ type }) => told.push(type),
    written: () => {
      const write = Promise.withResolvers<void>();
      writes.push(write);
      return write.promise;
    },
  });
  const tell = (type: 'new' | 'update' | 'end'): void => first.tell({ type, before: eventAt(0), after: eventAt(0) });
  return { first, tell, told, writes, clock };
}

describe('an event that is told', () => {
  it('is in the catalogue first', async () => {
    const { first, tell, told, writes, clock } = kept();
    tell('new');
    await clock.advance(seconds(0.9));
    assert.deepEqual(told, []);
    writes[0]?.resolve();
    await first.settled();
    assert.deepEqual(told, ['new']);
  });

  it('is told in the order of what happened, whatever is written first', async () => {
    const { first, tell, told, writes } = kept();
    tell('new');
    tell('update');
    tell('end');
    for (const write of writes.toReversed()) write.resolve();
    await first.settled();
    assert.deepEqual(told, ['new', 'update', 'end']);
  });

  it('does not wait for a disk that stands still', async () => {
    const { tell, told, clock } = kept();
    tell('new');
    tell('update');
    await clock.advance(seconds(1));
    assert.deepEqual(told, ['new', 'update']);
  });
});
