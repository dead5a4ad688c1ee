import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FragmentReader } from '../contract/mp4-fragment.ts';
import { readSeal } from '../contract/seal.ts';
import { DeviceError } from '../core/errors.ts';
import { bytes, mebibytes, millis } from '../core/units.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { Sealer } from '../evidence/sealer.ts';
import { ClipWriter, mediaFile, type ClipPlan } from './clip-writer.ts';
import { ensureFreeSpace } from './free-space.ts';
import { eventually } from '../../test/eventually.ts';
import { testKey } from '../../test/recording/key.ts';
import { smallDisk } from '../../test/recording/disk.ts';
import { makeFootage, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { hashFile } from '../media/walk-clip.ts';

const startedAt = millis(Date.UTC(2026, 10, 21, 10, 15, 30, 123));
const name = '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4';

describe('clip writer', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(8); });

  const writerTo = (folder: string, more: Partial<ClipPlan> = {}): ClipWriter => new ClipWriter({
    folder, name, init: footage.init, startedAt, queue: mebibytes(64), guard: async () => {}, onOpened: () => {},
    sealer: new Sealer(testKey, { device: 'barn', camera: 'camera', name }), ...more,
  });
  /** From 3 s of the stream on, as an event's clip would. */
  const tail = () => footage.fragments.filter(({ start }) => start >= 3000);

  it('writes a clip that begins at 0, plays whole, and is what it says of itself', async () => {
    await using folder = await temporaryFolder();
    const writer = writerTo(folder.path);
    const run = writer.run();
    for (const fragment of tail()) assert.equal(writer.write(fragment), true);
    writer.close();
    const { clip, fault, lost } = await run;
    const file = path.join(folder.path, '2026-11-21', name);
    assert.deepEqual([fault, lost.fragments], [null, 0]);
    assert.deepEqual(clip, {
      name, bytes: (await stat(file)).size, sha256: await hashFile(file), start_time: 1795256130.123, duration: 5,
      codec: footage.init.codec, width: 160, height: 120,
    });
    const [, first] = new FragmentReader().push(await readFile(file));
    assert.equal(first?.type === 'fragment' && first.fragment.start, 0);
    assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
    assert.equal(writer.durable, 5000);
  });

  it('tells that it is open once its head is on the disk, before any picture', async () => {
    await using folder = await temporaryFolder();
    const opened = Promise.withResolvers<void>();
    const writer = writerTo(folder.path, { onOpened: opened.resolve });
    const run = writer.run();
    await opened.promise;
    const head = new Uint8Array(await readFile(mediaFile(folder.path, name)));
    assert.deepEqual(head.subarray(0, footage.init.data.byteLength), footage.init.data);
    assert.equal(readSeal(head.subarray(footage.init.data.byteLength))?.kind, 'head');
    writer.close();
    assert.equal((await run).clip, null);
    assert.deepEqual(await readdir(path.join(folder.path, '2026-11-21')), [], 'a clip without footage leaves no file');
  });

  it('makes durable what comes after as much video as it is told: each picture of a film, whose next one may be minutes away', async () => {
    const short = footage.fragments.slice(0, 3)
      .map((fragment, index) => ({ ...fragment, start: millis(index * 40), duration: millis(40) }));
    for (const [plan, durable] of [[{ syncEvery: millis(0) }, 120], [{}, 0]] as const) {
      await using folder = await temporaryFolder();
      const opened = Promise.withResolvers<void>();
      const writer = writerTo(folder.path, { ...plan, onOpened: opened.resolve });
      const run = writer.run();
      for (const fragment of short) writer.write(fragment);
      await opened.promise;
      const video = short.reduce((sum, { data }) => sum + data.byteLength, 0);
      await eventually('all is written', async () => (await stat(mediaFile(folder.path, name))).size > video);
      if (durable > 0) await eventually('all is durable', () => writer.durable === durable);
      assert.equal(writer.durable, durable);
      writer.close();
      await run;
    }
  });

  it('loses whole stretches, counted, when the disk is too slow, and never makes the camera wait', async () => {
    await using folder = await temporaryFolder();
    const disk = Promise.withResolvers<void>();
    const groupSize = footage.fragments.filter(({ start }) => start < 1000).reduce(
      (sum, { data }) => sum + data.byteLength, 0,
    );
    const writer = writerTo(folder.path, { guard: () => disk.promise, queue: bytes(groupSize * 2) });
    const run = writer.run();
    const taken = footage.fragments.map((fragment) => writer.write(fragment));
    disk.resolve();
    writer.close();
    const { clip, lost } = await run;
    assert.ok(taken.includes(false));
    assert.equal(lost.fragments, taken.filter((isTaken) => !isTaken).length);
    assert.ok(Math.abs(lost.duration + (clip?.duration ?? 0) * 1000 - 8000) < 1);
    assert.deepEqual(await decodeWhole(mediaFile(folder.path, name), 'mp4'), { ok: true });
  });

  it('is not begun when the guard refuses', async () => {
    await using folder = await temporaryFolder();
    const refusal = new DeviceError('recorder.space-low', 'the disk is nearly full');
    const writer = writerTo(folder.path, { guard: () => Promise.reject(refusal) });
    writer.write(tail()[0] ?? assert.fail());
    const { clip, fault, lost } = await writer.run();
    assert.deepEqual([clip, fault, lost.fragments], [null, refusal, 1]);
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('never writes over a file that is there', async () => {
    await using folder = await temporaryFolder();
    const first = writerTo(folder.path);
    first.write(tail()[0] ?? assert.fail());
    first.close();
    await first.run();
    const before = await hashFile(mediaFile(folder.path, name));
    const { clip, fault } = await writerTo(folder.path).run();
    assert.equal(clip, null);
    assert.ok(fault instanceof DeviceError);
    assert.equal(await hashFile(mediaFile(folder.path, name)), before);
  });

  it('keeps a sound clip of what fitted when the disk fills up', async function () {
    await using disk = await smallDisk(200 * 1024);
    if (disk === undefined) return this.skip(); // mounting needs root
    const writer = writerTo(disk.path);
    const run = writer.run();
    for (const fragment of footage.fragments) writer.write(fragment);
    const { clip, fault, lost } = await run; // without close: the disk ends it
    assert.equal(fault?.code, 'recorder.disk-full');
    assert.match(fault?.message ?? '', /free some space.*recorded before is kept/);
    const file = mediaFile(disk.path, name);
    assert.deepEqual([clip?.bytes, clip?.sha256], [(await stat(file)).size, await hashFile(file)]);
    assert.ok((clip?.duration ?? 0) >= 2);
    assert.ok(Math.abs((clip?.duration ?? 0) * 1000 + lost.duration - 8000) < 1, 'kept and lost are all that came');
    assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
  });

  it('says what to do about a full disk before it begins, and about a read-only one', async function () {
    await using disk = await smallDisk(1024 * 1024);
    if (disk === undefined) return this.skip();
    await writeFile(path.join(disk.path, 'filler'), new Uint8Array(1000 * 1024));
    await assert.rejects(ensureFreeSpace(disk.path, mebibytes(500)), {
      code: 'recorder.space-low', message: /nearly full: 0\.0 MiB are free/,
    });
    disk.remount('ro');
    await assert.rejects(ensureFreeSpace(disk.path, mebibytes(500)), {
      code: 'recorder.read-only', message: /read-only/,
    });
    assert.equal((await writerTo(disk.path).run()).fault?.code, 'recorder.read-only');
  });
});
