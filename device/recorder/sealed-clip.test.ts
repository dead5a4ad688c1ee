import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { boxesIn, concat } from '../contract/mp4-boxes.ts';
import { mebibytes, millis } from '../core/units.ts';
import { Sealer } from '../evidence/sealer.ts';
import { makeFootage, temporaryFolder } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';
import { ClipWriter, mediaFile } from './clip-writer.ts';
import { recoverClip } from './recover-clip.ts';
import { verifyClip, type ClipReport } from './verify-clip.ts';

const startedAt = millis(Date.UTC(2026, 10, 21, 10, 15, 30, 123));
const name = '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4';
/** Boxes of a clip: ftyp, moov, seal of the head; then seal, moof, mdat for each fragment; the seal of the end. */
const [headBoxes, fragmentBoxes] = [3, 3];

describe('a sealed clip', () => {
  let clip: Buffer;

  before(async () => {
    const footage = await makeFootage(5);
    await using folder = await temporaryFolder();
    const writer = new ClipWriter({
      folder: folder.path, name, init: footage.init, startedAt, queue: mebibytes(64),
      guard: async () => {}, onOpened: () => {},
      sealer: new Sealer(testKey, { device: 'barn', camera: 'camera', name }),
    });
    const run = writer.run();
    for (const fragment of footage.fragments) writer.write(fragment);
    writer.close();
    await run;
    clip = await readFile(mediaFile(folder.path, name));
  });

  async function verified(content: Uint8Array): Promise<ClipReport> {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    await writeFile(file, content);
    return await verifyClip(file);
  }

  /** The clip with its boxes as `change` leaves them. */
  const changed = (change: (boxes: Uint8Array[]) => void): Uint8Array => {
    const boxes = [...boxesIn(clip)].map(({ data }) => data);
    change(boxes);
    return concat(boxes);
  };
  const boxesOf = (fragment: number): number => headBoxes + (fragment - 1) * fragmentBoxes;

  it('is proved untouched, with the device it comes from, by the file alone', async () => {
    const { seals, intact, decode } = await verified(clip);
    assert.deepEqual([intact, decode?.ok], [true, true]);
    assert.deepEqual(seals, {
      state: 'complete', facts: { version: 1, device: 'barn', camera: 'camera', name, key: testKey.publicKey },
    });
  });

  it('is none the worse for a camera that sent nothing for a while: that is what was recorded', async () => {
    const { init, fragments } = await makeFootage(5);
    await using folder = await temporaryFolder();
    const writer = new ClipWriter({
      folder: folder.path, name, init, startedAt, queue: mebibytes(64), guard: async () => {}, onOpened: () => {},
      sealer: new Sealer(testKey, { device: 'barn', camera: 'camera', name }),
    });
    const run = writer.run();
    for (const fragment of fragments.filter((_, index) => index !== 4 && index !== 5)) writer.write(fragment);
    writer.close();
    await run;
    const { faults, intact, seals } = await verifyClip(mediaFile(folder.path, name));
    assert.deepEqual([faults.map(({ kind }) => kind), seals.state, intact], [['gap'], 'complete', true]);
  });

  it('is not taken for the work of another device', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    await writeFile(file, clip);
    const [own, foreign] = [
      await verifyClip(file, { key: testKey.publicKey }), await verifyClip(file, { key: 'A'.repeat(43) }),
    ];
    assert.deepEqual([own.key, own.intact, foreign.key, foreign.intact], ['same', true, 'different', false]);
  });

  it('betrays a changed picture, and tells where', async () => {
    const altered = Buffer.from(clip);
    const mdat = changed(() => {}).byteLength - 400; // in the last fragment's pictures
    altered.writeUInt8(altered.readUInt8(mdat) ^ 1, mdat);
    const { seals, faults, intact } = await verified(altered);
    assert.deepEqual([seals.state, intact], ['altered', false]);
    assert.match(faults.find(({ kind }) => kind === 'altered')?.message ?? '', /not what was recorded \(fragment 10\)/);
  });

  it('betrays a stretch that was cut out, or moved elsewhere', async () => {
    const cut = await verified(changed((boxes) => boxes.splice(boxesOf(4), 2 * fragmentBoxes)));
    assert.equal(cut.seals.state, 'altered');
    assert.match(
      cut.faults.find(({ kind }) => kind === 'altered')?.message ?? '', /2 fragments .* are gone \(fragment 6\)/,
    );
    const moved = await verified(changed((boxes) =>
      boxes.splice(boxesOf(3), 0, ...boxes.splice(boxesOf(6), fragmentBoxes))));
    assert.equal(moved.seals.state, 'altered');
  });

  it('betrays another device\'s name, and seals that were taken off a fragment', async () => {
    const forged = Buffer.from(clip);
    forged.write('shed', forged.indexOf('"barn"') + 1);
    assert.equal((await verified(forged)).seals.state, 'altered');
    const bare = await verified(changed((boxes) => boxes.splice(boxesOf(5), 1)));
    assert.equal(bare.seals.state, 'altered');
  });

  it('is proved up to where a crash cut it, before its recovery and after', async () => {
    const torn = clip.subarray(0, -3000);
    const before = await verified(torn);
    assert.deepEqual([before.seals.state, before.faults.map(({ kind }) => kind)], ['cut', ['torn-end']]);
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    await writeFile(file, torn);
    await recoverClip(folder.path, file);
    const after = await verifyClip(file);
    assert.deepEqual([after.seals.state, after.fragments, after.intact], ['cut', 9, true]);
  });

  it('keeps its last seal when a recovery finds nothing to recover', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    await writeFile(file, clip);
    const found = await recoverClip(folder.path, file);
    assert.equal(found.playable && found.cutBytes, 0);
    assert.equal((await verifyClip(file)).seals.state, 'complete');
  });
});
