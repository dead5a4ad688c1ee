import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FairQueue, type Piece } from './fair-queue.ts';

const piece = (lane: string, number: number, subject = `${lane}${number}`): Piece =>
  ({ lane, id: `${lane}${number}`, subject });

describe('fair queue', () => {
  it('lets lanes take turns', async () => {
    using queue = new FairQueue(1);
    for (const one of [piece('a', 1), piece('a', 2), piece('a', 3), piece('b', 1), piece('c', 1)])
      assert.ok(queue.offer(one));
    const order: string[] = [];
    for (let n = 0; n < 5; n++) {
      const next = await queue.take();
      assert.ok(next);
      order.push(next.id);
      queue.done(next);
    }
    assert.deepEqual(order, ['a1', 'b1', 'c1', 'a2', 'a3']);
  });

  it('has only so many pieces of a lane in work: a slow device is in nobody else\'s way', async () => {
    using queue = new FairQueue(2);
    for (const one of [piece('slow', 1), piece('slow', 2), piece('slow', 3)]) queue.offer(one);
    assert.deepEqual([(await queue.take())?.id, (await queue.take())?.id], ['slow1', 'slow2']);
    const next = queue.take();
    queue.offer(piece('quick', 1));
    assert.equal((await next)?.id, 'quick1');
    const last = queue.take();
    queue.done(piece('slow', 1));
    assert.equal((await last)?.id, 'slow3');
  });

  it('has nothing in work twice at once', async () => {
    using queue = new FairQueue(2);
    for (const one of [piece('a', 1, 'event'), piece('a', 2, 'event'), piece('a', 3)]) queue.offer(one);
    assert.deepEqual([(await queue.take())?.id, (await queue.take())?.id], ['a1', 'a3']);
    const next = queue.take();
    queue.done(piece('a', 3));
    queue.done(piece('a', 1));
    assert.equal((await next)?.id, 'a2');
  });

  it('takes each piece once while it waits or is in work', async () => {
    using queue = new FairQueue(1);
    assert.deepEqual([queue.offer(piece('a', 1)), queue.offer(piece('a', 1))], [true, false]);
    const first = await queue.take();
    assert.ok(first);
    assert.equal(queue.offer(piece('a', 1)), false);
    queue.done(first);
    assert.equal(queue.offer(piece('a', 1)), true);
  });

  it('grows no further than its bounds', () => {
    using queue = new FairQueue(1);
    for (let n = 0; n < 1500; n++) queue.offer(piece('a', n));
    assert.equal(queue.waiting, 1000);
    for (let n = 0; n < 10_500; n++) queue.offer(piece(`lane ${n} `, 0));
    assert.equal(queue.waiting, 1000 + 9999);
  });

  it('ends for those who wait when it is closed', async () => {
    const queue = new FairQueue(1);
    const waiting = [queue.take(), queue.take()];
    queue[Symbol.dispose]();
    assert.deepEqual(await Promise.all(waiting), [undefined, undefined]);
    assert.equal(queue.offer(piece('a', 1)), false);
  });

  it('gives out every piece exactly once, whatever the order of offers and ends', () => fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 5 })), { maxLength: 40 }), async (offers) => {
      const queue = new FairQueue(2);
      const got: string[] = [];
      const worker = async (): Promise<void> => {
        for (let next = await queue.take(); next !== undefined; next = await queue.take()) {
          got.push(next.id);
          await Promise.resolve();
          queue.done(next);
        }
      };
      const workers = [worker(), worker(), worker()];
      const taken = offers.filter(([lane, number]) => queue.offer(piece(lane, number)));
      while (queue.waiting > 0) await new Promise((resolve) => { setImmediate(resolve); });
      await new Promise((resolve) => { setImmediate(resolve); });
      queue[Symbol.dispose]();
      await Promise.all(workers);
      assert.deepEqual(got.sort(), taken.map(([lane, number]) => `${lane}${number}`).sort());
    },
  )));
});
