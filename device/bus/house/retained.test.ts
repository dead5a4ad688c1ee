import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { kindOf } from './retained.ts';

describe('what holds of what a device says', () => {
  it('is told alike by the reference, topic by topic', async () => {
    const text = await readFile(new URL('../../../docs/reference/mqtt.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `tyto/'))
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
    const outgoing = rows.filter((cells) => cells.at(-2) === 'out');
    assert.ok(outgoing.length > 15);
    for (const cells of outgoing) {
      const topic = /`tyto\/([^`]+)`/.exec(cells[1] ?? '')?.[1]?.replace(/<[a-z]+>/, 'drive') ?? '';
      if (topic === 'house') continue; // it stays here
      assert.equal(kindOf(topic) === 'kept', (cells.at(-3) ?? '').startsWith('yes'), topic);
    }
  });

  it('is nothing of an event or an answer: each of them counts', () => {
    for (const topic of [
      'events', 'tracked_object_update', 'yard/record/answer', 'yard/trigger/answer', 'something/new',
    ])
      assert.equal(kindOf(topic), 'message');
    for (const topic of ['yard/motion', 'yard/zones/drive/motion', 'yard/person']) assert.equal(kindOf(topic), 'state');
  });
});
