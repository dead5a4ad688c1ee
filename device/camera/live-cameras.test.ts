import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PrivacyMask } from '../contract/places.ts';
import { millis, seconds } from '../core/units.ts';
import { runTool } from '../media/run-tool.ts';
import { ENCODINGS, flashScene, makeClip } from './simulated/clips.ts';
import { MjpegCamera } from './simulated/mjpeg-camera.ts';
import type { RecordedSession, RecordingSink } from './simulated/recording-sink.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { hasFragments, watchCamera, type Watched } from './simulated/watch-camera.ts';

const RPICAM = [[process.execPath, fileURLToPath(new URL('simulated/rpicam-vid.ts', import.meta.url))]] as const;
/** Covers the left third of the picture. */
const LEFT: PrivacyMask = { name: 'left', polygon: [[0, 0], [0.33, 0], [0.33, 1], [0, 1]] };

const watch = (source: string, seen: (sink: RecordingSink) => boolean, watched: Watched = {}): Promise<RecordingSink> =>
  watchCamera(source, seen, { rpicam: RPICAM, ...watched });

/**
 * The recording and what vision sees end at the same time, but for part of a second:
 * one may lag behind on a busy machine.
 */
function keepsStep({ sessions }: RecordingSink, index = 0): boolean {
  const last = sessions[index]?.fragments.at(-1);
  return last !== undefined
    && Math.abs((sessions[index]?.frames.at(-1)?.at ?? -Infinity) - last.start - last.duration) < 700;
}

function first(sink: RecordingSink): RecordedSession {
  const [session] = sink.sessions;
  assert.ok(session !== undefined, sink.summary());
  return session;
}

/** Times of arrival show how late a simulated camera is on a busy machine, too. */
const ARRIVAL_MS = 3000;

/**
 * Each fragment begins where the one before ended, none is longer than `longest`, and
 * gray frames come without such a gap.
 */
function assertSound({ inits, fragments: parts, frames }: RecordedSession, longest = 1000): void {
  assert.equal(inits.length, 1);
  assert.ok(parts[0]?.key, 'the first fragment begins with a keyframe');
  let end = 0;
  for (const [index, { start, duration }] of parts.entries()) {
    assert.ok(Math.abs(start - end) < 1, `fragment ${index} begins at ${start}, the one before ended at ${end}`);
    assert.ok(duration > 0 && duration <= longest, `fragment ${index} lasts ${duration}`);
    end = start + duration;
  }
  const times = frames.map(({ at }) => at);
  assert.equal(times[0], 0);
  const isInOrder = times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0));
  assert.ok(isInOrder, `in order, each once: ${times.join()}`);
  // Where times are those of arrival, they tremble.
  assert.ok(times.length <= ((times.at(-1) ?? 0) / 200 + 1) * 1.2, `five a second: ${times.join()}`);
  assert.ok(times.every((at, index) => at - (times[index - 1] ?? 0) < longest), `no gap: ${times.join()}`);
}

const rises = (bright: readonly boolean[]): number[] =>
  bright.flatMap((now, index) => (now && bright[index - 1] === false ? [index] : []));

/** Seconds of stream time at which the scene turns bright, as vision sees it. */
const flashesSeen = ({ frames }: RecordedSession): number[] =>
  rises(frames.map(({ pixels }) => (pixels[0] ?? 0) > 128)).map((index) => (frames[index]?.at ?? NaN) / 1000);

/** The same, as it is recorded. */
const flashesRecorded = async (session: RecordedSession): Promise<number[]> =>
  rises((await brightnessRecorded(session, 'null')).map((luma) => luma > 128)).map((index) => index / 25);

async function brightnessRecorded(
  { inits, fragments: parts }: RecordedSession, filter: string,
): Promise<readonly number[]> {
  const { output } = await runTool({
    tool: 'ffmpeg',
    args: [
      '-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-vf', `${filter},scale=1:1,format=gray`, '-fps_mode', 'passthrough',
      '-f', 'rawvideo', 'pipe:1',
    ],
    input: Buffer.concat([...inits, ...parts].map(({ data }) => data)),
  });
  return [...output];
}

/** A camera of the network that hangs while it is watched, and refuses a wrong password. */
async function watchRtsp(
  clip: string,
): Promise<{ readonly host: string; readonly sink: RecordingSink; readonly refused: RecordingSink }> {
  await using server = new RtspCamera({ file: clip, credentials: { user: 'tyto', password: 's3c/r@t' } });
  const host = `127.0.0.1:${await server.listen()}`;
  let frozen = false;
  const [sink, refused] = await Promise.all([
    watch(`rtsp://tyto:s3c%2Fr%40t@${host}/live`, (seen) => {
      const latest = seen.sessions.length - 1; // a busy machine may have starved those before
      if (!frozen && hasFragments(seen, 2, latest) && keepsStep(seen, latest)) {
        frozen = true;
        server.freeze();
      }
      return frozen && seen.states.at(-1)?.status === 'offline';
    }, { stallTimeout: seconds(4) }),
    watch(`rtsp://tyto:wrong@${host}/live`, ({ states }) => states.length >= 2),
  ]);
  return { host, sink, refused };
}

/** A camera of the network that is switched off and on while it is watched. */
async function watchMjpeg(pictures: readonly Uint8Array[]): Promise<RecordingSink> {
  const options = { pictures, framesPerSecond: 10, credentials: { user: 'tyto', password: 'pa55' } };
  let server = new MjpegCamera(options);
  const port = await server.listen();
  let restarted: Promise<void> | undefined;
  const restart = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    server = new MjpegCamera(options);
    await server.listen(port);
  };
  try {
    return await watch(`http://tyto:pa55@127.0.0.1:${port}/video`, (seen) => {
      if (hasFragments(seen, 2) && keepsStep(seen)) restarted ??= restart();
      return hasFragments(seen, 2, 1) && keepsStep(seen, 1);
    });
  } finally {
    await restarted;
    await server[Symbol.asyncDispose]();
  }
}

describe('live cameras', () => {
  let folder: string;
  let scenes: {
    readonly files: Promise<readonly RecordingSink[]>;
    readonly gated: Promise<readonly RecordingSink[]>;
    readonly masked: Promise<readonly RecordingSink[]>;
    readonly faulty: Promise<readonly RecordingSink[]>;
    readonly rtsp: ReturnType<typeof watchRtsp>;
    readonly mjpeg: Promise<RecordingSink>;
    readonly raspberry: Promise<RecordingSink>;
  };

  // Cameras take their time: all of them run at once, each test then looks at one.
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-cameras-'));
    const clips = Object.entries(ENCODINGS).map(([name, encoding]) => ({ encoding, file: path.join(folder, name) }));
    await Promise.all([
      ...clips.map(({ file, encoding }) => makeClip(...flashScene('320x240', 1, 2), ...encoding, file)),
      makeClip('-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=10', '-frames:v', '5', path.join(folder, '%d.jpg')),
    ]);
    const pictures = await Promise.all([1, 2, 3, 4, 5].map((n) => readFile(path.join(folder, `${n}.jpg`))));
    scenes = {
      files: Promise.all(clips.map(({ file }) =>
        watch(file, (sink) => hasFragments(sink, 8) && keepsStep(sink), { pictures: { decode: 'full' } }))),
      gated: Promise.all(['reordered.mp4', 'hevc.mkv'].map((name) =>
        watch(path.join(folder, name), (sink) =>
          hasFragments(sink, 8) && keepsStep(sink) && (first(sink).frames.at(-1)?.at ?? 0) >= 3400,
        { pictures: { colour: 2 } }))),
      masked: Promise.all(['pictures.avi', 'plain.mp4'].map((name) =>
        watch(path.join(folder, name), (sink) => hasFragments(sink, 5), {
          pictures: { colour: true, masks: [LEFT] },
        }))),
      faulty: Promise.all(['none.mp4', '.'].map((name) =>
        watch(path.join(folder, name), ({ states }) => states.length >= 2))),
      rtsp: watchRtsp(path.join(folder, 'reordered.mp4')),
      mjpeg: watchMjpeg(pictures),
      raspberry: watch('raspberry', (sink) => hasFragments(sink, 4) && keepsStep(sink)),
    };
    await Promise.allSettled(Object.values(scenes));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  describe('a file', () => {
    it('is a camera that never ends, and is recorded as it is if it can be', async () => {
      const sinks = await scenes.files;
      assert.deepEqual(
        sinks.map((sink) => first(sink).inits[0]?.codec.slice(0, 4)), ['avc1', 'avc1', 'avc1', 'hvc1', 'avc1'],
      );
      for (const sink of sinks) {
        assert.deepEqual(sink.states, [{ status: 'connecting' }, { status: 'online' }]);
        assertSound(first(sink));
      }
    });

    it('shows the same at the same time to vision and in the recording, round after round', async () => {
      for (const sink of await scenes.files) {
        const seen = flashesSeen(first(sink));
        const recorded = await flashesRecorded(first(sink));
        for (const [index, time] of [1, 3].entries()) {
          assert.ok(Math.abs((seen[index] ?? 0) - time) <= 0.1, `seen at ${seen.join()}`);
          assert.ok(Math.abs((recorded[index] ?? 0) - time) <= 0.1, `recorded at ${recorded.join()}`);
        }
      }
    });

    it('is decoded by another process where only some of it need be decoded, and shows the same', async () => {
      for (const sink of await scenes.gated) {
        const session = first(sink);
        assertSound(session);
        assert.deepEqual(flashesSeen(session).slice(0, 2).map((time) => Math.round(time * 10) / 10), [1, 3]);
        assert.equal(session.decodings[0]?.mode, 'learning');
        const times = session.colours.map(({ at }) => at);
        assert.deepEqual(times.slice(0, 6), [0, 520, 1000, 1520, 2000, 2520].slice(0, times.length).slice(0, 6));
        assert.ok(times.length >= 4 && session.colours.every(({ pixels }) => pixels.byteLength === 320 * 240 * 3 / 2));
      }
    });

    it('has privacy masks in every frame, and in the recording where it is encoded here', async () => {
      const bright = 128;
      for (const [index, sink] of (await scenes.masked).entries()) {
        const { frames, colours } = first(sink);
        const flash = frames.find(({ pixels }) => (pixels[159] ?? 0) > bright);
        assert.ok(flash !== undefined && flash.pixels.every((luma, at) => luma === 0 || at % 160 > 51), 'gray');
        // Black is 16 of luma; a picture that was encoded is not quite what was put into it.
        const isMasked = colours.every(({ pixels, width, height }) =>
          pixels.subarray(0, width * height).every((luma, at) => luma <= 18 || at % width > 104));
        assert.ok(isMasked, 'colour');
        const recorded = await brightnessRecorded(first(sink), 'crop=90:240:0:0');
        assert.equal(recorded.some((luma) => luma > bright), index === 1, `recorded: ${recorded.join()}`);
      }
    });

    it('is put on the wall clock by its arrival', async () => {
      for (const sink of await scenes.files) {
        const { fragments: parts, session } = first(sink);
        assert.ok(parts.every(({ at, duration }) => at > Date.now() - 60_000 && at + duration <= Date.now()));
        const [one, last] = [parts[0], parts.at(-1)];
        // The first one may come late, on a busy machine: then what arrives sooner corrects the time,
        // and later ones stand nearer to it.
        assert.ok(one !== undefined && last !== undefined && last.at - one.at - last.start < 500, 'no delay grows');
        assert.ok(
          Math.abs(session.wallTime(millis(last.start + 40)) - session.wallTime(last.start) - 40) <= 1,
          'whole milliseconds',
        );
      }
    });

    it('that is not there, or is a folder, makes the camera offline with the reason', async () => {
      const [none, directory] = (await scenes.faulty).map(({ states }) => states);
      assert.deepEqual(none, [
        { status: 'connecting' },
        { status: 'offline', code: 'camera.missing', reason: `there is no file ${path.join(folder, 'none.mp4')}` },
      ]);
      assert.match(JSON.stringify(directory), /"camera\.no-video","reason":"expected a video file, got the directory/);
    });
  });

  describe('an RTSP camera', () => {
    it('is joined wherever it is, and taken for gone when it has sent nothing for the stall time', async () => {
      const { sink, host } = await scenes.rtsp;
      assertSound(sink.sessions.at(-1) ?? first(sink));
      assert.deepEqual(sink.states.at(-1), {
        status: 'offline', code: 'camera.stalled', reason: `rtsp://${host} has sent no picture for 4 s`,
      });
    });
    it('is offline with the reason when the password is wrong', async () => {
      const { refused, host } = await scenes.rtsp;
      const state = refused.states[1];
      assert.ok(state?.status === 'offline'
        && state.code === 'camera.unauthorized'
        && state.reason.startsWith(`rtsp://${host} refuses the user name or the password`));
    });
  });

  describe('an MJPEG camera', () => {
    it('is encoded, and found again after it was gone, on a timeline of its own', async () => {
      const sink = await scenes.mjpeg;
      const size = { width: 640, height: 360 };
      assert.deepEqual(
        sink.sessions.map(({ session, inits }) => [session.number, inits[0]?.size]), [[1, size], [2, size]],
      );
      sink.sessions.forEach((session) => assertSound(session, ARRIVAL_MS));
      assert.deepEqual(sink.states.map(({ status }) => status), ['connecting', 'online', 'offline', 'online']);
    });
  });

  describe('the Raspberry Pi camera', () => {
    it('is recorded as its encoder delivers it, each picture at the time of its arrival', async () => {
      const sink = await scenes.raspberry;
      assertSound(first(sink), ARRIVAL_MS);
      assert.deepEqual(first(sink).inits[0]?.size, { width: 1280, height: 720 });
    });
  });
});
