import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runTool } from '../media/run-tool.ts';
import { makeClip } from './simulated/clips.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { hasFragments, watchCamera } from './simulated/watch-camera.ts';

/** 25 pictures a second. */
const APART_MS = 40;

const SOUND = ['-f', 'lavfi', '-t', '4', '-i', 'sine=frequency=300', '-map', '0:v', '-map', '1:a', '-c:a', 'aac'];

describe('a camera of the network whose pictures are not decoded in the order in which they are shown', () => {
  let folder = '';
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-reordered-')); });
  after(async () => await rm(folder, { recursive: true, force: true }));

  /** What is recorded of a connection that begins with a keyframe. */
  async function record(name: string, sound: readonly string[], encoding: readonly string[]): Promise<string> {
    const clip = path.join(folder, `${name}-shown.mp4`);
    await makeClip(
      '-f', 'lavfi', '-t', '4', '-i', 'testsrc2=size=160x120:rate=25', ...sound,
      '-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', ...encoding, clip,
    );
    const isHeard = sound.length > 0;
    await using camera = new RtspCamera({ file: clip, joins: 'at-keyframe', ...(isHeard ? { sound: 'sent' } : {}) });
    const source = `rtsp://127.0.0.1:${await camera.listen()}/live`;
    const { sessions: [session] } = await watchCamera(source, (sink) => hasFragments(sink, 3), { sound: isHeard });
    const recorded = path.join(folder, `${name}.mp4`);
    const parts = [...session?.inits ?? [], ...session?.fragments ?? []].map(({ data }) => data);
    await writeFile(recorded, Buffer.concat(parts));
    return recorded;
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

  const cases = [
    ['some of which others are made from', [], ['-bf', '3']],
    ['none of which others are made from', [], ['-bf', '3', '-x264-params', 'b-pyramid=none']],
    ['with sound', SOUND, ['-bf', '3']],
  ] as const;
  for (const [index, [what, sound, encoding]] of cases.entries()) {
    it(`is recorded with the times that it tells from the first picture on: ${what}`, async function () {
      this.timeout(90_000);
      const clip = await record(String(index), sound, encoding);
      const times = await timesShown(clip);
      const apart = times.map((time, place) => time - (times[place - 1] ?? -Infinity));
      assert.ok(apart.every((time) => time > 0.9 * APART_MS), `apart by: ${apart.map(Math.round).join()}`);
      const { complaint } = await runTool({ tool: 'ffmpeg', args: ['-v', 'error', '-i', clip, '-f', 'null', '-'] });
      assert.equal(complaint, '');
    });
  }
});
