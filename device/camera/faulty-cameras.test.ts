import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seconds } from '../core/units.ts';
import { flashScene, makeClip } from './simulated/clips.ts';
import { FaultyLink, type LinkFaults } from './simulated/faulty-link.ts';
import { MjpegCamera } from './simulated/mjpeg-camera.ts';
import { withOwnFfmpeg } from '../../test/own-ffmpeg.ts';
import type { RecordingSink } from './simulated/recording-sink.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { hasFragments, watchCamera } from './simulated/watch-camera.ts';

const SECOND_TICKS = 90_000;
const HOUR_TICKS = 3600 * SECOND_TICKS;
/** Stream time after which it is known when pictures come, and some more for a machine that is late. */
const SETTLED = seconds(12);
const ENCODING = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12'] as const;

describe('cameras that misbehave', () => {
  let folder: string;
  let scenes: Readonly<
    Record<
      | 'closing' | 'foreign' | 'garbage' | 'changing' | 'leaping' | 'returning' | 'seldom' | 'growing'
      | 'setAhead' | 'setBack' | 'reordered',
      Promise<RecordingSink>
    >
  >;
  const file = (name: string): string => path.join(folder, name);
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-faulty-'));
    await Promise.all([
      makeClip('-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '20', ...ENCODING, file('clip.mp4')),
      // Keyframes are so far apart that nothing is whole for four seconds once times stand still.
      makeClip(
        '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '20', ...ENCODING, '-g', '100', file('seldom.mp4'),
      ),
      makeClip(
        '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '20',
        '-c:v', 'libx264', '-preset', 'veryfast', '-g', '12', '-bf', '2', file('reordered.mp4'),
      ),
      makeClip(
        '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25', '-t', '6', ...ENCODING, '-f', 'h264', file('small.h264'),
      ),
      makeClip(
        '-f', 'lavfi', '-i', 'testsrc2=size=480x360:rate=25', '-t', '6', ...ENCODING, '-f', 'h264', file('large.h264'),
      ),
      makeClip('-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1', file('small.jpg')),
      makeClip('-f', 'lavfi', '-i', 'testsrc2=size=640x360', '-frames:v', '1', file('large.jpg')),
      makeClip(...flashScene('320x240', 1, 2), ...ENCODING, file('flash.mp4')),
    ]);
    // Whenever a machine gets to it, a change is to come.
    const both = Buffer.concat(await Promise.all(['small.h264', 'large.h264'].map((name) => readFile(file(name)))));
    await writeFile(file('changing.h264'), Buffer.concat([both, both, both, both]));
    // Faults take their time: all cameras run at once, each test then looks at one.
    scenes = {
      closing: watchRtsp('clip.mp4', { closes: 3 }, (seen) => hasFragments(seen, 1)),
      foreign: watchRtsp('clip.mp4', { greeting: 'SSH-2.0-dropbear\r\n' }, ({ states }) => states.length >= 2),
      garbage: watchRtsp('clip.mp4', { garbage: 3000 }, (seen) => hasFragments(seen, 6) || hasFragments(seen, 2, 1)),
      changing: watchRtsp('changing.h264', {}, (seen) => hasFragments(seen, 1, 1)),
      leaping: watchRtsp('clip.mp4', { ticks: 2 * HOUR_TICKS }, (seen) => hasFragments(seen, 1, 1)),
      setAhead: watchSet(5 * SECOND_TICKS),
      setBack: watchSet(-5 * SECOND_TICKS),
      reordered: watchRtsp('reordered.mp4', { ticks: 20 * SECOND_TICKS }, (seen) => hasFragments(seen, 1, 1), SETTLED),
      returning: watchRtsp('clip.mp4', { ticks: -2 * HOUR_TICKS }, (seen) => hasFragments(seen, 1, 1)),
      seldom: watchRtsp('seldom.mp4', { ticks: -2 * HOUR_TICKS }, (seen) => hasFragments(seen, 1, 1)),
      growing: watchGrowing(),
    };
    await Promise.allSettled(Object.values(scenes));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function watchRtsp(clip: string, faults: LinkFaults, seen: (
    sink: RecordingSink,
  ) => boolean, after = seconds(0)): Promise<RecordingSink> {
    await using camera = new RtspCamera({ file: file(clip) });
    await using link = new FaultyLink(await camera.listen(), faults);
    const address = `rtsp://127.0.0.1:${await link.listen()}/live`;
    let spoiled = false;
    return await watchCamera(address, (sink) => {
      if (hasFragments(sink, 2) && !spoiled && (sink.sessions[0]?.fragments.at(-1)?.start ?? 0) >= after) {
        spoiled = true;
        link.spoil();
      }
      return seen(sink);
    }, { stallTimeout: seconds(5) });
  }
  /** For seconds after its clock was set, or in another session. */
  const goesOn = ({ sessions: [first, second] }: RecordingSink): boolean =>
    (first?.fragments.at(-1)?.start ?? 0) >= SETTLED + 6000 || second !== undefined;
  const codes = ({ states }: RecordingSink): readonly string[] =>
    states.map((state) => (state.status === 'offline' ? state.code : state.status));

  /** A machine that stands still for a second at that moment cannot tell a leap from a loss: then once more. */
  async function watchSet(ticks: number): Promise<RecordingSink> {
    const watch = (): Promise<RecordingSink> => watchRtsp('clip.mp4', { ticks }, goesOn, SETTLED);
    const sink = await watch();
    return sink.sessions.length === 1 ? sink : watch();
  }

  /** Pictures that become larger in the middle. */
  async function watchGrowing(): Promise<RecordingSink> {
    const [small, large] = await Promise.all(['small.jpg', 'large.jpg'].map((name) => readFile(file(name))));
    assert.ok(small !== undefined && large !== undefined);
    await using camera = new MjpegCamera({
      pictures: [...Array.from({ length: 15 }, () => small), ...Array.from({ length: 500 }, () => large)],
      framesPerSecond: 10,
    });
    return await watchCamera(`http://127.0.0.1:${await camera.listen()}/video`, (seen) => hasFragments(seen, 1, 1));
  }

  it('are asked again and again when they close each connection, and are watched as soon as they do not', async () => {
    const sink = await scenes.closing;
    assert.deepEqual(sink.states.map(({ status }) => status), ['connecting', 'offline', 'online']);
  });

  it('are offline with a reason when they speak another language', async () => {
    const last = (await scenes.foreign).states.at(-1);
    assert.ok(last?.status === 'offline' && last.reason.startsWith('rtsp://127.0.0.1'), JSON.stringify(last));
  });

  it('are recorded on when they throw garbage in between', async () =>
    assert.equal((await scenes.garbage).states.at(-1)?.status, 'online'));

  it('begin a new session when they go over to another size in the middle', async () => {
    const changing = await scenes.changing;
    assert.ok(codes(changing).includes('camera.changed'), codes(changing).join());
    assert.equal(changing.sessions.length, 2);
    const growing = await scenes.growing;
    assert.deepEqual(growing.sessions.map(({ inits }) => inits[0]?.size.width), [320, 640]);
    assert.ok(codes(growing).includes('camera.changed'));
  });

  it('begin a new session when their clock jumps by hours, ahead or back; nothing is recorded as of another time', async () => {
    for (const sink of [await scenes.leaping, await scenes.returning, await scenes.seldom]) {
      assert.ok(codes(sink).some((code) => code === 'camera.time-jump' || code === 'camera.stalled'), codes(sink)
        .join());
      assert.ok((sink.sessions[0]?.fragments.at(-1)?.start ?? Infinity) < 20_000);
    }
  });

  it('are recorded on without a gap when their clock is set by seconds, ahead or back', async () => {
    for (const sink of [await scenes.setAhead, await scenes.setBack]) {
      assert.deepEqual([codes(sink), sink.sessions.length], [['connecting', 'online'], 1]);
      const { fragments } = sink.sessions[0] ?? { fragments: [] };
      const pictures = fragments.reduce((sum, { samples }) => sum + samples, 0);
      const shown = fragments.reduce((sum, { duration }) => sum + duration, 0);
      assert.ok(Math.abs(shown - pictures * 40) < 500, `${pictures} pictures are shown for ${shown} ms`);
    }
  });

  it('begin a new session when it is set and their pictures come out of order: nothing stands still', async () => {
    const sink = await scenes.reordered;
    assert.ok(codes(sink).includes('camera.time-jump'), codes(sink).join());
    const longest = Math.max(...sink.sessions.flatMap(({ fragments }) => fragments.map(({ duration }) => duration)));
    assert.ok(longest < 10_000, `a fragment lasts ${longest} ms`);
  });
});

describe('packets that cannot be chosen from', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-ungated-'));
    await makeClip(...flashScene('320x240', 1, 2), ...ENCODING, path.join(folder, 'flash.mp4'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('cost one connection; from the next one on all pictures are decoded', async () => {
    // An ffmpeg that joins several packets in one fragment.
    const sink = await withOwnFfmpeg('real "${@/+frag_every_frame/+frag_keyframe}"', () =>
      watchCamera(path.join(folder, 'flash.mp4'), (seen) => (seen.sessions.at(-1)?.frames.length ?? 0) >= 3));
    assert.deepEqual(sink.states.map((state) => (state.status === 'offline' ? state.code : state.status))
      .filter((code) => code !== 'online'), ['connecting', 'camera.ungated']);
    assert.equal(sink.sessions.at(-1)?.decodings[0]?.mode, 'full');
    assert.equal(sink.states.at(-1)?.status, 'online');
  });
});
