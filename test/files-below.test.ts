import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { filesBelow } from './files-below.ts';

describe('the files that a test sees below a folder', () => {
  it('are all that lie there, and none of a folder that is not there', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'tyto-files-'));
    await mkdir(path.join(root, 'b/c'), { recursive: true });
    for (const file of ['b/c/two', 'a']) await writeFile(path.join(root, file), '');
    assert.deepEqual(await filesBelow(root), ['a', 'b/c/two']);
    await rm(root, { recursive: true });
    assert.deepEqual(await filesBelow(root), []);
  });

  it('do not seem gone because a folder beside theirs is removed meanwhile', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'tyto-files-'));
    await mkdir(path.join(root, 'shed/21'), { recursive: true });
    await writeFile(path.join(root, 'shed/21/event.json'), '');
    const done = new AbortController();
    const comingAndGoing = (async () => {
      while (!done.signal.aborted) {
        await mkdir(path.join(root, 'yard/21'), { recursive: true });
        for (const folder of ['yard/21', 'yard']) await rmdir(path.join(root, folder));
      }
    })();
    for (let look = 0; look < 300; look++) assert.deepEqual(await filesBelow(root), ['shed/21/event.json']);
    done.abort();
    await comingAndGoing;
    await rm(root, { recursive: true });
  });
});
