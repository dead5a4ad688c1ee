import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { syncFolder, writeFileDurably } from './write-file.ts';

describe('durable files', () => {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-durable-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  it('puts a file in place whole, for its owner only, and leaves no draft beside it', async () => {
    const file = path.join(folder, 'a');
    await writeFileDurably(file, 'first');
    await writeFileDurably(file, 'second');
    assert.deepEqual(
      [await readFile(file, 'utf8'), (await stat(file)).mode & 0o777, await readdir(folder)], ['second', 0o600, ['a']],
    );
  });

  it('leaves the old file alone when the new one cannot be put there', async () => {
    const file = path.join(folder, 'a');
    await writeFile(file, 'old');
    await assert.rejects(writeFileDurably(path.join(file, 'b'), 'new'), { code: 'ENOTDIR' });
    assert.equal(await readFile(file, 'utf8'), 'old');
  });

  it('asks no more of a file system than it can do: some cannot sync a folder', async function () {
    if (!existsSync('/proc/self')) return this.skip();
    await syncFolder('/proc');
    await assert.rejects(syncFolder(path.join(folder, 'nowhere')), { code: 'ENOENT' });
  });
});
