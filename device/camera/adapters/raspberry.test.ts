import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../../core/log.ts';
import { millis, seconds } from '../../core/units.ts';
import { runTool } from '../../media/run-tool.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Command } from '../command.ts';
import { ReconnectingCamera } from '../reconnecting-camera.ts';
import { makeClip } from '../simulated/clips.ts';
import { RecordingSink } from '../simulated/recording-sink.ts';
import { packetArguments } from '../stream/stream-arguments.ts';
import type { CameraWishes } from '../wishes.ts';
import { findLegacyCamera, LegacyRaspberryFeed, type LegacyCamera } from './legacy-raspberry-feed.ts';
import { findRpicam, rpicamFeed, RpicamFeed } from './rpicam-feed.ts';

const SIMULATED: Command = [process.execPath, fileURLToPath(new URL('../simulated/rpicam-vid.ts', import.meta.url))];
const BLIND: Command = ['echo', 'No cameras available!'];
const ABSENT: Command = ['no-such-program-anywhere'];
const ENDED: Command = ['sh', '-c', 'kill -KILL $$'];
const { signal } = new AbortController();
const COMMON = '-t 0 -n --width 1280 --height 720 --framerate 15 --inline -g 30';

const line = (wishes: CameraWishes, hardware: boolean): string => {
  const { stdin } = rpicamFeed(['rpicam-vid'], wishes, hardware);
  return stdin.type === 'program' ? [stdin.command, ...stdin.args].join(' ') : '';
};

describe('Raspberry Pi camera', () => {
  it('is encoded by the hardware where there is some, in software with constant quality on a Raspberry Pi 5', () => {
    assert.equal(line({}, true), `rpicam-vid ${COMMON} --codec h264 --bitrate 4000000 -o -`);
    assert.equal(
      line({}, false),
      `rpicam-vid ${COMMON} --codec libav --libav-format h264 --libav-video-codec libx264 --libav-video-codec-opts crf=23;bf=0 -o -`,
    );
  });

  it('is told what its owner wishes, in the words of its programs', () => {
    const wishes: CameraWishes = {
      size: { width: 1920, height: 1080 }, frameRate: 30,
      orientation: { rotation: 180, flip: 'horizontal' }, exposure: 'short', exposureCompensation: -0.5,
      shutter: millis(8.5), gain: 2, whiteBalance: 'daylight', focus: { mode: 'manual', position: 0.5 },
    };
    assert.equal(line(
      wishes, true,
    ), 'rpicam-vid -t 0 -n --width 1920 --height 1080 --framerate 30 --inline -g 60 --codec h264 --bitrate 18000000 ' +
      '--rotation 180 --hflip --exposure sport --ev -0.5 --shutter 8500 --gain 2 --awb daylight --autofocus-mode manual --lens-position 0.5 -o -');
  });

  it('is turned by a quarter here, for its programs cannot, and then encoded here', () => {
    const wishes: CameraWishes = { orientation: { rotation: 90, flip: 'none' } };
    assert.equal(
      line(wishes, true), 'rpicam-vid -t 0 -n --width 1280 --height 720 --framerate 15 --codec mjpeg --quality 85 -o -',
    );
    const { codec, size, upright, input } = rpicamFeed(['rpicam-vid'], wishes, true);
    assert.deepEqual(
      [codec, size, upright, input.includes('mjpeg')], ['mjpeg', { width: 720, height: 1280 }, 'transpose=clock', true],
    );
  });

  it('is read without any protocol but its pipe, by the time of arrival', () =>
    assert.equal(
      rpicamFeed(['rpicam-vid'], {}, true).input.join(' '),
      '-protocol_whitelist pipe -use_wallclock_as_timestamps 1 -framerate 15 -f h264 -i pipe:0',
    ));

  it('may be late with a bunch of pictures: they are set apart again, and never far behind their arrival', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-bunch-'));
    try {
      const [bunch, recorded] = [path.join(folder, 'bunch.h264'), path.join(folder, 'recorded.mp4')];
      await makeClip(
        '-f', 'lavfi', '-i', 'testsrc2=size=64x64:rate=15', '-frames:v', '30', '-c:v', 'libx264', '-bf', '0', bunch,
      );
      const video = await readFile(bunch);
      const args = packetArguments(rpicamFeed(['rpicam-vid'], {}, true))
        .map((argument) => (argument === 'pipe:3' ? recorded : argument));
      const { exitCode, complaint } = await runTool({ tool: 'ffmpeg', args, input: video });
      assert.equal(exitCode, 0, complaint);
      const { output } = await runTool({
        tool: 'ffprobe', args: ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', recorded],
      });
      const times = output.toString().trim().split(/\s+/).map(Number.parseFloat);
      const gaps = times.slice(1).map((time, index) => Math.round(1000 * (time - (times[index] ?? 0))));
      assert.equal(times.length, 30);
      assert.deepEqual(gaps.slice(0, 7), Array.from({ length: 7 }, () => 67));
      assert.ok(gaps.every((gap) => gap >= 6), `none stands still: ${gaps.join()}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is found by the first program that is installed', async () => {
    assert.deepEqual(await findRpicam([ABSENT, SIMULATED], signal), { found: 'camera', command: SIMULATED });
    assert.deepEqual(await findRpicam([ABSENT, BLIND, SIMULATED], signal), { found: 'no-camera', command: BLIND });
    assert.deepEqual(await findRpicam([ABSENT], signal), { found: 'no-program' });
    assert.deepEqual(
      await findRpicam([ENDED, SIMULATED], signal), { found: 'unknown', why: 'sh was ended from outside (SIGKILL)' },
    );
  });

  it('that is not there says what to do', async () => {
    await assert.rejects(new RpicamFeed('cam', [ABSENT]).open(signal), {
      code: 'camera.program-missing', message: /apt-get install rpicam-apps/,
    });
    await assert.rejects(new RpicamFeed('cam', [BLIND]).open(signal), {
      code: 'camera.missing', message: /ribbon cable/,
    });
    await assert.rejects(new RpicamFeed('cam', [ENDED]).open(signal), {
      code: 'camera.timeout', message: /^cam does not answer \(sh was ended from outside \(SIGKILL\)\); connect it/,
    });
  });
});

/** As the package's own object: pictures as events. */
class FakeLegacyCamera extends EventEmitter {
  #timer: NodeJS.Timeout | undefined;
  readonly #picture: Uint8Array;
  started: unknown;
  constructor(picture: Uint8Array) { super(); this.#picture = picture; }
  start(options: unknown, done: () => void): void {
    this.started = options;
    this.#timer = setInterval(() => this.emit('frame', this.#picture), 100);
    done();
  }
  stop(done: () => void): void { clearInterval(this.#timer); done(); }
}

describe('Raspberry Pi camera of the old stack', () => {
  it('is used through its package, and given back', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-legacy-'));
    try {
      await makeClip('-f', 'lavfi', '-i', 'testsrc2=size=1280x720', '-frames:v', '1', path.join(folder, 'a.jpg'));
      const fake = new FakeLegacyCamera(await readFile(path.join(folder, 'a.jpg')));
      const found = await findLegacyCamera(() => Promise.resolve({ ok: true, module: { default: fake } }));
      assert.ok(found.ok);
      const stop = new AbortController();
      const sink = new RecordingSink();
      const feed = new LegacyRaspberryFeed('cam', found.camera, silentLog);
      const run = new ReconnectingCamera(
        feed, { stallTimeout: seconds(10), clock: systemClock, log: silentLog, random: () => 0 },
      ).run(sink, stop.signal);
      await sink.until(({ sessions }) =>
        (sessions[0]?.fragments.length ?? 0) > 0 && (sessions[0]?.frames.length ?? 0) > 0, 60_000);
      stop.abort();
      await run;
      assert.deepEqual(fake.started, { width: 1280, height: 720, fps: 10, encoding: 'JPEG', quality: 80 });
      assert.deepEqual(
        [sink.sessions[0]?.inits[0]?.size, fake.listenerCount('frame')], [{ width: 1280, height: 720 }, 0],
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('that does not start is offline with the reason', async () => {
    const camera: LegacyCamera = {
      on() {}, off() {}, start: (_options, done) => done(new Error('no MMAL')), stop: (done) => done(),
    };
    const stop = new AbortController();
    const sink = new RecordingSink();
    const feed = new LegacyRaspberryFeed('cam', camera, silentLog);
    const run = new ReconnectingCamera(
      feed, { stallTimeout: seconds(10), clock: systemClock, log: silentLog, random: () => 0 },
    ).run(sink, stop.signal);
    await sink.until(({ states }) => states.length === 2, 60_000);
    stop.abort();
    await run;
    assert.deepEqual(sink.states[1], {
      status: 'offline', code: 'camera.missing', reason: 'cam does not start: no MMAL',
    });
  });

  it('without its package, or with another one of that name, is one clear line', async () => {
    const absent = await findLegacyCamera();
    assert.match(absent.ok ? 'installed' : absent.reason, /^installed$|raspberry-pi-camera-native/);
    assert.deepEqual(await findLegacyCamera(() => Promise.resolve({ ok: true, module: { default: {} } })),
      { ok: false, reason: 'raspberry-pi-camera-native has not the functions that are expected' });
  });
});
