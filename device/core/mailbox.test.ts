import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Mailbox } from './mailbox.ts';

const drain = async (mailbox: Mailbox<{ n: number }>): Promise<number[]> => {
  mailbox[Symbol.dispose]();
  const read: number[] = [];
  for await (const { n } of mailbox) read.push(n);
  return read;
};

describe('mailbox', () => {
  it('keeps the newest items, in order, and hands back every one that it pushes out', () => fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 50 }), fc.integer({
      min: 1, max: 8,
    }), async (numbers, capacity) => {
      const dropped: number[] = [];
      const mailbox = new Mailbox<{ n: number }>(capacity, ({ n }) => dropped.push(n));
      for (const n of numbers) mailbox.put({ n });
      assert.ok(mailbox.waiting <= capacity);
      const read = await drain(mailbox);
      assert.deepEqual([...dropped, ...read], numbers);
    }),
  ));

  it('wakes a reader that waits', async () => {
    const mailbox = new Mailbox<{ n: number }>(1, () => {});
    const first = mailbox[Symbol.asyncIterator]().next();
    mailbox.put({ n: 7 });
    assert.deepEqual((await first).value, { n: 7 });
  });

  it('refuses what comes after it was closed', async () => {
    const dropped: number[] = [];
    const mailbox = new Mailbox<{ n: number }>(2, ({ n }) => dropped.push(n));
    mailbox[Symbol.dispose]();
    mailbox.put({ n: 1 });
    assert.deepEqual([dropped, await drain(mailbox)], [[1], []]);
  });
});
