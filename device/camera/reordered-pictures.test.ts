import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool } from '../media/run-tool.ts';
import { makeClip } from './simulated/clips.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { hasFragments, watchCamera } from './simulated/watch-camera.ts';

const SOUND = ['-f', 'lavfi', '-t', '4', '-i', 'sine=frequency=300', '-map', '0:v', '-map', '1:a', '-c:a', 'aac'];

interface Scene {
  readonly rate: number;
  readonly sound: readonly string[];
  readonly encoding: readonly string[];
}
const SCENES = {
  'some of which others are made from': { rate: 25, sound: [], encoding: ['-bf', '3'] },
  'none of which others are made from': {
    rate: 25, sound: [], encoding: ['-bf', '3', '-x264-params', 'b-pyramid=none'],
  },
  'with sound': { rate: 25, sound: SOUND, encoding: ['-bf', '3'] },
  'five a second': { rate: 5, sound: [], encoding: ['-bf', '3', '-x264-params', 'b-adapt=0'] },
} satisfies Readonly<Record<string, Scene>>;

describe('a camera of the network whose pictures are not decoded in the order in which they are shown', function () {
  this.timeout(180_000);
  let folder = '';
  let recorded: Readonly<Record<string, Promise<string>>> = {};
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-reordered-'));
    // What is read of a stream before its first picture takes its time: all cameras run at once.
    recorded = Object.fromEntries(Object.entries(SCENES).map(([what, scene], index) =>
      [what, record(String(index), scene)]));
    await Promise.allSettled(Object.values(recorded));
  });
  after(async () => await rm(folder, { recursive: true, force: true }));

  /** What is recorded of a connection that begins with a keyframe. */
  async function record(name: string, { rate, sound, encoding }: Scene): Promise<string> {
    const clip = path.join(folder, `${name}-shown.mp4`);
    await makeClip(
      '-f', 'lavfi', '-t', '4', '-i', `testsrc2=size=160x120:rate=${rate}`, ...sound,
      '-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', ...encoding, clip,
    );
    const isHeard = sound.length > 0;
    await using camera = new RtspCamera({ file: clip, joins: 'at-keyframe', ...(isHeard ? { sound: 'sent' } : {}) });
    const source = `rtsp://127.0.0.1:${await camera.listen()}/live`;
    const { sessions: [session] } = await watchCamera(source, (sink) => hasFragments(sink, 3), { sound: isHeard });
    const file = path.join(folder, `${name}.mp4`);
    const parts = [...session?.inits ?? [], ...session?.fragments ?? []].map(({ data }) => data);
    await writeFile(file, Buffer.concat(parts));
    return file;
  }

  /** When each picture is shown, in milliseconds, in that order. */
  async function timesShown(clip: string): Promise<readonly number[]> {
    const { output, exitCode, complaint } = await runTool({
      tool: 'ffprobe',
      args: ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', clip],
    });
    assert.equal(exitCode, 0, complaint);
    return output.toString('utf8').trim().split('\n').map((time) => Number.parseFloat(time) * 1000)
      .toSorted((one, other) => one - other);
  }

  for (const [what, { rate }] of Object.entries(SCENES)) {
    it(`is recorded with the times that it tells from the first picture on: ${what}`, async () => {
      const clip = await recorded[what];
      assert.ok(clip !== undefined);
      const times = await timesShown(clip);
      const apart = times.slice(1).map((time, place) => time - (times[place] ?? 0));
      assert.ok(apart.every((time) => time > 900 / rate), `apart by: ${apart.map(Math.round).join()}`);
      const [first = Infinity] = apart;
      assert.ok(first < 400, `the first is shown for ${first} ms`);
      const { complaint } = await runTool({ tool: 'ffmpeg', args: ['-v', 'error', '-i', clip, '-f', 'null', '-'] });
      assert.equal(complaint, '');
    });
  }
});
