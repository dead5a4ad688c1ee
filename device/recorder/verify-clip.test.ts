import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rebaseFragment, type Fragment } from '../contract/mp4-fragment.ts';
import { runTool } from '../media/run-tool.ts';
import { Sealer } from '../evidence/sealer.ts';
import { makeFootage, makePlainVideo, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';
import { verifyClip, type ClipReport } from './verify-clip.ts';
import { hashFile } from '../media/walk-clip.ts';

describe('verification of a clip', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(5); });

  const clipOf = (fragments: readonly Fragment[]): Buffer =>
    Buffer.concat([footage.init.data, ...fragments.map((fragment, index) => rebaseFragment(fragment, 0, index + 1))]);

  async function verified(content: Uint8Array): Promise<ClipReport> {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    await writeFile(file, content);
    return await verifyClip(file);
  }
  const kinds = ({ faults }: ClipReport): string[] => faults.map(({ kind }) => kind);

  it('finds a whole clip intact, and says what it is', async () => {
    const whole = clipOf(footage.fragments);
    const report = await verified(whole);
    assert.deepEqual({ ...report, file: '', sha256: '' }, {
      file: '', bytes: whole.byteLength, sha256: '',
      form: 'clip', video: { codec: footage.init.codec, size: { width: 160, height: 120 } },
      fragments: 10, duration: 5000, seals: { state: 'none' }, encryption: 'none',
      soundBytes: whole.byteLength, faults: [], decode: { ok: true }, key: null, expected: null, intact: true,
    });
  });

  it('compares with what the catalogue or a manifest expects', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'clip.mp4');
    const whole = clipOf(footage.fragments);
    await writeFile(file, whole);
    const expected = { bytes: whole.byteLength, sha256: await hashFile(file) };
    const same = await verifyClip(file, { file: expected });
    assert.deepEqual([same.expected, same.intact], ['same', true]);
    const different = await verifyClip(file, { file: { ...expected, sha256: '0'.repeat(64) } });
    assert.deepEqual([different.expected, different.intact], ['different', false]);
  });

  it('says what is intact of a clip whose end a crash cut short, and proves that by decoding it', async () => {
    const whole = clipOf(footage.fragments);
    const report = await verified(whole.subarray(0, -3000));
    assert.deepEqual(
      [kinds(report), report.fragments, report.decode, report.intact], [['torn-end'], 9, { ok: true }, false],
    );
    assert.equal(report.faults[0]?.at, report.duration);
    assert.match(report.faults[0]?.message ?? '', /everything before plays/);
    assert.equal(report.soundBytes, clipOf(footage.fragments.slice(0, 9)).byteLength);
  });

  it('tells damage in the middle from a torn end', async () => {
    const damaged = clipOf(footage.fragments);
    damaged.fill(0xff, 60_000, 80_000);
    const report = await verified(damaged);
    assert.ok(kinds(report).includes('damaged'), JSON.stringify(report.faults));
    assert.equal(report.intact, false);
    assert.ok(report.soundBytes < 80_000);
  });

  it('finds video that is missing, that stands twice, that has no keyframe to begin with, or is two clips in one', async () => {
    const { fragments } = footage;
    assert.deepEqual(
      kinds(await verified(clipOf(fragments.filter((_, index) => index !== 4 && index !== 5)))), ['gap'],
    );
    assert.deepEqual(kinds(await verified(clipOf([...fragments.slice(0, 4), ...fragments.slice(2)]))), ['overlap']);
    assert.deepEqual(kinds(await verified(clipOf(fragments.slice(1)))), ['no-keyframe']);
    assert.deepEqual(kinds(await verified(Buffer.concat([clipOf(fragments), footage.init.data]))), ['second-head']);
  });

  it('finds fragments that are too long: a power cut would have cost too much', async () => {
    const { init, fragments } = await makeFootage(3, { group: 3, fragment: 3 });
    assert.deepEqual(
      kinds(await verified(Buffer.concat([init.data, ...fragments.map(({ data }) => data)]))), ['long-fragment'],
    );
  });

  it('says of other files that they are no clips', async () => {
    for (const content of ['', 'no video at all, only text', footage.init.data]) {
      const report = await verified(Buffer.from(content));
      assert.ok(kinds(report).includes('no-video'));
      assert.deepEqual([report.form, report.video, report.decode, report.intact], ['nothing', null, null, false]);
    }
  });

  it('says of an ordinary MP4 that it plays, and is no clip of ours', async () => {
    for (const faststart of [true, false]) {
      const plain = await makePlainVideo(2, { faststart });
      const { form, video, duration, faults, decode, seals, intact } = await verified(plain);
      assert.deepEqual([form, video?.size, decode, seals.state, intact], [
        'plain-video', { width: 160, height: 120 }, { ok: true }, 'none', false,
      ]);
      assert.equal(duration, 2000);
      assert.deepEqual(
        faults.map(({ kind, message }) => [kind, /plays, but is no clip of Tyto/.test(message)]), [['no-clip', true]],
      );
      const damaged = Buffer.from(plain);
      damaged.fill(0x55, plain.indexOf('mdat') + 2000, plain.indexOf('mdat') + 3000);
      const broken = await verified(damaged);
      assert.deepEqual([broken.form, broken.decode?.ok, kinds(broken)], ['plain-video', false, ['no-clip']]);
      assert.match(broken.faults[0]?.message ?? '', /does not play to its end/);
    }
  });

  it('tells a clip of ours whose first boxes are damaged from an ordinary video, which other players may take it for', async () => {
    const { init, fragments: [first, ...further] } = footage;
    assert.ok(first !== undefined);
    const sealer = new Sealer(testKey, { device: 'barn', camera: 'camera', name: 'clip.mp4' });
    const parts = [init.data, sealer.head(init.data), sealer.fragment(first.data), first.data,
      ...further.flatMap(({ data }) => [sealer.fragment(data), data]), sealer.end()];
    const whole = Buffer.concat(parts);
    const start = whole.length - Buffer.concat(parts.slice(3)).length;
    for (const at of [4, whole.indexOf('moof', start), whole.indexOf('mdat', start)]) {
      const altered = Buffer.from(whole);
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at);
      const report = await verified(altered);
      assert.deepEqual([report.form, report.intact], ['nothing', false], `byte ${at}`);
      assert.match(report.faults.at(-1)?.message ?? '', /was recorded by Tyto, and its beginning is damaged/);
    }
    await using folder = await temporaryFolder();
    const named = path.join(folder.path, '20261121T101530.123Z_barn_camera_continuous.mp4');
    const unsealed = clipOf(footage.fragments);
    unsealed.writeUInt8(0, 4);
    await writeFile(named, unsealed);
    assert.equal((await verifyClip(named)).form, 'nothing', 'its name tells, where there are no seals');
  });

  it('asks for a file that is there', async () => {
    await assert.rejects(verifyClip('/nowhere/clip.mp4'), { name: 'ConfigError', code: 'verify.no-file' });
    await assert.rejects(verifyClip(import.meta.dirname), { name: 'ConfigError', code: 'verify.no-file' });
  });

  it('judges H.265 as it judges H.264', async () => {
    const { init, fragments } = await makeFootage(3, { codec: 'libx265' });
    const whole = Buffer.concat([init.data, ...fragments.map(({ data }) => data)]);
    const report = await verified(whole);
    assert.match(report.video?.codec ?? '', /^h[ev][vc]1\./);
    assert.deepEqual([report.faults, report.decode, report.intact], [[], { ok: true }, true]);
    const zeroed = await verified(Buffer.concat([whole.subarray(0, -3000), new Uint8Array(3000)]));
    assert.ok(kinds(zeroed).includes('damaged'), 'zeros in place of pictures show');
  });

  it('finds real footage intact once it is in fragments, and a plain MP4 to be no clip', async function () {
    const street = '../shared/data/clips/street.mp4';
    if (!existsSync(street)) return this.skip();
    assert.equal((await verifyClip(street)).form, 'plain-video');
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'street.mp4');
    await runTool({
      tool: 'ffmpeg',
      args: [
        '-v', 'error', '-i', street, '-t', '10', '-c', 'copy',
        '-movflags', '+frag_keyframe+empty_moov+default_base_moof',
        '-frag_duration', '500000', file,
      ],
    });
    const { faults, decode, intact } = await verifyClip(file);
    assert.deepEqual({ faults, decode, intact }, { faults: [], decode: { ok: true }, intact: true });
  });
});
