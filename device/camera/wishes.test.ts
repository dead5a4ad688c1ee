import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../core/log.ts';
import type { PrivacyMask } from '../contract/places.ts';
import { millis, seconds } from '../core/units.ts';
import { runTool } from '../media/run-tool.ts';
import { systemClock } from '../runtime/clock.ts';
import { openCamera } from './open-camera.ts';
import { makeClip } from './simulated/clips.ts';
import { RecordingSink } from './simulated/recording-sink.ts';
import {
  NOTHING_ASKED, readWishes, unmetBut, uprightFilter, uprightSize, type AskedOfCamera, type Orientation,
} from './wishes.ts';

const RPICAM = [[process.execPath, fileURLToPath(new URL('simulated/rpicam-vid.ts', import.meta.url))]] as const;

describe('what is wished of a camera', () => {
  it('is nothing by default', () =>
    assert.deepEqual(Object.values(readWishes(NOTHING_ASKED)).filter((wish) => wish !== undefined), []));

  it('is read from the settings', () => assert.deepEqual(
    readWishes({
      ...NOTHING_ASKED, size: '1920x1080', frame_rate: 25, rotation: '270', exposure: 'long', shutter: millis(20),
      focus: 'manual', focus_position: 2,
    }),
    {
      size: { width: 1920, height: 1080 }, frameRate: 25, orientation: { rotation: 270, flip: 'none' },
      exposure: 'long', exposureCompensation: undefined, shutter: 20, gain: undefined, whiteBalance: undefined,
      focus: { mode: 'manual', position: 2 },
    }));

  it('is said when it is not met, each by the name of its setting', () => assert.deepEqual(
    unmetBut(readWishes({
      ...NOTHING_ASKED, flip: 'both', white_balance: 'cloudy', frame_rate: 5,
    }), ['frameRate'], 'no'),
    ['camera.rotation and camera.flip: not possible here; no', 'camera.white_balance: not possible here; no']));

  it('turns pictures clockwise, then mirrors them', () => {
    const table: readonly (readonly [Orientation, string])[] = [
      [{ rotation: 90, flip: 'none' }, 'transpose=clock'],
      [{ rotation: 270, flip: 'vertical' }, 'transpose=cclock,vflip'],
      [{ rotation: 180, flip: 'none' }, 'hflip,vflip'], [{ rotation: 0, flip: 'horizontal' }, 'hflip'],
    ];
    for (const [orientation, filter] of table) assert.equal(uprightFilter(orientation), filter);
    assert.deepEqual(
      uprightSize({ width: 1280, height: 720 }, { rotation: 90, flip: 'none' }), { width: 720, height: 1280 },
    );
  });
});

describe('a camera that is mounted askew', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-askew-'));
    // White in the upper left quarter; as pictures that are encoded here, and as video that is not.
    const scene = [
      '-f', 'lavfi', '-t', '1', '-i', 'color=black:size=320x240:rate=25,drawbox=w=160:h=120:color=white:thickness=fill',
    ];
    await Promise.all([makeClip(...scene, '-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', path.join(folder, 'pictures.avi')),
      makeClip(...scene, '-c:v', 'libx264', path.join(folder, 'video.mp4'))]);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function watch(
    name: string, asked: Partial<AskedOfCamera>, masks: readonly PrivacyMask[] = [],
  ): Promise<{ readonly sink: RecordingSink; readonly unmet: readonly string[] }> {
    const stop = new AbortController();
    const sink = new RecordingSink();
    let unmet: readonly string[] = [];
    const told = Object.assign(sink, { unmet: (sentences: readonly string[]) => { unmet = sentences; } });
    const camera = await openCamera({
      source: name === 'raspberry' ? name : path.join(folder, name), stallTimeout: seconds(10),
      asked: { ...NOTHING_ASKED, ...asked }, pictures: { masks },
    },
      { clock: systemClock, log: silentLog, rpicam: RPICAM }, stop.signal);
    const run = camera.run(told, stop.signal);
    try {
      await sink.until(({ sessions }) =>
        (sessions[0]?.fragments.length ?? 0) >= 1 && (sessions[0]?.frames.length ?? 0) >= 1, 60_000);
    } finally {
      stop.abort();
      await run;
    }
    return { sink, unmet };
  }

  /** Which quarters are white: upper left, upper right, lower left, lower right. */
  const quarters = (pixels: Uint8Array, width: number): string =>
    [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x = 0, y = 0]) => {
      const height = pixels.byteLength / width;
      return (pixels[Math.floor(y * height / 4) * width + Math.floor(x * width / 4)] ?? 0) > 128 ? '#' : '.';
    }).join('');

  it('is upright for vision and in the recording, which agree about its size', async () => {
    const table: readonly (readonly [Partial<AskedOfCamera>, string, string])[] = [
      [{ rotation: '90' }, '.#..', '240x320'],
      [{ rotation: '270' }, '..#.', '240x320'], [{ rotation: '180', flip: 'horizontal' }, '..#.', '320x240'],
    ];
    await Promise.all(table.map(async ([asked, white, size]) => {
      const { sink, unmet } = await watch('pictures.avi', asked);
      const [session] = sink.sessions;
      const frame = session?.frames[0];
      assert.ok(session !== undefined && frame !== undefined);
      assert.equal(quarters(frame.pixels, frame.width), white);
      assert.equal(`${session.inits[0]?.size.width}x${session.inits[0]?.size.height}`, size);
      assert.ok(Math.abs(frame.width / frame.height - Number(size.split('x')[0]) / Number(size.split('x')[1])) < 0.05);
      const { output } = await runTool({
        tool: 'ffmpeg',
        args: [
          '-v', 'error', '-f', 'mp4', '-i', 'pipe:0', '-frames:v', '1', '-vf', 'scale=16:16,format=gray', '-f',
          'rawvideo', 'pipe:1',
        ],
        input: Buffer.concat([...session.inits, ...session.fragments].map(({ data }) => data)),
      });
      assert.equal(quarters(output, 16), white);
      assert.deepEqual(unmet, []);
    }));
  });

  it('is not masked in video that is kept as it comes, and that is said; where it is masked, nothing is', async () => {
    const masks = [{ name: 'neighbour', polygon: [[0, 0], [0.5, 0], [0, 0.5]] }] as const;
    const [kept, encoded] = await Promise.all(['video.mp4', 'pictures.avi'].map((name) => watch(name, {}, masks)));
    assert.match(kept?.unmet.join() ?? '', /^privacy_masks: not in this camera's video, .* \(H\.264\): live view and/);
    assert.deepEqual(encoded?.unmet, []);
  });

  it('is recorded as it comes where it sends finished video, and that is said', async () => {
    const { sink, unmet } = await watch('video.mp4', { rotation: '90', white_balance: 'cloudy' });
    assert.deepEqual(sink.sessions[0]?.inits[0]?.size, { width: 320, height: 240 });
    assert.deepEqual(
      unmet,
      ['camera.rotation and camera.flip: not possible here; the video of a file is taken as it is',
        'camera.white_balance: not possible here; the video of a file is taken as it is'],
    );
  });

  it('is turned by a quarter also where its own program cannot: the Raspberry Pi camera', async () => {
    const { sink, unmet } = await watch('raspberry', {
      rotation: '270', size: '640x360', exposure: 'short', focus: 'continuous',
    });
    assert.deepEqual(sink.sessions[0]?.inits[0]?.size, { width: 360, height: 640 });
    assert.deepEqual(unmet, []);
  });

  it('has no use for a certificate unless it shows one itself, and that is said', async () => {
    const said: string[] = [];
    const log = { ...silentLog, warn: (message: string) => { said.push(message); } };
    for (const source of ['rtsp://cam.lan/', 'rtsps://cam.lan/']) {
      await openCamera({ source, stallTimeout: seconds(10), certificate: '/data/camera.pem' }, {
        clock: systemClock, log,
      }, new AbortController().signal);
    }
    assert.deepEqual(said, ['camera.certificate is not used: only cameras with rtsps:// or https:// show one']);
  });
});
