import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FragmentReader, rebaseFragment, type Mp4Part } from '../contract/mp4-fragment.ts';
import { childrenWithRole } from '../../test/e2e/processes.ts';
import { eventually } from '../../test/eventually.ts';
import { millis, seconds } from '../core/units.ts';
import { decodeTogether, decodeWhole } from './decode-check.ts';
import { probeVideo } from './probe.ts';
import { runTool } from './run-tool.ts';
import { stillOf } from './still.ts';

describe('media tools on a fragmented clip', () => {
  let folder: string;
  let mp4: Buffer;
  let parts: Mp4Part[];
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-media-'));
    ({ output: mp4 } = await runTool({
      tool: 'ffmpeg',
      args: [
        '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=10', '-t', '4', '-c:v', 'libx264',
        '-preset', 'ultrafast', '-g', '10',
        '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000', 'pipe:1',
      ],
    }));
    parts = new FragmentReader().push(mp4);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const fragments = () => parts.flatMap((part) => (part.type === 'fragment' ? [part.fragment] : []));

  it('reads codec, size and every fragment, and knows where decoding may begin', () => {
    const init = parts.flatMap((part) => (part.type === 'init' ? [part.init] : []))[0];
    assert.match(init?.codec ?? '', /^avc1\.[0-9a-f]{6}$/);
    assert.deepEqual(init?.size, { width: 320, height: 240 });
    assert.equal(fragments().reduce((sum, { samples }) => sum + samples, 0), 40);
    assert.deepEqual(fragments().filter(({ key }) => key).map(({ start }) => start), [0, 1000, 2000, 3000]);
    assert.ok(fragments().every(({ duration }) => duration <= 1000));
  });

  it('reads the same parts however the stream is chopped', () => {
    const reader = new FragmentReader();
    const chopped: Mp4Part[] = [];
    for (let at = 0; at < mp4.byteLength; at += 997) chopped.push(...reader.push(mp4.subarray(at, at + 997)));
    assert.deepEqual(chopped, parts);
    assert.equal(reader.pending, 0);
  });

  it('gives chunks back that are its own, once all of each was read, and no others', () => {
    const chunksOf = (length: number): Uint8Array[] => Array.from(
      { length: Math.ceil(mp4.byteLength / length) },
      (_, index) => Uint8Array.from(mp4.subarray(index * length, (index + 1) * length)),
    );
    for (const length of [97, 997, 65_536, mp4.byteLength]) {
      const [own, others] = [chunksOf(length), chunksOf(length)];
      const [owner, guest] = [new FragmentReader({ ownsChunks: true }), new FragmentReader()];
      assert.deepEqual(own.flatMap((chunk) => owner.push(chunk)), parts);
      assert.deepEqual(others.flatMap((chunk) => guest.push(chunk)), parts);
      assert.deepEqual(new Set(own.map(({ byteLength }) => byteLength)), new Set([0]));
      assert.equal(others.reduce((sum, { byteLength }) => sum + byteLength, 0), mp4.byteLength);
    }
  });

  it('cuts a clip that starts at 0 and decodes whole', async () => {
    const kept = fragments().filter(({ start }) => start >= 2000);
    const base = kept[0]?.startTicks ?? 0;
    const init = parts[0]?.type === 'init' ? parts[0].init.data : new Uint8Array();
    const file = path.join(folder, 'cut.mp4');
    await writeFile(
      file, Buffer.concat([init, ...kept.map((fragment, index) => rebaseFragment(fragment, base, index + 1))]),
    );
    assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
    const probe = await probeVideo(file, []);
    assert.ok(probe.ok && Math.abs((probe.video.duration ?? 0) - 2000) < 150, JSON.stringify(probe));
    assert.equal(probe.ok && probe.video.codec, 'h264');
  });

  it('finds fault with a clip whose end is torn off, and with what is no video', async () => {
    const file = path.join(folder, 'torn.mp4');
    await writeFile(file, mp4);
    await truncate(file, mp4.byteLength - 3000);
    assert.equal((await decodeWhole(file, 'mp4')).ok, false);
    await writeFile(file, '<html>not a video</html>');
    assert.equal((await decodeWhole(file, 'mp4')).ok, false);
    assert.equal((await probeVideo(file, [])).ok, false);
  });

  it('finds no fault with pictures that came a hundredth of a millisecond apart', async () => {
    const file = path.join(folder, 'uneven.mp4');
    await runTool({
      tool: 'ffmpeg',
      args: [
        '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=25:duration=2',
        '-vf', "settb=1/90000,setpts='PTS-if(eq(mod(N,10),3),3599,0)'", '-fps_mode', 'passthrough',
        '-enc_time_base', '1:90000', '-c:v', 'libx264', '-bf', '0', file,
      ],
    });
    assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
    const small = await decodeTogether([{ file, container: 'mp4' }], 0);
    assert.deepEqual({ ...small.verdict, isThere: small.small !== undefined }, { ok: true, isThere: true });
  });

  it('takes the cover picture of a piece of music for no video', async () => {
    const file = path.join(folder, 'song.m4a');
    await runTool({
      tool: 'ffmpeg',
      args: [
        '-v', 'error', '-f', 'lavfi', '-i', 'sine=duration=1', '-f', 'lavfi', '-i', 'testsrc2=size=64x64',
        '-frames:v', '1',
        '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-disposition:v:0', 'attached_pic', '-f', 'ipod', file,
      ],
    });
    assert.deepEqual(await probeVideo(file, []), { ok: false, complaint: 'it holds no video' });
  });

  it('reads an input from standard input', async () => {
    const list = `ffconcat version 1.0\nfile 'file:${path.join(folder, 'whole.mp4')}'\n`;
    await writeFile(path.join(folder, 'whole.mp4'), mp4);
    const probe = await probeVideo(
      'pipe:0', ['-protocol_whitelist', 'pipe,file', '-f', 'concat', '-safe', '0'], { stdin: list },
    );
    assert.deepEqual(probe.ok && probe.video.size, { width: 320, height: 240 });
  });

  it('does not decode a picture that would fill the memory', async () => {
    const file = path.join(folder, 'huge.jpg');
    await writeFile(file, (await runTool({
      tool: 'ffmpeg',
      args: [
        '-v', 'error', '-f', 'lavfi', '-i', 'color=black:size=9000x5000', '-frames:v', '1', '-f', 'mjpeg', 'pipe:1',
      ],
    })).output);
    const verdict = await decodeWhole(file, 'jpeg_pipe');
    assert.equal(verdict.ok, false);
  });

  it('takes a JPEG of a moment, and of the first picture when the moment lies past the end', async () => {
    for (const at of [0, 1500, 99_000]) {
      const jpeg = await stillOf(mp4, millis(at), { width: 160 });
      assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    }
  });

  it('stops a tool that takes too long', () => assert.rejects(
    runTool({
      tool: 'ffmpeg', args: ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2', '-f', 'null', '-'],
      timeout: millis(300),
    }),
    { code: 'media.tool-timeout' },
  ));

  it('stops a tool that works too long, and counts only the time in which it could work', async function () {
    if (!existsSync('/proc/self/stat')) return this.skip();
    const source = (...args: readonly string[]) => ['-v', 'error', ...args, '-f', 'null', '-'];
    const busy = source('-f', 'lavfi', '-i', 'testsrc2=size=1280x720');
    await assert.rejects(runTool({
      tool: 'ffmpeg', args: busy, processorTime: millis(200),
    }), { code: 'media.tool-processor' });
    const idle = source('-re', '-f', 'lavfi', '-i', 'color=size=16x16:rate=5');
    await assert.rejects(
      runTool({ tool: 'ffmpeg', args: idle, processorTime: seconds(5), timeout: millis(400) }),
      { code: 'media.tool-timeout' },
    );
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`does not take it for a verdict when a tool was ended from outside, by ${signal}`, async () => {
      const mark = `color=black:size=16x16:rate=1:duration=${signal.length}0`;
      const verdict = runTool({
        tool: 'ffmpeg', args: ['-v', 'error', '-re', '-f', 'lavfi', '-i', mark, '-f', 'null', '-'],
      });
      const refused = assert.rejects(verdict, { code: 'media.tool-killed' });
      const [pid] = await eventually('ffmpeg', async () => {
        const found = await childrenWithRole(process.pid, mark);
        return found.length > 0 && found;
      });
      process.kill(pid ?? NaN, signal);
      await refused;
    });
  }
});
