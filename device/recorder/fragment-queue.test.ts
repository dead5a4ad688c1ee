import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bytes } from '../core/units.ts';
import { FragmentQueue } from './fragment-queue.ts';
import { shapedFragments } from '../../test/recording/footage.ts';

/** What a reader gets of `shape` when it reads only where `shape` has a `|`, and what was lost. */
async function play(shape: string, capacity: number): Promise<{ kept: string; lost: FragmentQueue['loss'] }> {
  const queue = new FragmentQueue(bytes(capacity));
  const reader = queue[Symbol.asyncIterator]();
  const fragments = shapedFragments(shape.replaceAll('|', ''))[Symbol.iterator]();
  const kept: string[] = [];
  let taken = 0;
  const read = async (): Promise<boolean> => {
    const { value } = await reader.next();
    if (value !== undefined) kept.push(`${value.key ? 'K' : '.'}${value.start}`);
    return value !== undefined;
  };
  for (const letter of shape) {
    if (letter !== '|') taken += queue.offer(fragments.next().value ?? never()) ? 1 : 0;
    else if (taken > kept.length) await read();
  }
  queue.close();
  for (let hasMore = true; hasMore;) hasMore = await read();
  return { kept: kept.join(' '), lost: queue.loss };
}

const never = (): never => { throw new Error('there are as many fragments as letters'); };

describe('fragment queue', () => {
  it('hands everything on while there is room', async () =>
    assert.deepEqual(await play('K.|K.|', 1000), {
      kept: 'K0 .500 K1000 .1500', lost: { fragments: 0, duration: 0, gaps: 0 },
    }));
  it('loses whole stretches up to the next keyframe when the disk is too slow, and counts them', async () =>
    assert.deepEqual(await play('K..||.K.', 200), {
      kept: 'K0 .500 K2000 .2500', lost: { fragments: 2, duration: 1000, gaps: 1 },
    }));
  it('counts what comes after the end as lost', async () => {
    const queue = new FragmentQueue(bytes(1000));
    const [first, second] = shapedFragments('K.');
    assert.equal(queue.offer(first ?? never()), true);
    queue.abandon();
    assert.equal(queue.offer(second ?? never()), false);
    assert.deepEqual(queue.loss, { fragments: 2, duration: 1000, gaps: 1 });
    assert.equal((await queue[Symbol.asyncIterator]().next()).done, true);
  });

  it('never holds more than it may, loses nothing unseen, and hands on only what can be decoded', () => fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('K', '.', '.', '|'), { maxLength: 80 }), fc.integer({
      min: 1, max: 6,
    }), async (marks, room) => {
      const shape = `K${marks.join('')}`;
      const { kept, lost } = await play(shape, room * 100);
      const handedOn = kept === '' ? [] : kept.split(' ');
      assert.equal(handedOn.length + lost.fragments, shape.replaceAll('|', '').length);
      handedOn.forEach((entry, index) => {
        const [previous, at] = [Number(handedOn[index - 1]?.slice(1) ?? -500), Number(entry.slice(1))];
        assert.ok(entry.startsWith('K') || at === previous + 500, kept);
      });
    }),
  ));
});
