import assert from 'node:assert/strict';
import path from 'node:path';
import { describeSource, parseSource, parseSubSource } from './camera-source.ts';

const described = (text: string): readonly string[] => {
  const source = parseSource(text);
  return [source.type, describeSource(source)];
};

describe('camera source', () => {
  it('may be any of these', () => {
    const table: readonly (readonly [string, string, string])[] = [
      ['auto', 'auto', 'the attached camera'],
      ['attached', 'attached', 'the attached camera'],
      [' demo ', 'demo', 'the demo camera'],
      ['demo:8', 'demo', 'the demo camera'],
      ['raspberry', 'raspberry', 'the Raspberry Pi camera'],
      ['/dev/video0', 'v4l2', '/dev/video0'],
      ['/dev/v4l/by-id/usb-046d_C920-video-index0', 'v4l2', '/dev/v4l/by-id/usb-046d_C920-video-index0'],
      ['rtsp://192.0.2.7/stream1', 'rtsp', 'rtsp://192.0.2.7'],
      ['RTSP://cam.lan:8554/a?b=c', 'rtsp', 'rtsp://cam.lan:8554'],
      ['rtsps://cam.lan:322/a', 'rtsp', 'rtsps://cam.lan:322'],
      ['http://[2001:db8::7]:8080/video', 'mjpeg', 'http://[2001:db8::7]:8080'],
      ['https://cam.lan/mjpeg', 'mjpeg', 'https://cam.lan'],
      ['/media/yard.mp4', 'file', '/media/yard.mp4'],
      ['file:///media/a%20yard.mp4', 'file', '/media/a yard.mp4'],
      ['clips/yard.mp4', 'file', path.resolve('clips/yard.mp4')],
      ['clips/10:15.mp4', 'file', path.resolve('clips/10:15.mp4')],
      ['./a@b?.mp4', 'file', path.resolve('a@b?.mp4')],
      ['../a:b.mp4', 'file', path.resolve('../a:b.mp4')],
      ['/media/a@b.mp4', 'file', '/media/a@b.mp4'],
      ['./yard', 'file', path.resolve('yard')],
    ];
    assert.deepEqual(table.map(([text]) => described(text)), table.map(([, type, label]) => [type, label]));
  });

  it('is refused with what is accepted', () => {
    for (const text of [
      '', 'demmo', 'demo:0', 'demo:21', 'raspbery', '/dev/sda', 'ftp://cam.lan/a', 'rtsp://', 'http://:80/',
      'rtsp://a b/', 'file://host/a', 'rtsp://cam/#live', '192.0.2.7:554/live', '192.0.2.7/live', 'cam:554',
    ]) {
      assert.throws(() => parseSource(text), {
        code: 'camera.source', message: /^camera\.source: expected auto, attached, demo, raspberry, .*; got /,
      }, text);
    }
  });

  it('never repeats a password, neither when described nor when refused', () => {
    for (const text of [
      'rtsp://admin:hunter2@cam.lan/live',
      'http://cam.lan/video?user=admin&pwd=hunter2', 'rtsp://cam.lan:554/user=admin&password=hunter2&channel=1',
    ]) assert.doesNotMatch(described(text).join(), /hunter2/);
    for (const text of [
      'rtsp://admin:hunter2#@cam.lan/live', 'rtmp://admin:hunter2@cam.lan/live',
      'rtsp://admin:hunter2@/live', 'http://admin:hunter2@cam lan/',
      'admin:hunter2@cam.lan/live', 'admin:hunter2@camlan', 'hunter2@cam.lan',
      'rtsp:/admin:hunter2@cam.lan/live', 'rtsp:admin:hunter2@cam.lan', '//admin:hunter2@cam.lan/live',
      'cam.lan/video?pwd=hunter2', '10.0.0.9/user=admin&password=hunter2', 'rtsp//admin:hunter2@cam.lan/live',
    ]) {
      assert.throws(() => parseSource(text), (error: Error) => !error.message.includes('hunter2'), text);
    }
  });

  it('takes a password with an @ in it as people type it', () => {
    const source = parseSource('rtsp://admin:p@ss@cam.lan/live');
    assert.equal(source.type === 'rtsp' && source.address.href, 'rtsp://admin:p%40ss@cam.lan/live');
  });
});

describe('sub-stream of a camera', () => {
  it('is a stream of the network, a file, or none', () => {
    assert.deepEqual(['', ' ', 'rtsp://cam.lan/sub', 'http://cam.lan/small', 'small.mp4'].map((text) =>
      parseSubSource(text)?.type), [undefined, undefined, 'rtsp', 'mjpeg', 'file']);
  });
  it('is refused with what is accepted: what is attached has one stream only', () => {
    for (const text of ['auto', 'attached', 'demo', 'raspberry', '/dev/video0', 'ftp://cam.lan/a']) {
      assert.throws(() => parseSubSource(text), {
        code: 'camera.sub-source', message: /^camera\.sub_source: expected nothing, rtsp:\/\/host\/path, .*; got "/,
      }, text);
    }
    assert.throws(() => parseSubSource('admin:hunter2@cam.lan/sub'), (error: Error) =>
      !error.message.includes('hunter2'));
  });
});
