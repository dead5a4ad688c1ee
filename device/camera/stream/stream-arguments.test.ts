import assert from 'node:assert/strict';
import type { Feed } from './feed.ts';
import { streamArguments } from './stream-arguments.ts';

const feed = (codec: string): Feed => ({ input: ['-i', 'pipe:0'], stdin: { type: 'nothing' }, codec, size: { width: 1280, height: 720 } });
const line = (codec: string): string => streamArguments(feed(codec)).join(' ');
const FRAGMENTS = '-f mp4 -movflags +frag_keyframe+empty_moov+default_base_moof -frag_duration 500000 -flush_packets 1 pipe:3';
const GRAY = '-map 0:V:0 -an -vf setpts=PTS-STARTPTS,fps=5:round=up,scale=160:88:flags=area,format=gray -fps_mode passthrough -f rawvideo pipe:1';
const HEAD = '-nostdin -hide_banner -loglevel warning -threads 1 -filter_threads 1 -i pipe:0';

describe('arguments of ffmpeg', () => {
  it('record H.264 as it comes, and make gray frames of the same pictures', () =>
    assert.equal(line('h264'), `${HEAD} -map 0:V:0 -an -c:v copy ${FRAGMENTS} ${GRAY}`));
  it('mark H.265 so that players take it', () =>
    assert.equal(line('hevc'), `${HEAD} -map 0:V:0 -an -c:v copy -tag:v hvc1 ${FRAGMENTS} ${GRAY}`));
  it('encode anything else with constant quality and a keyframe every 2 s', () => {
    for (const codec of ['mjpeg', 'rawvideo', 'mpeg4', 'vp9']) {
      assert.match(line(codec), /-map 0:V:0 -an -c:v libx264 .*-crf 23 -pix_fmt yuv420p .*-force_key_frames expr:gte\(t,n_forced\*2\) -f mp4/);
    }
  });
});
