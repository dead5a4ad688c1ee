import assert from 'node:assert/strict';
import { seconds } from '../../core/units.ts';
import { networkInput } from './network-feed.ts';

const rtsp = (address: string) => networkInput({ type: 'rtsp', address: new URL(address) }, seconds(10));

describe('an IP camera, for ffmpeg', () => {
  it('is an address on standard input: no user of the machine sees it in the list of processes', () => {
    const { input, text } = rtsp('rtsp://admin:p%40ss@cam.lan:8554/live?a=b');
    assert.equal(input.join(' '), '-protocol_whitelist pipe,rtsp,tcp,tls -f concat -safe 0');
    assert.equal(text, `ffconcat version 1.0
file 'rtsp://admin:p%40ss@cam.lan:8554/live?a=b'
option rtsp_transport tcp
option allowed_media_types video
option timeout 9500000
`);
  });

  it('gives MJPEG pictures the time of their arrival, and is read as nothing but MJPEG', () => {
    const { input, text } = networkInput({ type: 'mjpeg', address: new URL('http://cam.lan/video') }, seconds(2.5));
    assert.equal(input.join(' '), '-protocol_whitelist pipe,http,https,tcp,tls -f concat -safe 0');
    assert.equal(text, `ffconcat version 1.0
file 'http://cam.lan/video'
option format_whitelist mpjpeg
option use_wallclock_as_timestamps 1
option rw_timeout 2000000
`);
  });

  it('cannot break out of its line by its address', () => {
    const { text } = rtsp("rtsp://cam.lan/it's\nfile 'x'");
    assert.equal(text.split('\n')[1], String.raw`file 'rtsp://cam.lan/it'\''sfile%20'\''x'\'''`);
  });
});
