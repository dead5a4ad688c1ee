import assert from 'node:assert/strict';
import { indexText } from './index-place.ts';

describe('where the index lies', () => {
  const read = (text: string) => indexText.safeParse(text).data;

  it('is a file of the data folder, or tables with a prefix', () => {
    assert.deepEqual(
      [read('sqlite'), read('dynamodb:tyto')], [{ type: 'sqlite' }, { type: 'dynamodb', prefix: 'tyto' }],
    );
  });

  it('is nothing else', () => {
    for (const text of [
      '', 'SQLite', 'dynamodb', 'dynamodb:', 'dynamodb:a b', 'postgres:tyto', `dynamodb:${'x'.repeat(201)}`,
    ]) {
      assert.equal(read(text), undefined, text);
    }
  });
});
