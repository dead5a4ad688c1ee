import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ENCRYPTED_FTYP, readEncryptedBox } from '../contract/encrypted-box.ts';
import { boxesIn, concat } from '../contract/mp4-boxes.ts';
import { mebibytes, millis } from '../core/units.ts';
import { Sealer } from '../evidence/sealer.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { probeVideo } from '../media/probe.ts';
import { decryptWhole } from '../vault/encrypted-file.ts';
import { Keyring } from '../vault/wrapped-key.ts';
import { newKeyPair } from '../vault/x25519.ts';
import { encryptionFor } from '../../test/recording/cipher.ts';
import { makeFootage, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';
import { ClipWriter, mediaFile } from './clip-writer.ts';
import { recoverClip } from './recover-clip.ts';
import { verifyClip } from './verify-clip.ts';

const startedAt = millis(Date.UTC(2026, 10, 21, 10, 15, 30, 123));
const name = '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4';
const own = newKeyPair();
const keys = new Keyring([own.privateKey]);

describe('an encrypted clip', () => {
  let footage: Footage;
  let clip: Buffer;
  let facts: unknown;

  before(async () => {
    footage = await makeFootage(5);
    ({ clip, facts } = await written(footage));
  });

  async function written({ init, fragments }: Footage) {
    await using folder = await temporaryFolder();
    const writer = new ClipWriter({
      folder: folder.path, name, init, startedAt, queue: mebibytes(64), guard: async () => {}, onOpened: () => {},
      sealer: new Sealer(testKey, { device: 'barn', camera: 'camera', name }), encryption: encryptionFor(own),
    });
    const run = writer.run();
    for (const fragment of fragments) writer.write(fragment);
    writer.close();
    const { clip: told } = await run;
    return { clip: await readFile(mediaFile(folder.path, name)), facts: told };
  }

  const sealless = (): Uint8Array =>
    concat([...boxesIn(clip)].filter(({ data }) =>
      readEncryptedBox(data) !== undefined || data.byteLength === ENCRYPTED_FTYP.byteLength).map(({ data }) => data));

  async function inFile<T>(content: Uint8Array, work: (file: string, folder: string) => Promise<T>): Promise<T> {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    await writeFile(file, content);
    return await work(file, folder.path);
  }

  it('plays for who has a key', async () => {
    const plain = await decryptWhole(clip, keys);
    assert.deepEqual(await inFile(plain, (file) => decodeWhole(file, 'mp4')), { ok: true });
  });

  it('is no video for anybody else: nothing of its pictures is in it', async () => {
    const probed = await inFile(clip, (file) => probeVideo(`file:${file}`, ['-protocol_whitelist', 'file']));
    assert.equal(probed.ok, false);
    for (const word of ['moov', 'moof', 'mdat', 'avcC']) assert.equal(clip.includes(word), false, word);
    const picture = Buffer.from(footage.fragments[0]?.data.slice(-200, -150) ?? assert.fail());
    assert.equal(clip.includes(picture), false);
  });

  it('tells what every clip tells, and that it is encrypted', () => {
    assert.deepEqual(facts, {
      name, bytes: clip.byteLength, sha256: (facts as { sha256: string }).sha256,
      start_time: 1795256130.123, duration: 5,
      codec: footage.init.codec, width: 160, height: 120, encrypted: true,
    });
  });

  it('is proved untouched without a key', async () => {
    const report = await inFile(clip, (file) => verifyClip(file));
    assert.deepEqual([report.seals.state, report.faults, report.duration, report.fragments], [
      'complete', [], 5000, footage.fragments.length,
    ]);
    assert.deepEqual([report.encryption, report.decode, report.intact], ['locked', null, true]);
  });

  it('is decoded too for who has a key', async () => {
    const report = await inFile(clip, (file) => verifyClip(file, { opener: keys }));
    assert.deepEqual([report.encryption, report.decode, report.intact], ['opened', { ok: true }, true]);
  });

  it('lies nowhere in the clear while it is decoded', () => inFile(clip, async (file, folder) => {
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = path.join(folder, 'no such folder');
    try {
      assert.equal((await verifyClip(file, { opener: keys })).intact, true);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  }));

  it('is known for altered without a key, and with one', async () => {
    const altered = Buffer.from(clip);
    const at = altered.byteLength - 3000;
    altered[at] = (altered[at] ?? 0) ^ 1;
    for (const expected of [{}, { opener: keys }]) {
      const report = await inFile(altered, (file) => verifyClip(file, expected));
      assert.deepEqual([report.seals.state, report.intact, report.faults[0]?.kind], ['altered', false, 'altered']);
    }
  });

  it('without its seals is not called intact unless something proves it: its key, or its size and SHA-256', async () => {
    const flipped = Buffer.from(sealless());
    flipped[flipped.byteLength - 3000] = (flipped[flipped.byteLength - 3000] ?? 0) ^ 1;
    const file = { bytes: sealless().byteLength, sha256: createHash('sha256').update(sealless()).digest('hex') };
    for (const [content, expected, intact] of [
      [sealless(), {}, false], [sealless(), { opener: keys }, true], [sealless(), { file }, true],
      [flipped, {}, false], [flipped, { opener: keys }, false], [flipped, { file }, false],
    ] as const) {
      const report = await inFile(content, (clipFile) => verifyClip(clipFile, expected));
      assert.deepEqual([report.seals.state, report.intact], ['none', intact], Object.keys(expected).join());
    }
  });

  it('is mended after a crash without a key: everything up to the last whole fragment plays', async () => {
    const boxes = [...boxesIn(clip)];
    const ends = boxes.filter(({ data }) => readEncryptedBox(data)?.kind === 'fragment')
      .map(({ offset, data }) => offset + data.byteLength);
    for (const cut of [0.2, 0.5, 0.77, 0.93].map((share) => Math.round(clip.byteLength * share))) {
      await inFile(clip.subarray(0, cut), async (file, folder) => {
        const recovery = await recoverClip(folder, file);
        const whole = ends.filter((end) => end <= cut);
        assert.ok(recovery.playable);
        assert.deepEqual([recovery.fragments, recovery.bytes, recovery.encrypted], [whole.length, whole.at(-1), true]);
        assert.deepEqual([recovery.codec, recovery.size], [footage.init.codec, { width: 160, height: 120 }]);
        const plain = await decryptWhole(await readFile(file), keys);
        assert.deepEqual(await inFile(plain, (copy) => decodeWhole(copy, 'mp4')), { ok: true });
        assert.equal((await verifyClip(file)).seals.state, 'cut');
      });
    }
  });

  it('that is cut at any of 100 bytes loses at most the fragment that was cut', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    const whole = await decryptWhole(clip, keys);
    const boxes = [...boxesIn(clip)].filter(({ data }) => readEncryptedBox(data) !== undefined)
      .map(({ offset, data }) => offset + data.byteLength);
    const [, firstEnd = 0, ...ends] = boxes;
    for (let n = 0; n < 100; n++) {
      const cut = firstEnd + Math.floor((clip.byteLength - firstEnd) * n / 100);
      await writeFile(file, clip.subarray(0, cut));
      const recovery = await recoverClip(folder.path, file);
      assert.equal(recovery.playable
        && recovery.fragments, 1 + ends.filter((end) => end <= cut).length, `cut at ${cut}`);
      const plain = await decryptWhole(await readFile(file), keys);
      assert.equal(Buffer.compare(plain, whole.subarray(0, plain.byteLength)), 0);
    }
  });

  it('loses what a power cut left as zeros at its end', async () => {
    const last = [...boxesIn(clip)].filter(({ data }) => readEncryptedBox(data)?.kind === 'fragment').at(-1)
      ?? assert.fail();
    const torn = Buffer.from(clip.subarray(0, last.offset + last.data.byteLength)).fill(0, last.offset + 200);
    await inFile(torn, async (file, folder) => {
      const recovery = await recoverClip(folder, file);
      assert.equal(recovery.playable && recovery.fragments, footage.fragments.length - 1);
    });
  });

  it('with its head torn is kept aside, as any other', async () => {
    const recovery = await inFile(clip.subarray(0, 300), (file, folder) => recoverClip(folder, file));
    assert.equal(recovery.playable, false);
  });

  it('into which video in the clear, or of another clip, was put is not intact', async () => {
    const [first] = footage.fragments;
    const other = [...boxesIn((await written(footage)).clip)].filter(({ data }) =>
      readEncryptedBox(data)?.kind === 'fragment');
    for (const foreign of [first?.data, other.at(-1)?.data]) {
      const report = await inFile(concat([sealless(), foreign ?? assert.fail()]), (file) => verifyClip(file));
      assert.deepEqual([report.intact, report.faults.length > 0], [false, true]);
    }
  });
});
