import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { batches, testFiles } from './batches.js';

describe('the batches in which tests run', () => {
  const files = testFiles('.');

  it('hold every test of the project once', () => {
    const all = globSync(['tools', 'device', 'fleet', 'test'].map((folder) => `${folder}/**/*.test.ts`));
    assert.deepEqual(batches(files).flatMap((batch) => batch.files).toSorted(), all.toSorted());
  });
  it('are several, none of them empty, each with a name', () => {
    const made = batches(files);
    assert.ok(made.length > 3 && made.every((batch) => batch.files.length > 0));
    assert.equal(new Set(made.map(({ name }) => name)).size, made.length);
  });
  it('begin with what lives in real time, and end with what belongs to none', () => {
    assert.deepEqual(
      batches(['device/core/a.test.ts', 'test/house/b.test.ts', 'fleet/c.test.ts', 'test/e2e/d.test.ts'])
        .map((batch) => [batch.name, batch.files]),
      [
        ['test/e2e', ['test/e2e/d.test.ts']], ['fleet', ['fleet/c.test.ts']], ['test, tools', ['test/house/b.test.ts']],
        ['the rest', ['device/core/a.test.ts']],
      ],
    );
  });
});
