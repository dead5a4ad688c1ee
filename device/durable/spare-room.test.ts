import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { smallDisk } from '../../test/recording/disk.ts';
import { SpareRoom } from './spare-room.ts';

const MIB = 1024 * 1024;

describe('spare room', () => {
  let folder = '';
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-spare-')); });
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  it('is there once it is taken, and given up once', async () => {
    const file = path.join(folder, 'spare');
    const spare = new SpareRoom(file);
    assert.equal(spare.giveUp(), false);
    spare.keep();
    const { size, blocks } = await stat(file);
    assert.deepEqual([size, blocks * 512 >= MIB], [MIB, true], 'the disk holds all of it');
    assert.deepEqual([spare.giveUp(), spare.giveUp(), await readdir(folder)], [true, false, []]);
  });

  it('is written once, and again where a crash left a part of it', async () => {
    const file = path.join(folder, 'spare');
    const spare = new SpareRoom(file);
    spare.keep();
    const { mtimeMs } = await stat(file);
    spare.keep();
    assert.equal((await stat(file)).mtimeMs, mtimeMs);
    await truncate(file, 4096);
    spare.keep();
    assert.equal((await stat(file)).size, MIB);
  });

  it('is not taken of a disk that has little, nor where nothing may be written', async function () {
    await writeFile(path.join(folder, 'no folder'), '');
    new SpareRoom(path.join(folder, 'no folder', 'spare')).keep();
    await using disk = await smallDisk(8 * MIB);
    if (disk === undefined) return this.skip();
    new SpareRoom(path.join(disk.path, 'spare')).keep();
    assert.deepEqual(await readdir(disk.path), []);
  });
});
