import assert from 'node:assert/strict';
import { oneAtATime } from './one-at-a-time.ts';

describe('one at a time', () => {
  it('begins what is asked when what was asked before has ended, well or not, and tells each who asked', async () => {
    const said: string[] = [];
    const answers = [Promise.withResolvers<string>(), Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const ask = oneAtATime(async (index: number) => {
      said.push(`begins ${index}`);
      return await answers[index]?.promise.finally(() => said.push(`ends ${index}`));
    });
    const asked = Promise.allSettled([ask(0), ask(1), ask(2)]);
    answers[2]?.resolve('third');
    answers[1]?.reject(new Error('no second'));
    answers[0]?.resolve('first');
    const told = (await asked).map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message));
    assert.deepEqual(told, ['first', 'no second', 'third']);
    assert.deepEqual(said, ['begins 0', 'ends 0', 'begins 1', 'ends 1', 'begins 2', 'ends 2']);
  });
});
