import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { millis } from '../../core/units.ts';
import { captureDevices } from '../find-attached.ts';
import type { Feed } from '../stream/feed.ts';
import type { CameraWishes } from '../wishes.ts';
import { applyControls, parseControls, planControls } from './v4l2-controls.ts';
import { V4l2Feed, v4l2Feed } from './v4l2-feed.ts';
import { chooseFormat, parseFormats } from './v4l2-formats.ts';

const WEBCAM = `[video4linux2,v4l2 @ 0x5581f3a4c8c0] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 160x90 1280x720 2304x1536
[video4linux2,v4l2 @ 0x5581f3a4c8c0] Compressed:       mjpeg :          Motion-JPEG : 640x480 160x90 1280x720 1920x1080
/dev/video0: Immediate exit requested
`;
const WITH_H264 = WEBCAM.replace(
  '/dev/video0',
  `[video4linux2,v4l2 @ 0x5581f3a4c8c0] Compressed:        h264 :                H.264 : 1920x1080 1280x720
/dev/video0`,
);
const RAW_ONLY =
  '[video4linux2,v4l2 @ 0x1] Raw       :     yuyv422 :           YUYV 4:2:2 : 320x240 640x480 1280x1024\n';
const RANGES = '[video4linux2,v4l2 @ 0x1] Raw       :     yuv420p :     Planar YUV 4:2:0 : {32-2592, 2}x{32-1944, 2}\n';
const NO_CAPTURE =
  '[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_G_INPUT): Inappropriate ioctl for device\n/dev/video1: Inappropriate ioctl for device\n';

const chosen = (listing: string): string | undefined => {
  const choice = chooseFormat(parseFormats(listing));
  return choice && `${choice.format.name} ${choice.size.width}x${choice.size.height}`;
};

describe('USB camera', () => {
  it('is read as H.264, else as MJPEG, else raw, about 1280x720', () => assert.deepEqual(
    [WITH_H264, WEBCAM, RAW_ONLY, RANGES, NO_CAPTURE].map(chosen),
    ['h264 1280x720', 'mjpeg 1280x720', 'yuyv422 640x480', 'yuv420p 640x480', undefined]));

  it('offers its smallest picture when all are larger than wanted', () =>
    assert.equal(chosen('Compressed: mjpeg : Motion-JPEG : 3840x2160 1920x1080'), 'mjpeg 1920x1080'));

  it('becomes an input of ffmpeg', () => {
    const inputs = [WITH_H264, WEBCAM, RAW_ONLY].map((listing) => {
      const choice = chooseFormat(parseFormats(listing));
      const feed = choice && v4l2Feed('/dev/video0', choice);
      return `${feed?.codec}: ${feed?.input.join(' ')}`;
    });
    assert.deepEqual(inputs, [
      'h264: -fflags +genpts -f v4l2 -input_format h264 -video_size 1280x720 -framerate 15 -i /dev/video0',
      'mjpeg: -fflags +genpts -f v4l2 -input_format mjpeg -video_size 1280x720 -framerate 15 -i /dev/video0',
      'rawvideo: -fflags +genpts -f v4l2 -pixel_format yuyv422 -video_size 640x480 -framerate 15 -i /dev/video0',
    ]);
  });

  it('is turned where it need not be recorded as it comes, and says what it does not offer', () => {
    const wishes: CameraWishes = {
      size: { width: 1280, height: 960 }, frameRate: 30, orientation: { rotation: 90, flip: 'none' },
    };
    const fed = (listing: string, wished: CameraWishes): Feed | undefined => {
      const choice = chooseFormat(parseFormats(listing), {
        size: wished.size, turned: wished.orientation !== undefined,
      });
      return choice && v4l2Feed('/dev/video0', choice, wished);
    };
    const turned = fed(WITH_H264, wishes);
    assert.deepEqual(
      [turned?.codec, turned?.size, turned?.upright], ['mjpeg', { width: 720, height: 1280 }, 'transpose=clock'],
    );
    assert.match(turned?.input.join(' ') ?? '', /-video_size 1280x720 -framerate 30 /);
    assert.deepEqual(turned?.unmet, [
      'camera.size: not possible here; /dev/video0 offers 640x480, 160x90, 1280x720, 1920x1080; 1280x720 is taken',
    ]);
    const onlyH264 = WITH_H264.split('\n').filter((line) => line.includes('h264')).join('\n');
    assert.deepEqual(fed(onlyH264, { orientation: { rotation: 180, flip: 'none' } })?.unmet,
      [
        'camera.rotation and camera.flip: not possible here; /dev/video0 delivers nothing but H.264, which is recorded as it comes',
      ]);
  });

  it('that is not attached is missing', () => assert.rejects(
    new V4l2Feed('/dev/video9876').open(AbortSignal.timeout(60_000)),
    { code: 'camera.missing', message: '/dev/video9876 is not there' },
  ));

  it('says nothing of itself when it is not to be opened any more', async () => {
    const stop = new AbortController();
    const opening = new V4l2Feed('/dev/video9876').open(stop.signal);
    const over = new Error('the device stops');
    stop.abort(over);
    await assert.rejects(opening, over);
    await assert.rejects(new V4l2Feed('/dev/video9876').open(stop.signal), over);
  });

  it('is looked for among the devices that are no part of the board', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-devices-'));
    try {
      const titles = {
        video10: 'bcm2835-codec-decode', video13: 'bcm2835-isp-output0', video2: 'HD Webcam', video0: 'unicam-image',
        video1: 'USB Camera', subdev: 'x',
      };
      for (const [name, title] of Object.entries(titles)) {
        await mkdir(path.join(folder, name));
        await writeFile(path.join(folder, name, 'name'), `${title}\n`);
      }
      assert.deepEqual(await captureDevices(folder), ['video1', 'video2']);
      assert.deepEqual(await captureDevices(path.join(folder, 'none')), []);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

const CONTROLS = `
User Controls

                     brightness 0x00980900 (int)    : min=0 max=255 step=1 default=128 value=128
        white_balance_automatic 0x0098090c (bool)   : default=1 value=1
      white_balance_temperature 0x0098091a (int)    : min=2800 max=6500 step=1 default=4000 value=4000 flags=inactive

Camera Controls

                  auto_exposure 0x009a0901 (menu)   : min=0 max=3 default=3 value=3 (Aperture Priority Mode)
         exposure_time_absolute 0x009a0902 (int)    : min=3 max=2047 step=1 default=250 value=250 flags=inactive
     exposure_dynamic_framerate 0x009a0903 (bool)   : default=0 value=1
                 focus_absolute 0x009a090a (int)    : min=0 max=250 step=5 default=0 value=0 flags=inactive
     focus_automatic_continuous 0x009a090c (bool)   : default=1 value=1
`;
const ALL: CameraWishes = {
  exposure: 'short', exposureCompensation: 1, shutter: millis(10), gain: 2,
  whiteBalance: 'cloudy', focus: { mode: 'manual', position: 2 },
};

describe('the controls of a USB camera', () => {
  it('are set in their own units and ranges, what is automatic first; what is not there is said', () => {
    const { steps, unmet } = planControls(ALL, parseControls(CONTROLS), '/dev/video0');
    assert.deepEqual(steps.map(({ control, value }) => `${control}=${value}`), [
      'exposure_dynamic_framerate=0', 'auto_exposure=1', 'exposure_time_absolute=100',
      'white_balance_automatic=0', 'white_balance_temperature=6500',
      'focus_automatic_continuous=0', 'focus_absolute=50',
    ]);
    assert.deepEqual(unmet.map((sentence) => sentence.split(':')[0]), ['camera.exposure_compensation', 'camera.gain']);
    assert.deepEqual(planControls({ focus: { mode: 'continuous' } }, new Map(), '/dev/video0').unmet,
      ['camera.focus: not possible here; /dev/video0 has no control for it']);
  });

  it('are set by v4l2-ctl; without it, or when the camera refuses, that is said', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-controls-'));
    const never = new AbortController().signal;
    try {
      const log = path.join(folder, 'log');
      await writeFile(path.join(folder, 'list'), CONTROLS);
      // As v4l2-ctl: lists, and is silent when a control was set.
      const ctl = [
        'sh', '-c',
        `case "$*" in *list-ctrls) cat ${folder}/list;; *focus_absolute*) echo VIDIOC_S_EXT_CTRLS: failed: Input/output error >&2; exit 255;; *) echo "$*" >> ${log};; esac`,
        'v4l2-ctl',
      ] as const;
      const unmet = await applyControls(
        ctl, '/dev/video0', { shutter: millis(5), focus: { mode: 'manual', position: 0 } }, never,
      );
      assert.equal(await readFile(log, 'utf8'), [
        'auto_exposure=1', 'exposure_time_absolute=50', 'focus_automatic_continuous=0',
      ]
        .map((setting) => `--device /dev/video0 --set-ctrl ${setting}\n`).join(''));
      assert.deepEqual(unmet, [
        'camera.focus: not possible here; /dev/video0 refuses focus_absolute=0: VIDIOC_S_EXT_CTRLS: failed: Input/output error',
      ]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    assert.deepEqual(await applyControls(['no-such-program-anywhere'], '/dev/video0', { shutter: millis(5) }, never),
      ['camera.shutter: not possible here; it needs v4l2-ctl; type: sudo apt-get install v4l-utils']);
    assert.deepEqual(await applyControls(['no-such-program-anywhere'], '/dev/video0', { frameRate: 5 }, never), []);
  });
});
