import assert from 'node:assert/strict';
import { testFiles } from './batches.js';
import { chosen } from './choice.js';

describe('the tests that are asked for', () => {
  const all = testFiles('.');

  it('are all where no file is named, also when a title is asked for that is the name of a folder', () => {
    assert.deepEqual(chosen(['--grep', 'device'], '.'), [...all, '--grep', 'device']);
    assert.deepEqual(chosen(['--bail'], '.'), [...all, '--bail']);
  });
  it('are the files and patterns that are named', () =>
    assert.deepEqual(chosen(['tools/tests/choice.test.ts', 'device/**/*.test.ts', '-g', 'x'], '.'), [
      'tools/tests/choice.test.ts', 'device/**/*.test.ts', '-g', 'x',
    ]));
  it('are those of a folder, however deep, and nothing else that lies there', () => {
    for (const name of ['device/vision', './device/vision/']) {
      const found = chosen([name], '.');
      assert.deepEqual(found, all.filter((file) => file.startsWith('device/vision/')));
      assert.ok(found.some((file) => file.split('/').length > 3));
    }
  });
});
