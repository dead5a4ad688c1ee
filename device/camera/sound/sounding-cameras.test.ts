import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withOwnFfmpeg } from '../../../test/own-ffmpeg.ts';
import { decodeSound } from '../../../test/video/decode-sound.ts';
import { silentFrame } from '../../contract/aac.ts';
import { rebaseFragment, type Fragment } from '../../contract/mp4-fragment.ts';
import { mimeOf, type InitSegment } from '../../contract/mp4-init.ts';
import { samplesOf } from '../../contract/mp4-samples.ts';
import { silentLog } from '../../core/log.ts';
import { seconds } from '../../core/units.ts';
import { runTool } from '../../media/run-tool.ts';
import { nalLengthSize, samplesAddUp } from '../../media/sample-check.ts';
import { systemClock } from '../../runtime/clock.ts';
import { openCamera } from '../open-camera.ts';
import { ENCODINGS, flashAndBeep, makeClip, SOUNDS } from '../simulated/clips.ts';
import { RecordingSink, type RecordedSession } from '../simulated/recording-sink.ts';
import { RtspCamera, type RtspCameraOptions } from '../simulated/rtsp-camera.ts';

const PATIENCE_MS = 60_000;
const RATE = 8000;

interface Watch {
  readonly sound?: boolean;
  readonly decode?: 'auto' | 'full';
  readonly on?: (sink: RecordingSink) => void;
}

/** Runs the camera until so many fragments came. */
async function watch(
  source: string, count: number, { sound = true, decode = 'auto', on }: Watch = {},
): Promise<RecordedSession> {
  const stop = new AbortController();
  const sink = new RecordingSink();
  const camera = await openCamera({
    source, sound, stallTimeout: seconds(10), pictures: { decode },
  }, { clock: systemClock, log: silentLog }, stop.signal);
  const run = camera.run(sink, stop.signal);
  await Promise.race([
    sink.until((seen) => { on?.(seen); return (seen.sessions[0]?.fragments.length ?? 0) >= count; }, PATIENCE_MS), run,
  ])
    .finally(() => stop.abort());
  await run;
  const [session] = sink.sessions;
  assert.ok(session !== undefined, sink.summary());
  return session;
}

async function watchRtsp(options: RtspCameraOptions, count: number, on?: (
  server: RtspCamera, sink: RecordingSink,
) => void): Promise<RecordedSession> {
  await using server = new RtspCamera(options);
  return await watch(`rtsp://127.0.0.1:${await server.listen()}/live`, count, { on: (sink) => on?.(server, sink) });
}

const bytesOf = (init: InitSegment | undefined, fragments: readonly Fragment[]): Buffer =>
  Buffer.concat([init?.data ?? new Uint8Array(), ...fragments.map(({ data }) => data)]);

/** Seconds at which pictures turn white. */
async function flashes(mp4: Uint8Array): Promise<number[]> {
  const { output } = await runTool({
    tool: 'ffmpeg', input: mp4,
    args: [
      '-v', 'error', '-copyts', '-f', 'mp4', '-i', 'pipe:0', '-map', '0:v:0', '-vf',
      'signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-', '-fps_mode', 'passthrough', '-f', 'null', '-',
    ],
  });
  const found = [
    ...output.toString().matchAll(/pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)/g),
  ].map(([, at, luma]) => ({ at: Number(at), bright: Number(luma) > 128 }));
  return found.flatMap(({ at, bright }, index) => (bright && found[index - 1]?.bright === false ? [at] : []));
}

/** Seconds at which it begins to beep after a fifth of a second of stillness. */
async function beeps(mp4: Uint8Array): Promise<number[]> {
  const { samples } = await decodeSound(mp4, RATE);
  const loud = [...samples.keys()].filter((index) => Math.abs(samples[index] ?? 0) > 3000);
  return loud.filter((index, place) => index - (loud[place - 1] ?? -RATE) > RATE / 5).map((index) => index / RATE)
    .filter((at) => at > 0.1);
}

/** Each flash with its beep, at most a tenth of a second from it. */
async function assertInStep(mp4: Uint8Array, least: number): Promise<void> {
  const [seen, heard] = await Promise.all([flashes(mp4), beeps(mp4)]);
  const pairs = seen.filter((at) => heard.some((other) => Math.abs(other - at) <= 0.1));
  assert.ok(pairs.length >= least
    && seen.length - pairs.length <= 1, `flashes at ${seen.join()}, beeps at ${heard.join()}`);
}

/** Where each frame of sound begins and ends, in ticks. */
const soundOf = ({
  fragments,
}: RecordedSession): { readonly ticks: number; readonly end: number; readonly bytes: number }[] =>
  fragments.flatMap(({ data, tracks: { sound } }) =>
    (sound === undefined ? []
      : samplesOf(data, sound).map(({ ticks, duration, bytes }) => ({ ticks, end: ticks + duration, bytes }))));

/** From 0 to about where the video ends, without a hole. */
function assertWhole(session: RecordedSession): void {
  const frames = soundOf(session);
  const rate = session.inits[0]?.sound?.timescale ?? NaN;
  const video = session.fragments.at(-1);
  frames.forEach(({ ticks }, index) =>
    assert.ok(ticks - (frames[index - 1]?.end ?? 0) < 1024
      && ticks >= (frames[index - 1]?.end ?? 0), `frame ${index} at ${ticks}`));
  const behind = ((video?.start ?? NaN) + (video?.duration ?? NaN)) / 1000 - (frames.at(-1)?.end ?? NaN) / rate;
  assert.ok(Math.abs(behind) < 1.2, `sound ends ${behind} s before the video`);
}

describe('cameras with sound', () => {
  let folder: string;
  let scenes: Record<
    'aac' | 'phone' | 'opus' | 'full' | 'off' | 'rtsp' | 'rtspPhone' | 'announced' | 'announcedPhone' | 'silenced',
    Promise<RecordedSession>
  >;

  // All of them run at once, each test then looks at one.
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-sound-'));
    const file = (name: keyof typeof SOUNDS): string => path.join(folder, name);
    const sent = (name: keyof typeof SOUNDS): string => path.join(folder, `sent-${name}`);
    await Promise.all((Object.keys(SOUNDS) as (keyof typeof SOUNDS)[]).map((name) =>
      makeClip(...flashAndBeep('320x240', [1, 3.2], 4), ...ENCODINGS['reordered.mp4'], ...SOUNDS[name], file(name))));
    // RTP has no room for the order in which pictures are decoded: cameras that use it send none out of order.
    await Promise.all((['aac.mp4', 'phone.mov'] as const).map((name) =>
      makeClip(...flashAndBeep('320x240', [1, 3.2], 4), ...ENCODINGS['plain.mp4'], ...SOUNDS[name], sent(name))));
    scenes = {
      aac: watch(file('aac.mp4'), 9), phone: watch(file('phone.mov'), 9), opus: watch(file('opus.mkv'), 9),
      full: watch(file('aac.mp4'), 9, { decode: 'full' }), off: watch(file('aac.mp4'), 3, { sound: false }),
      rtsp: watchRtsp({ file: sent('aac.mp4'), sound: 'sent' }, 9),
      rtspPhone: watchRtsp({ file: sent('phone.mov'), sound: 'sent' }, 9),
      announced: watchRtsp({ file: sent('aac.mp4'), sound: 'announced' }, 6),
      announcedPhone: watchRtsp({ file: sent('phone.mov'), sound: 'announced' }, 6),
      silenced: watchRtsp({ file: sent('aac.mp4'), sound: 'sent' }, 9, (server, { sessions }) => {
        if ((sessions[0]?.fragments.length ?? 0) >= 3) server.silence();
      }),
    };
    await Promise.allSettled(Object.values(scenes));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('are recorded with it: AAC as it comes, anything else as AAC, all of it in step with the pictures', async () => {
    for (const [name, rate] of [
      ['aac', 44_100], ['phone', 16_000], ['opus', 48_000], ['full', 44_100], ['rtsp', 44_100], ['rtspPhone', 16_000],
    ] as const) {
      const session = await scenes[name];
      const [init] = session.inits;
      assert.deepEqual([init?.sound?.codec, init?.sound?.timescale], ['mp4a.40.2', rate], name);
      assert.match(init === undefined ? '' : mimeOf(init), /^video\/mp4; codecs="avc1\.[0-9a-f]{6}, mp4a\.40\.2"$/);
      assertWhole(session);
      await assertInStep(bytesOf(init, session.fragments), 1);
    }
  });

  it('begin at 0, each fragment where the one before ended', async () => {
    for (const name of ['aac', 'full', 'rtsp'] as const) {
      let end = 0;
      for (const { start, duration } of (await scenes[name]).fragments) {
        assert.ok(Math.abs(start - end) < 1, `${name}: ${start} after ${end}`);
        end = start + duration;
      }
    }
  });

  it('give clips that begin with any keyframe, and are in step', async () => {
    const { inits: [init], fragments } = await scenes.aac;
    const from = fragments.findIndex(({ key }, index) => key && index > 1);
    const kept = fragments.slice(from);
    assert.ok(init !== undefined && from !== -1);
    const clip = Buffer.concat([
      init.data, ...kept.map((fragment, index) => rebaseFragment(fragment, kept[0]?.startTicks ?? 0, index + 1)),
    ]);
    await assertInStep(clip, 1);
    assert.ok(fragments.every((fragment) => samplesAddUp(fragment, nalLengthSize(init))));
  });

  it('are recorded without it where that is wished', async () => {
    const { inits: [init], fragments } = await scenes.off;
    assert.equal(init?.sound, undefined);
    assert.ok(fragments.every(({ data }) => !Buffer.from(data).includes('mp4a')));
  });

  it('that announce sound and never send any are recorded at once, with silence', async () => {
    for (const session of [await scenes.announced, await scenes.announcedPhone]) {
      assertWhole(session);
      const { samples, complaint } = await decodeSound(bytesOf(session.inits[0], session.fragments), RATE);
      assert.deepEqual([complaint, samples.every((value) => value === 0)], ['', true]);
    }
  });

  it('whose sound is of another kind than they announced are recorded with silence, and that is told', async () => {
    let told = 0;
    // An ffmpeg that hands over another rate than it was asked for.
    const session = await withOwnFfmpeg('real "${@/#16000/44100}"', () => watch(path.join(folder, 'phone.mov'), 6, {
      on: (sink) => { Object.assign(sink, { soundLost: () => { told++; } }); },
    }));
    assert.equal(told, 1);
    assert.equal(session.inits[0]?.sound?.codec, 'mp4a.40.2');
    assertWhole(session);
    assert.ok(soundOf(session).every(({ bytes }) => bytes === silentFrame(1).byteLength));
  });

  it('whose sound stops go on with silence', async () => {
    const session = await scenes.silenced;
    assertWhole(session);
    const silent = silentFrame(1).byteLength;
    assert.ok(soundOf(session).slice(-9).every(({ bytes }) => bytes === silent), 'silence at the end');
    assert.ok(soundOf(session).some(({ bytes }) => bytes > silent), 'sound before');
  });
});
