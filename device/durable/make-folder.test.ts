import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeFolder, makeFolderSync } from './make-folder.ts';

const WAYS = [
  ['waiting', makeFolder],
  ['at once', async (folder: string, mode?: number) => makeFolderSync(folder, mode)],
] as const;

describe('a folder and the parents it lacks', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(path.join(tmpdir(), 'tyto-folder-')); });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const below = (...names: readonly string[]): string => path.join(root, ...names);

  for (const [how, make] of WAYS) {
    it(`are made, ${how}, and the outermost is told`, async () => {
      assert.equal(await make(below('a', 'b', 'c'), 0o700), below('a'));
      assert.equal((await stat(below('a', 'b', 'c'))).mode & 0o777, 0o700);
      assert.equal(await make(below('a', 'b', 'd')), below('a', 'b', 'd'));
      assert.equal(await make(below('a', 'b', 'd')), undefined);
      assert.equal(await make('/'), undefined);
    });

    it(`are refused, ${how}, where a file is in the way`, async () => {
      await writeFile(below('file'), '');
      await assert.rejects(make(below('file')), { code: 'EEXIST' });
      await assert.rejects(make(below('file', 'a', 'b')), { code: 'ENOTDIR' });
    });

    it(`are given up, ${how}, where the system says that what is there is not`, async function () {
      if (process.platform !== 'linux') this.skip();
      await assert.rejects(make('/proc/tyto/a/b'), { code: 'ENOENT', path: '/proc/tyto' });
    });
  }

  it('are made by several at once', async () => {
    const firsts = await Promise.all(Array.from({ length: 8 }, () => makeFolder(below('a', 'b', 'c'))));
    assert.equal((await stat(below('a', 'b', 'c'))).isDirectory(), true);
    assert.equal(firsts.filter((first) => first === below('a')).length, 1);
  });
});
