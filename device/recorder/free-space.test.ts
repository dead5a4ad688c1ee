import assert from 'node:assert/strict';
import { readdir, rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { smallDisk } from '../../test/recording/disk.ts';
import { temporaryFolder } from '../../test/recording/footage.ts';
import { DeviceError } from '../core/errors.ts';
import { mebibytes, millis, seconds, type Millis } from '../core/units.ts';
import { SpaceGuard } from './free-space.ts';

const MIB = 1024 ** 2;

describe('the room for recordings', () => {
  it('is looked at every half a minute, and sooner the faster the disk fills', async function () {
    await using disk = await smallDisk(16 * MIB);
    if (disk === undefined) return this.skip();
    let looks = 0;
    const guard = new SpaceGuard(disk.path, mebibytes(1), async () => { looks++; });
    const looksAgain = (at: Millis) => {
      const before = looks;
      return eventually(`a look at ${at} ms`, () => { // while it looks, another one may not begin
        guard.poll(at);
        return looks === before + 1;
      });
    };
    await looksAgain(millis(0));
    guard.poll(seconds(29));
    assert.equal(looks, 1);
    await looksAgain(seconds(31));
    guard.wrote(MIB / 2);
    guard.poll(seconds(32));
    assert.equal(looks, 2, 'a small part of what is free');
    guard.wrote(2 * MIB);
    await looksAgain(seconds(33));
    const { bavail, bsize } = await statfs(disk.path);
    await writeFile(path.join(disk.path, 'filler'), Buffer.alloc(bavail * bsize - 2 * MIB));
    await looksAgain(seconds(64));
    guard.wrote(MIB / 2);
    await looksAgain(seconds(65));
  });

  it('is looked at every five seconds while there is none: somebody may be making some', async function () {
    await using disk = await smallDisk(16 * MIB);
    if (disk === undefined) return this.skip();
    const filler = path.join(disk.path, 'filler');
    const { bavail, bsize } = await statfs(disk.path);
    await writeFile(filler, Buffer.alloc(bavail * bsize));
    const guard = new SpaceGuard(disk.path, mebibytes(1));
    await assert.rejects(guard.ensure(), {
      code: 'recorder.space-low', message: /0\.0 MiB are free .*; free some space, or use a larger disk$/,
    });
    await eventually('a look', () => {
      guard.poll(seconds(0));
      return guard.refusal !== null;
    });
    await rm(filler);
    await eventually('room', () => {
      guard.poll(seconds(6));
      return guard.refusal === null;
    });
  });

  it('is there again only once the disk has taken something, whatever it says of itself', async function () {
    await using disk = await smallDisk(4 * MIB);
    if (disk === undefined) return this.skip();
    const guard = new SpaceGuard(disk.path, mebibytes(0));
    await guard.ensure();
    const filler = path.join(disk.path, 'filler');
    const { bavail, bsize } = await statfs(disk.path);
    await writeFile(filler, Buffer.alloc(bavail * bsize));
    await guard.ensure(); // nothing is tried of a disk that has refused nothing
    guard.failed(new DeviceError('recorder.disk-full', 'no room'));
    await assert.rejects(guard.ensure(), { code: 'recorder.disk-full' });
    assert.equal(guard.refusal?.code, 'recorder.disk-full');
    await rm(filler);
    await guard.ensure();
    assert.deepEqual([guard.refusal, await readdir(disk.path)], [null, []]);
  });

  it('says once what is wrong with a disk that refuses clip after clip', async () => {
    await using folder = await temporaryFolder();
    const guard = new SpaceGuard(folder.path, mebibytes(0));
    const fault = (code: string) => guard.failed(new DeviceError(code, 'no'));
    assert.deepEqual(['a', 'a', 'b', 'a'].map(fault), [true, false, true, true]);
    await guard.ensure();
    assert.equal(fault('a'), true, 'it was well in between');
  });

  it('is looked at once at a time, however slow the disk is', async function () {
    await using disk = await smallDisk(4 * MIB);
    if (disk === undefined) return this.skip();
    const slow = Promise.withResolvers<void>();
    let looks = 0;
    const guard = new SpaceGuard(disk.path, mebibytes(0), () => { looks++; return slow.promise; });
    for (let at = 0; at < 10; at++) guard.poll(seconds(at * 60));
    assert.equal(looks, 1);
    slow.resolve();
    await eventually('the next look', () => {
      guard.poll(seconds(600));
      return looks === 2;
    });
  });
});
