import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { WatchedStream } from '../contract/topics.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { runTool } from '../media/run-tool.ts';
import { systemClock } from '../runtime/clock.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { shapedFragments } from '../../test/recording/footage.ts';
import { RtspFeed } from './adapters/rtsp-feed.ts';
import type { Camera, CameraSession, CameraSink } from './camera.ts';
import { openCamera } from './open-camera.ts';
import { ReconnectingCamera } from './reconnecting-camera.ts';
import { ENCODINGS, flashScene, makeClip } from './simulated/clips.ts';
import { RecordingSink } from './simulated/recording-sink.ts';
import { RtspCamera } from './simulated/rtsp-camera.ts';
import { TwoStreamCamera } from './two-stream-camera.ts';

const PATIENCE_MS = 60_000;
const STALL = seconds(10);

class WatchedSink extends RecordingSink {
  readonly watchedStreams: WatchedStream[] = [];
  watched(stream: WatchedStream): void { this.watchedStreams.push(stream); }
}

async function runUntil(camera: Camera, seen: (sink: WatchedSink) => boolean): Promise<WatchedSink> {
  const stop = new AbortController();
  const sink = new WatchedSink();
  const run = camera.run(sink, stop.signal);
  await Promise.race([sink.until(seen, PATIENCE_MS), run]).finally(() => stop.abort());
  await run;
  return sink;
}

/** The two streams of one camera; a path of none there is not there. */
function twoStreams(port: number, main: string, sub: string): Camera {
  const around = { stallTimeout: STALL, clock: systemClock, log: silentLog, random: Math.random };
  const feed = (name: string): RtspFeed => new RtspFeed(new URL(`rtsp://127.0.0.1:${port}${name}`), {
    label: name, timeout: STALL, certificate: { type: 'system' }, wishes: {}, sound: false,
    clock: systemClock, log: silentLog,
  });
  return new TwoStreamCamera(
    new ReconnectingCamera(feed(main), { ...around, pictures: { decode: 'none' } }),
    new ReconnectingCamera(feed(sub), { ...around, pictures: {} }),
    { pictures: {}, clock: systemClock, log: silentLog, standsInAfter: seconds(1) },
  );
}

const rises = (bright: readonly boolean[]): number[] =>
  bright.flatMap((now, index) => (now && bright[index - 1] === false ? [index] : []));

/** Seconds of stream time at which it flashes for vision, and in what is recorded. */
async function flashes(
  sink: RecordingSink,
): Promise<{ readonly seen: readonly number[]; readonly recorded: readonly number[] }> {
  const [session] = sink.sessions;
  assert.ok(session !== undefined, sink.summary());
  const { output } = await runTool({
    tool: 'ffmpeg', input: Buffer.concat([...session.inits, ...session.fragments].map(({ data }) => data)),
    args: [
      '-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-vf', 'scale=1:1,format=gray', '-fps_mode', 'passthrough', '-f',
      'rawvideo', 'pipe:1',
    ],
  });
  return {
    seen: rises(session.frames.map(({ pixels }) => (pixels[0] ?? 0) > 128))
      .map((index) => (session.frames[index]?.at ?? NaN) / 1000),
    recorded: rises([...output].map((luma) => luma > 128)).map((index) => index / 25),
  };
}

describe('a camera of two streams', function () {
  let folder: string;
  let scenes: Record<'both' | 'mainAlone' | 'subAlone', Promise<WatchedSink>>;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-two-streams-'));
    const [large, small] = [path.join(folder, 'main.mp4'), path.join(folder, 'sub.mp4')];
    await Promise.all([
      makeClip(...flashScene('640x480', 1, 2), ...ENCODINGS['plain.mp4'], large),
      makeClip(...flashScene('320x240', 1, 2), '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', small),
    ]);
    const server = new RtspCamera({ file: large, sub: small });
    const port = await server.listen();
    const at = (name: string): string => `rtsp://127.0.0.1:${port}${name}`;
    const asSet = await openCamera({
      source: at('/live'), subSource: at('/sub'), stallTimeout: STALL,
    }, { clock: systemClock, log: silentLog }, new AbortController().signal);
    scenes = {
      both: runUntil(asSet, ({ sessions: [first] }) =>
        (first?.fragments.length ?? 0) >= 12 && (first?.frames.length ?? 0) >= 20),
      mainAlone: runUntil(twoStreams(port, '/live', '/none'), ({ sessions: [first] }) =>
        (first?.frames.length ?? 0) >= 20),
      subAlone: runUntil(twoStreams(port, '/none', '/sub'), ({ sessions: [first] }) =>
        (first?.fragments.length ?? 0) >= 4 && (first?.frames.length ?? 0) >= 8),
    };
    await Promise.allSettled(Object.values(scenes));
    await server[Symbol.asyncDispose]();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is recorded as one and watched as the other, at the same times', async () => {
    const sink = await scenes.both;
    assert.deepEqual(sink.sessions[0]?.inits.map(({ size }) => size), [{ width: 640, height: 480 }]);
    assert.deepEqual(
      sink.watchedStreams.map(({ width, height, reason }) => [width, height, reason]).at(-1), [320, 240, ''],
    );
    const { seen, recorded } = await flashes(sink);
    const inStep = recorded.filter((at) => seen.some((other) => Math.abs(other - at) <= 0.5));
    assert.ok(inStep.length >= 2
      && recorded.length - inStep.length <= 1, `recorded at ${recorded.join()}, seen at ${seen.join()}`);
  });

  it('is watched as it is recorded while the sub-stream is gone, and recording goes on', async () => {
    const sink = await scenes.mainAlone;
    assert.equal(sink.sessions.length, 1);
    const told = sink.watchedStreams.at(-1);
    assert.deepEqual([told?.source, told?.width], ['/live', 640]);
    assert.match(
      told?.reason ?? '',
      /^the sub-stream is gone, the main stream is watched in its place: \/none answers, but has nothing under this path/,
    );
    const { seen, recorded } = await flashes(sink);
    assert.ok(
      seen.some((at) => recorded.some((other) => Math.abs(other - at) <= 0.25)),
      `recorded at ${recorded.join()}, seen at ${seen.join()}`,
    );
  });

  it('is recorded as the sub-stream while the main stream is gone, which is said', async () => {
    const sink = await scenes.subAlone;
    assert.deepEqual(sink.sessions[0]?.inits.map(({ size }) => size), [{ width: 320, height: 240 }]);
    const state = sink.states.at(-1);
    assert.ok(state?.status === 'online'
      && state.reason?.startsWith('the main stream is gone, the sub-stream is recorded in its place: /none answers'),
      sink.summary());
  });

  it('is recorded as the sub-stream until the main stream sends pictures again, however often it only announces them', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const [main, sub] = [new ScriptedCamera('main'), new ScriptedCamera('sub')];
    const sink = new WatchedSink();
    const stop = new AbortController();
    const run = new TwoStreamCamera(main, sub, { pictures: {}, clock, log: silentLog }).run(sink, stop.signal);
    await main.started;
    sub.begin(0);
    main.lose('unplugged');
    await clock.advance(seconds(6));
    for (const reason of ['no picture came', 'unplugged']) {
      main.announce(10_000);
      sub.fragment();
      await clock.advance(seconds(20));
      main.lose(reason);
      sub.fragment();
    }
    assert.deepEqual(sink.sessions.map(({ session, fragments }) => [session.label, fragments.length]), [['sub', 4]]);
    assert.deepEqual(sink.states.map(({ status }) => status), ['offline', 'online']);
    main.announce(60_000);
    sub.fragment();
    main.fragment();
    sub.fragment();
    assert.deepEqual(
      sink.sessions.map(({ session, inits, fragments }) => [session.label, inits.length, fragments.length]),
      [['sub', 1, 5], ['main', 1, 1]],
    );
    stop.abort();
    await run;
  });

  it('puts what it sees of one into the time of the other, in order, and goes over from one to the other and back', async () => {
    const clock = new VirtualClock(seconds(1_800_000_000));
    const [main, sub] = [new ScriptedCamera('main'), new ScriptedCamera('sub')];
    const sink = new WatchedSink();
    const stop = new AbortController();
    const run = new TwoStreamCamera(main, sub, { pictures: {}, clock, log: silentLog }).run(sink, stop.signal);
    await Promise.resolve();
    await main.started;
    main.begin(1000);
    sub.begin(500);
    sub.frame(100); // before the recording began
    for (const at of [1500, 1700, 1690]) sub.frame(at);
    assert.deepEqual(sink.sessions[0]?.frames.map(({ at }) => at), [1000, 1200, 1201]);
    main.lose('unplugged');
    sub.frame(1900);
    assert.deepEqual(
      [sink.states.at(-1), sink.sessions.length], [{ status: 'offline', code: 'camera.gone', reason: 'unplugged' }, 1],
    );
    await clock.advance(seconds(11));
    sub.fragment();
    sub.frame(12_000);
    assert.deepEqual(
      [sink.states.at(-1)?.status, sink.sessions[1]?.frames.map(({ at }) => at), sink.sessions[1]?.fragments.length],
      ['online', [12_000], 1],
    );
    main.begin(14_000);
    main.fragment();
    sub.fragment();
    sub.frame(14_500);
    assert.deepEqual([
      sink.sessions[2]?.session.label, sink.sessions[2]?.frames.map(({ at }) => at), sink.sessions[2]?.fragments.length,
    ], ['main', [1000], 1]);
    stop.abort();
    await run;
  });
});

const INIT = {
  data: new Uint8Array(), codec: 'avc1.64001f', size: { width: 640, height: 480 },
} as unknown as InitSegment;

/** Says what it is told to. */
class ScriptedCamera implements Camera {
  readonly label: string;
  readonly isDemo = false;
  readonly #started = Promise.withResolvers<void>();
  #sink: CameraSink | undefined;
  constructor(label: string) { this.label = label; }

  get started(): Promise<void> { return this.#started.promise; }

  run(sink: CameraSink, signal: AbortSignal): Promise<void> {
    this.#sink = sink;
    this.#started.resolve();
    return new Promise((resolve) => { signal.addEventListener('abort', () => resolve()); });
  }

  begin(origin: number): void {
    this.announce(origin);
    this.#sink?.state({ status: 'online' });
  }

  /** Without a picture yet. @param origin - Wall clock of its stream time 0. */
  announce(origin: number): void {
    const session: CameraSession = {
      number: 1, label: this.label, wallTime: (at: Millis) => millis(origin + at), attend() {},
    };
    this.#sink?.session(session);
    this.#sink?.init(INIT);
  }

  lose(reason: string): void { this.#sink?.state({ status: 'offline', code: 'camera.gone', reason }); }
  frame(at: number): void { this.#sink?.frame({ at: millis(at), width: 8, height: 8, pixels: new Uint8Array(64) }); }
  fragment(): void {
    for (const fragment of shapedFragments('K')) this.#sink?.fragment({ ...fragment, at: millis(0) });
  }
}
