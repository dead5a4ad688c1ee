import assert from 'node:assert/strict';
import { seconds } from '../../core/units.ts';
import { rtspInput } from './rtsp-feed.ts';

const rtsp = (address: string, sound = false) => rtspInput(new URL(address), seconds(10), sound);

describe('an IP camera, for ffmpeg', () => {
  it('is an address on standard input: no user of the machine sees it in the list of processes', () => {
    const { input, text } = rtsp('rtsp://admin:p%40ss@cam.lan:8554/live?a=b');
    assert.equal(input.join(' '), '-protocol_whitelist pipe,rtsp,tcp -f concat -safe 0');
    assert.equal(text, `ffconcat version 1.0
file 'rtsp://admin:p%40ss@cam.lan:8554/live?a=b'
option rtsp_transport tcp
option allowed_media_types video
option timeout 9500000
`);
  });

  it('is asked for sound where that is wanted, and its sound is not waited for', () => {
    const { input, text } = rtsp('rtsp://cam.lan/live', true);
    assert.match(input.join(' '), /-max_ts_probe 0$/);
    assert.match(text, /\noption allowed_media_types video\+audio\noption max_ts_probe 0\n/);
  });

  it('cannot break out of its line by its address', () => {
    const { text } = rtsp("rtsp://cam.lan/it's\nfile 'x'");
    assert.equal(text.split('\n')[1], String.raw`file 'rtsp://cam.lan/it'\''sfile%20'\''x'\'''`);
  });
});
