import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { FragmentReader, rebaseFragment } from '../contract/mp4-fragment.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { mediaFile } from './clip-writer.ts';
import { recoverClip, type Recovery } from './recover-clip.ts';
import { formattedDisk, mountedImage, smallDisk } from '../../test/recording/disk.ts';
import { makeFootage, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { hashFile } from '../media/walk-clip.ts';

const name = '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4';

describe('recovery of clips', function () {
  let footage: Footage;
  let whole: Buffer;
  before(async () => {
    footage = await makeFootage(10);
    whole = Buffer.concat([
      footage.init.data, ...footage.fragments.map((fragment, index) => rebaseFragment(fragment, 0, index + 1)),
    ]);
  });

  /** What recovery makes of a file with `content`. */
  async function recovered(folder: string, content: Uint8Array): Promise<{ file: string; found: Recovery }> {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return { file, found: await recoverClip(folder, file) };
  }

  it('leaves a whole clip as it is, and says what is in it', async () => {
    await using folder = await temporaryFolder();
    const { file, found } = await recovered(folder.path, whole);
    assert.deepEqual(found, {
      playable: true, bytes: whole.byteLength, sha256: await hashFile(file),
      duration: 10_000, fragments: footage.fragments.length,
      codec: footage.init.codec, size: { width: 160, height: 120 }, encrypted: false, cutBytes: 0, savedTail: undefined,
    });
    assert.deepEqual(await readFile(file), whole);
  });

  it('makes every clip play that is cut at any of 200 bytes, and loses at most the fragment that was cut', async () => {
    // in memory where we may: 200 rounds
    await using folder = await smallDisk(32 * 1024 * 1024) ?? await temporaryFolder();
    const file = path.join(folder.path, name);
    let worst = 0;
    for (let round = 0; round < 200; round++) {
      const cutAt = 1 + (round * 2_654_435_761) % (whole.byteLength - 1);
      await writeFile(file, whole.subarray(0, cutAt));
      const found = await recoverClip(folder.path, file);
      const arrived = new FragmentReader().push(whole.subarray(0, cutAt)).length - 1;
      assert.equal(found.playable, arrived > 0, `cut at ${cutAt}`);
      if (!found.playable) continue;
      const parts = new FragmentReader().push(await readFile(file));
      assert.equal(parts.length - 1, arrived);
      assert.equal(found.bytes, (await stat(file)).size);
      assert.ok(whole.subarray(0, found.bytes).equals(await readFile(file)), 'what is kept was not touched');
      const shown = 10_000 * (cutAt - footage.init.data.byteLength) / (whole.byteLength - footage.init.data.byteLength);
      worst = Math.max(worst, shown - found.duration);
      if (round % 20 === 0) assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true }, `cut at ${cutAt}`);
    }
    assert.ok(worst <= 1000, `${worst} ms were lost: a fragment is half a second, 2 s are promised`);
  });

  it('cuts off the zeros that a power cut leaves at the end, outside and inside of a fragment', async () => {
    await using folder = await temporaryFolder();
    const { found: outside } = await recovered(folder.path, Buffer.concat([whole, new Uint8Array(5000)]));
    assert.deepEqual([outside.playable && outside.cutBytes, outside.playable && outside.duration], [5000, 10_000]);
    const { file, found: inside } = await recovered(
      folder.path, Buffer.concat([whole.subarray(0, -10_000), new Uint8Array(10_000)]),
    );
    assert.equal(inside.playable && inside.duration, footage.fragments.at(-1)?.start);
    assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
  });

  it('keeps a copy of what it cuts when more than a torn fragment may be in it', async () => {
    await using folder = await temporaryFolder();
    const damaged = Buffer.from(whole);
    const fourth = footage.init.data.byteLength
      + footage.fragments.slice(0, 3).reduce((sum, { data }) => sum + data.byteLength, 0);
    damaged.fill(0xff, fourth, fourth + 16);
    const { found } = await recovered(folder.path, damaged);
    assert.ok(found.playable && found.fragments === 3 && found.savedTail !== undefined);
    assert.deepEqual(await readFile(found.savedTail), damaged.subarray(fourth));
    assert.equal(path.dirname(found.savedTail), path.join(folder.path, 'lost+found'));
  });

  it('passes over a damaged fragment in the middle: the video after it stays', async () => {
    await using folder = await temporaryFolder();
    const damaged = Buffer.from(whole);
    const traf = damaged.indexOf('traf', damaged.indexOf('moof', 100_000));
    damaged.write('xxxx', traf);
    const { found } = await recovered(folder.path, damaged);
    assert.ok(found.playable
      && found.cutBytes === 0
      && found.duration === 10_000
      && found.fragments === footage.fragments.length - 1);
  });

  it('moves a file in which nothing can be played to lost+found, with the reason, and deletes nothing', async () => {
    await using folder = await temporaryFolder();
    for (const content of [
      new Uint8Array(0), footage.init.data, whole.subarray(0, 900), Buffer.from('<html>no video</html>'),
    ]) {
      const { file, found } = await recovered(folder.path, content);
      assert.ok(!found.playable && found.reason.length > 10);
      assert.deepEqual(new Uint8Array(await readFile(found.movedTo)), new Uint8Array(content));
      assert.equal(await readFile(`${found.movedTo}.reason.txt`, 'utf8'), `${found.reason}\n`);
      await assert.rejects(stat(file), { code: 'ENOENT' });
    }
    assert.equal(
      (await readdir(path.join(folder.path, 'lost+found'))).length, 8, 'four files, four reasons, none overwritten',
    );
  });

  it('does not touch a file that it cannot read', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, name);
    await mkdir(file); // reading a folder fails as a bad disk does
    await assert.rejects(recoverClip(folder.path, file), { code: 'recorder.write-failed' });
    assert.ok((await stat(file)).isDirectory());
  });

  it('finds all that was reported durable by a recorder that was killed at once', async () => {
    await using folder = await temporaryFolder();
    const video = path.join(folder.path, 'video.mp4');
    await writeFile(video, whole);
    for (let round = 0; round < 6; round++) {
      const media = path.join(folder.path, `media-${round}`);
      const durable = await writeUntilKilled(media, video, 3 + round * 9);
      assert.ok(durable.size > 0);
      for (const [clip, reported] of durable) {
        const file = mediaFile(media, clip);
        if (reported === 0 && !existsSync(file)) continue; // killed before it was made
        const found = await recoverClip(media, file);
        if (reported === 0 && !found.playable) continue; // killed before its first second
        assert.ok(found.playable
          && found.duration >= reported, `${clip}: ${reported} ms were durable, ${JSON.stringify(found)}`);
        assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
      }
    }
  });

  it('finds all that was reported durable after the power was cut: what the disk held at that instant is enough', async function () {
    await using folder = await temporaryFolder();
    const video = path.join(folder.path, 'video.mp4');
    await writeFile(video, whole);
    for (const lines of [4, 17, 33]) {
      const image = path.join(folder.path, `disk-${lines}`);
      const afterwards = `${image}-afterwards`;
      {
        await using disk = await formattedDisk(image);
        if (disk === undefined) return this.skip(); // mounting needs root
        const durable = await writeUntilKilled(disk.path, video, lines, () => copyFile(image, afterwards));
        await using cut = await mountedImage(afterwards);
        if (cut === undefined) return this.skip();
        for (const [clip, reported] of durable) {
          if (reported === 0) continue;
          const file = mediaFile(cut.path, clip);
          const found = await recoverClip(cut.path, file);
          assert.ok(found.playable
            && found.duration >= reported, `${clip}: ${reported} ms were durable, ${JSON.stringify(found)}`);
          assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
        }
      }
    }
  });
});

/**
 * Starts a writer, kills it without warning after `lines` of its reports, and returns what it had reported of each clip
 * by then. `whileHeld` runs while the writer is stopped, before it is killed.
 */
async function writeUntilKilled(
  media: string, video: string, lines: number, whileHeld?: () => Promise<void>,
): Promise<Map<string, number>> {
  const child = spawn(process.execPath, [
    path.join(import.meta.dirname, '../../test/recording/write-until-killed.ts'), media, video,
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  const durable = new Map<string, number>();
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (++count > lines && whileHeld !== undefined) continue; // reported after the power was cut
    const [clip = '', reported] = line.split(' ');
    durable.set(clip, Number(reported));
    if (count !== lines) continue;
    if (whileHeld !== undefined) {
      child.kill('SIGSTOP');
      await whileHeld();
    }
    child.kill('SIGKILL');
  }
  await gone;
  return durable;
}
