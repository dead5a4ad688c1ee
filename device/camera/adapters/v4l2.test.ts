import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { captureDevices } from '../find-attached.ts';
import { V4l2Feed, v4l2Feed } from './v4l2-feed.ts';
import { chooseFormat, parseFormats } from './v4l2-formats.ts';

const WEBCAM = `[video4linux2,v4l2 @ 0x5581f3a4c8c0] Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 160x90 1280x720 2304x1536
[video4linux2,v4l2 @ 0x5581f3a4c8c0] Compressed:       mjpeg :          Motion-JPEG : 640x480 160x90 1280x720 1920x1080
/dev/video0: Immediate exit requested
`;
const WITH_H264 = WEBCAM.replace('/dev/video0', `[video4linux2,v4l2 @ 0x5581f3a4c8c0] Compressed:        h264 :                H.264 : 1920x1080 1280x720
/dev/video0`);
const RAW_ONLY = '[video4linux2,v4l2 @ 0x1] Raw       :     yuyv422 :           YUYV 4:2:2 : 320x240 640x480 1280x1024\n';
const RANGES = '[video4linux2,v4l2 @ 0x1] Raw       :     yuv420p :     Planar YUV 4:2:0 : {32-2592, 2}x{32-1944, 2}\n';
const NO_CAPTURE = '[video4linux2,v4l2 @ 0x1] ioctl(VIDIOC_G_INPUT): Inappropriate ioctl for device\n/dev/video1: Inappropriate ioctl for device\n';

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

  it('that is not attached is missing', () => assert.rejects(
    new V4l2Feed('/dev/video9876').open(AbortSignal.timeout(10_000)),
    { code: 'camera.missing', message: '/dev/video9876 is not there' },
  ));

  it('is looked for among the devices that are no part of the board', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-devices-'));
    try {
      const titles = { video10: 'bcm2835-codec-decode', video13: 'bcm2835-isp-output0', video2: 'HD Webcam', video0: 'unicam-image', video1: 'USB Camera', subdev: 'x' };
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
