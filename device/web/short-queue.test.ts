import assert from 'node:assert/strict';
import { shortQueue } from './short-queue.ts';

describe('a short queue', () => {
  const stays = (): boolean => false;

  it('refuses what comes when it is full, clearly, and has room again when something is done, well or not', async () => {
    const queue = shortQueue('pictures', 2);
    const answer = Promise.withResolvers<string>();
    const asked = [queue(stays, () => answer.promise), queue(stays, () => Promise.reject(new Error('no second')))];
    const refused = { status: 503, code: 'http.too-many', retryAfter: 5, message: /2 pictures are waited for/ };
    await assert.rejects(queue(stays, () => Promise.resolve('third')), refused);
    answer.resolve('first');
    const told = await Promise.allSettled(asked);
    assert.deepEqual(told.map(({ status }) => status), ['fulfilled', 'rejected']);
    assert.equal(await queue(stays, () => Promise.resolve('fourth')), 'fourth');
  });

  it('does nothing for who has left when the turn comes', async () => {
    const queue = shortQueue('pictures', 2);
    const answer = Promise.withResolvers<string>();
    let hasLeft = false;
    const first = queue(() => hasLeft, () => answer.promise);
    const second = queue(() => hasLeft, () => assert.fail('nobody waits for it'));
    await Promise.resolve(); // the first has begun
    await Promise.resolve();
    hasLeft = true;
    answer.resolve('begun before');
    assert.deepEqual(await Promise.all([first, second]), ['begun before', undefined]);
  });
});
