import assert from 'node:assert/strict';
import { seconds } from '../../core/units.ts';
import { addressList, listInput } from './network-feed.ts';

describe('an IP camera, for ffmpeg', () => {
  it('is an address on standard input: no user of the machine sees it in the list of processes', () => {
    assert.equal(listInput('rtsp').join(' '), '-protocol_whitelist pipe,rtsp,tcp,tls -f concat -safe 0');
    assert.equal(addressList({ type: 'rtsp', address: new URL('rtsp://admin:p%40ss@cam.lan:8554/live?a=b') }, seconds(10)), `ffconcat version 1.0
file 'rtsp://admin:p%40ss@cam.lan:8554/live?a=b'
option rtsp_transport tcp
option allowed_media_types video
option timeout 10000000
`);
  });

  it('gives MJPEG pictures the time of their arrival, and is read as nothing but MJPEG', () => {
    assert.equal(listInput('mjpeg').join(' '), '-protocol_whitelist pipe,http,https,tcp,tls -f concat -safe 0');
    assert.equal(addressList({ type: 'mjpeg', address: new URL('http://cam.lan/video') }, seconds(2.5)), `ffconcat version 1.0
file 'http://cam.lan/video'
option format_whitelist mpjpeg
option use_wallclock_as_timestamps 1
option rw_timeout 2500000
`);
  });

  it('cannot break out of its line by its address', () => {
    const list = addressList({ type: 'rtsp', address: new URL("rtsp://cam.lan/it's\nfile 'x'") }, seconds(1));
    assert.equal(list.split('\n')[1], "file 'rtsp://cam.lan/it%27sfile%20%27x%27'");
  });
});
