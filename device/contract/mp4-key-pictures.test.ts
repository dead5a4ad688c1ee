import assert from 'node:assert/strict';
import { runTool } from '../media/run-tool.ts';
import { makeFootage } from '../../test/recording/footage.ts';
import { concat } from './mp4-boxes.ts';
import { FragmentReader } from './mp4-fragment.ts';
import { keyPictureFragment, keyPictureOf, keyPicturesHead } from './mp4-key-pictures.ts';

/** Brightness of each picture that ffmpeg decodes of `mp4`, with its time in seconds. */
async function shown(mp4: Uint8Array): Promise<{ readonly time: number; readonly mean: number }[]> {
  const { output, exitCode, complaint } = await runTool({
    tool: 'ffmpeg', input: mp4,
    args: ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-vf', 'signalstats,metadata=print:file=-', '-f', 'null', '-'],
  });
  assert.deepEqual([exitCode, complaint], [0, '']);
  const all = (pattern: RegExp): number[] => [...output.toString().matchAll(pattern)].map(([, value]) => Number(value));
  const means = all(/YAVG=([\d.]+)/g);
  return all(/pts_time:([\d.]+)/g).map((time, index) => ({ time, mean: means[index] ?? 0 }));
}

describe('video of keyframes alone', () => {
  for (const codec of [
    'libx264', 'libx265',
  ]) it(`shows the stream's own pictures at other times (${codec})`, async () => {
    const { init, fragments } = await makeFootage(12, { codec, group: 2 });
    const pictures = fragments.flatMap((fragment) => keyPictureOf(fragment) ?? []);
    assert.equal(pictures.length, 6);
    const tick = init.video.timescale / 4;
    const clip = concat([keyPicturesHead(init), ...pictures.map((picture, index) =>
      keyPictureFragment(
        picture, init.video, { sequence: index + 1, startTicks: index * tick, durationTicks: tick },
      ))]);
    const found = await shown(clip);
    assert.deepEqual(found.map(({ time }) => time), [0, 0.25, 0.5, 0.75, 1, 1.25]);
    found.forEach(({ mean }, index) =>
      assert.ok(Math.abs(mean - (17 + index * 8)) < 2, `picture ${index} has a brightness of ${mean}`));
    const [head, ...parts] = new FragmentReader().push(clip);
    assert.ok(head?.type === 'init' && head.init.codec === init.codec && head.init.size.width === 160);
    assert.deepEqual(parts.map((part) => part.type === 'fragment'
      && [part.fragment.key, part.fragment.samples, part.fragment.duration]), pictures.map(() => [true, 1, 250]));
  });

  it('takes times beyond 32 bits, and leaves a second track out', async () => {
    const { output } = await runTool({
      tool: 'ffmpeg',
      args: [
        '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-f', 'lavfi', '-i', 'sine', '-t', '2',
        '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '2', '-c:a', 'aac', '-f', 'mp4', '-movflags',
        '+frag_keyframe+empty_moov+default_base_moof', 'pipe:1',
      ],
    });
    const [head, ...parts] = new FragmentReader().push(output);
    assert.ok(head?.type === 'init' && head.init.sound !== undefined);
    const pictures = parts.flatMap((part) => (part.type === 'fragment' && keyPictureOf(part.fragment)) || []);
    const far = 2 ** 33;
    const clip = concat([keyPicturesHead(head.init), ...pictures.map((picture, index) =>
      keyPictureFragment(picture, head.init.video, {
        sequence: index + 1, startTicks: far + index * 1000, durationTicks: 1000,
      }))]);
    const [alone, first] = new FragmentReader().push(clip);
    assert.ok(alone?.type === 'init'
      && alone.init.sound === undefined
      && first?.type === 'fragment'
      && first.fragment.startTicks === far);
    assert.equal((await shown(clip)).length, pictures.length);
  });

  it('has no picture of a fragment that begins with none', async () => {
    const { fragments } = await makeFootage(2, { group: 2 });
    assert.deepEqual(fragments.map((fragment) =>
      keyPictureOf(fragment) !== undefined), [true, ...fragments.slice(1).map(() => false)]);
  });
});
