import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { runTool } from '../media/run-tool.ts';
import { systemClock } from '../runtime/clock.ts';
import { openCamera } from './open-camera.ts';
import { MjpegCamera } from './simulated/mjpeg-camera.ts';
import { RecordingSink, type RecordedSession } from './simulated/recording-sink.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';

/** Black for a second, then a white flash of 0.4 s; 2 s long, 25 pictures a second. */
const FLASH = { at: seconds(1), filter: "color=black:size=320x240:rate=25,drawbox=color=white:thickness=fill:enable='between(t,1,1.38)'" };
const ffmpeg = (...args: string[]) => runTool({ tool: 'ffmpeg', args: ['-nostdin', '-v', 'error', ...args] });

/** Runs the camera until `seen`, then stops it and waits for that. */
async function watch(source: string, seen: (sink: RecordingSink) => boolean, stallTimeout: Millis = seconds(10)): Promise<RecordingSink> {
  const stop = new AbortController();
  const sink = new RecordingSink();
  const rpicam = [[process.execPath, fileURLToPath(new URL('simulated/rpicam-vid.ts', import.meta.url))]] as const;
  const camera = await openCamera({ source, stallTimeout }, { clock: systemClock, log: silentLog, rpicam }, stop.signal);
  const run = camera.run(sink, stop.signal);
  try {
    await Promise.race([sink.until(seen, 12_000), run]);
  } finally {
    stop.abort();
    await run;
  }
  return sink;
}

const first = (sink: RecordingSink): RecordedSession => {
  const [session] = sink.sessions;
  assert.ok(session !== undefined, sink.summary());
  return session;
};
const fragmentsOf = (sink: RecordingSink, count: number, session = 0): boolean => (sink.sessions[session]?.fragments.length ?? 0) >= count;

/** Each fragment begins where the one before ended, and none is longer than a second. */
function assertSound({ inits, fragments, frames }: RecordedSession): void {
  assert.equal(inits.length, 1);
  assert.ok(fragments[0]?.key, 'the first fragment begins with a keyframe');
  for (const [index, fragment] of fragments.entries()) {
    const previous = fragments[index - 1];
    assert.ok(Math.abs(fragment.start - (previous === undefined ? 0 : previous.start + previous.duration)) < 1, `fragment ${index} at ${fragment.start}`);
    assert.ok(fragment.duration > 0 && fragment.duration <= 1000, `fragment ${index} lasts ${fragment.duration}`);
  }
  assert.deepEqual(frames.map(({ at }) => at), frames.map((_, index) => index * 200));
  const last = fragments.at(-1);
  assert.ok(last !== undefined && Math.abs((frames.at(-1)?.at ?? 0) - last.start - last.duration) < 700, 'frames and fragments keep step');
}

/** Seconds of stream time at which the pictures turn bright. */
const flashesInFrames = ({ frames }: RecordedSession): number[] =>
  rises(frames.map(({ pixels }) => (pixels[80 * 60 + 40] ?? 0) > 128)).map((index) => index / 5);

async function flashesInRecording({ inits, fragments }: RecordedSession): Promise<number[]> {
  const mp4 = Buffer.concat([inits[0]?.data ?? new Uint8Array(), ...fragments.map(({ data }) => data)]);
  const { output } = await runTool({
    tool: 'ffmpeg', args: ['-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-vf', 'scale=1:1,format=gray', '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1'], input: mp4,
  });
  return rises([...output].map((luma) => luma > 128)).map((index) => index / 25);
}

const rises = (bright: readonly boolean[]): number[] => bright.flatMap((now, index) => (now && bright[index - 1] === false ? [index] : []));

describe('live cameras', function () {
  this.timeout(20_000);
  let folder: string;
  const clips = { plain: '', reordered: '', transport: '', hevc: '', mjpeg: '' };
  let jpegs: readonly Uint8Array[];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-cameras-'));
    const encodings = {
      plain: ['flash.mp4', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25'],
      reordered: ['reordered.mp4', '-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '50'],
      transport: ['it\'s.ts', '-c:v', 'libx264', '-preset', 'veryfast', '-bf', '3', '-g', '50'],
      hevc: ['flash.mkv', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
      mjpeg: ['flash.avi', '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p'],
    } as const;
    await Promise.all([
      ...Object.entries(encodings).map(async ([name, [file, ...args]]) => {
        clips[name as keyof typeof clips] = path.join(folder, file);
        await ffmpeg('-f', 'lavfi', '-i', FLASH.filter, '-t', '2', ...args, path.join(folder, file));
      }),
      ffmpeg('-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=10', '-frames:v', '5', path.join(folder, '%d.jpg')),
    ]);
    jpegs = await Promise.all([1, 2, 3, 4, 5].map((n) => readFile(path.join(folder, `${n}.jpg`))));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  describe('a file', () => {
    it('is a camera that never ends, recorded as it is; gray frames and recording show the same at the same time', async () => {
      const sinks = await Promise.all(Object.values(clips).map((clip) => watch(clip, (sink) => fragmentsOf(sink, 8))));
      assert.deepEqual(sinks.map((sink) => first(sink).inits[0]?.codec.slice(0, 4)), ['avc1', 'avc1', 'avc1', 'hvc1', 'avc1']);
      for (const sink of sinks) {
        assert.deepEqual(sink.states, [{ status: 'connecting' }, { status: 'online' }]);
        assertSound(first(sink));
        const seen = flashesInFrames(first(sink));
        const recorded = await flashesInRecording(first(sink));
        assert.equal(seen.length, 2, 'the flash, and the flash of the next round');
        for (const [index, time] of [1, 3].entries()) {
          assert.ok(Math.abs((seen[index] ?? 0) - time) <= 0.25, `seen at ${seen[index]}`);
          assert.ok(Math.abs((recorded[index] ?? 0) - time) <= 0.25, `recorded at ${recorded[index]}`);
        }
      }
    });

    it('is put on the wall clock by its arrival', async () => {
      const began = Date.now();
      const sink = await watch(clips.plain, (seen) => fragmentsOf(seen, 2));
      const { fragments, session } = first(sink);
      const [one, two] = fragments;
      assert.ok(one !== undefined && two !== undefined);
      assert.ok(one.at >= began - 100 && one.at + one.duration <= Date.now(), 'taken before it arrived');
      assert.ok(Math.abs(two.at - one.at - one.duration) < 150);
      assert.equal(session.wallTime(millis(two.start + 40)), session.wallTime(two.start) + 40);
    });

    it('that is not there, a folder or no video makes the camera offline with the reason, again and again', async () => {
      const reasons = await Promise.all(['none.mp4', '.', '1.jpg.txt'].map(async (name) => {
        const sink = await watch(path.join(folder, name), ({ states }) => states.length >= 2);
        return JSON.stringify(sink.states[1]);
      }));
      assert.match(reasons[0] ?? '', /"camera\.missing","reason":"there is no file .*none\.mp4"/);
      assert.match(reasons[1] ?? '', /"camera\.no-video","reason":"expected a video file, got the directory/);
      assert.match(reasons[2] ?? '', /"camera\.missing"/);
    });
  });

  describe('an RTSP camera', () => {
    it('is joined wherever it is, with its password, and comes back after it hung', async () => {
      await using server = new RtspCamera({ file: clips.reordered, credentials: { user: 'tyto', password: 's3c/r@t' } });
      const address = `127.0.0.1:${await server.listen()}/live`;
      const refused = watch(`rtsp://tyto:wrong@${address}`, ({ states }) => states.length >= 2);
      const sink = await watch(`rtsp://tyto:s3c%2Fr%40t@${address}`, (seen) => {
        if (fragmentsOf(seen, 2)) server.freeze();
        return seen.states.length >= 3;
      }, seconds(2));
      assertSound(first(sink));
      assert.deepEqual(sink.states[2], { status: 'offline', code: 'camera.stalled', reason: `rtsp://${address.slice(0, -5)} has sent no picture for 2 s` });
      const state = (await refused).states[1];
      assert.equal(state?.status === 'offline' && state.code, 'camera.unauthorized');
    });
  });

  describe('an MJPEG camera', () => {
    it('is encoded, and found again after it was gone', async () => {
      const options = { pictures: jpegs, framesPerSecond: 10, credentials: { user: 'tyto', password: 'pa55' } };
      let server: AsyncDisposable & { listen(port?: number): Promise<number> } = new MjpegCamera(options);
      const port = await server.listen();
      const restart = async (): Promise<void> => {
        await server[Symbol.asyncDispose]();
        server = new MjpegCamera(options);
        await server.listen(port);
      };
      let restarted: Promise<void> | undefined;
      const sink = await watch(`http://tyto:pa55@127.0.0.1:${port}/video`, (seen) => {
        if (fragmentsOf(seen, 2)) restarted ??= restart();
        return fragmentsOf(seen, 2, 1);
      });
      await restarted;
      await server[Symbol.asyncDispose]();
      assert.deepEqual(sink.sessions.map(({ session, inits }) => [session.number, inits[0]?.size]), [[1, { width: 640, height: 360 }], [2, { width: 640, height: 360 }]]);
      sink.sessions.forEach(assertSound);
      assert.deepEqual(sink.states.map(({ status }) => status), ['connecting', 'online', 'offline', 'online']);
    });
  });

  describe('the Raspberry Pi camera', () => {
    it('is recorded as its encoder delivers it, each picture at the time of its arrival', async () => {
      const sink = await watch('raspberry', (seen) => fragmentsOf(seen, 4));
      assertSound(first(sink));
      assert.deepEqual(first(sink).inits[0]?.size, { width: 1280, height: 720 });
    });
  });
});
