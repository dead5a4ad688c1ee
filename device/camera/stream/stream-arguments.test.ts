import assert from 'node:assert/strict';
import { boxesIn } from '../../contract/mp4-boxes.ts';
import { runTool } from '../../media/run-tool.ts';
import type { Feed } from './feed.ts';
import { planPictures, type PictureOptions } from './picture-options.ts';
import { planSound } from '../sound/plan-sound.ts';
import { packetArguments, streamArguments } from './stream-arguments.ts';

const feed = (codec: string): Feed =>
  ({ input: ['-i', 'pipe:0'], stdin: { type: 'nothing' }, codec, size: { width: 1280, height: 720 } });
const line = (codec: string, pictures: PictureOptions = {}): string =>
  streamArguments(feed(codec), planPictures(pictures, feed(codec).size), { masked: (pictures.masks ?? []).length > 0 })
    .join(' ');
const FRAGMENTS =
  '-f mp4 -movflags +frag_keyframe+empty_moov+default_base_moof+skip_trailer -frag_duration 500000 -flush_packets 1 pipe:3';
const HEAD = '-nostdin -hide_banner -loglevel warning';
const ONE_THREAD = '-threads 1 -filter_threads 1';
const MASK = { name: 'neighbour', polygon: [[0, 0], [0.5, 0], [0, 0.5]] } as const;

describe('arguments of ffmpeg', () => {
  it('record H.264 as it comes, and make gray frames of the same pictures', () => {
    assert.ok(line('h264')
      .startsWith(`${HEAD} ${ONE_THREAD} -skip_loop_filter noref -i pipe:0 -map 0:V:0 -an -c:v copy ${FRAGMENTS} -map 0:V:0 -an -vf `));
    assert.match(
      line('h264'),
      /select='.*\(t\*5.*scale=160:88:flags=area,format=gray,.*file=pipe\\\\:4 -fps_mode passthrough -threads 1 -f rawvideo -flush_packets 1 pipe:1$/,
    );
  });
  it('mark H.265 so that players take it', () => assert.match(line('hevc'), /-c:v copy -tag:v hvc1 -f mp4/));
  it('encode anything else with constant quality and a keyframe every 2 s', () => {
    for (const codec of ['mjpeg', 'rawvideo', 'mpeg4', 'vp9']) {
      assert.match(
        line(codec),
        /-map 0:V:0 -an -c:v libx264 .*-crf 23 -pix_fmt yuv420p .*-force_key_frames expr:gte\(t,n_forced\*2\) -f mp4/,
      );
    }
  });
  it('encode coarser what says that this is enough', () => {
    const coarse = streamArguments({ ...feed('rawvideo'), rateFactor: 30 }, undefined, { masked: false }).join(' ');
    assert.match(coarse, /-crf 30 /);
  });
  it('lay privacy masks over what is encoded here', () => {
    assert.match(
      line('mjpeg', { masks: [MASK] }),
      /-f pam_pipe -i pipe:7 -filter_complex \[0:V:0\]\[1:v\]overlay\[recorded\] -map \[recorded\] -an -c:v libx264/,
    );
    assert.doesNotMatch(line('h264', { masks: [MASK] }), /overlay/);
  });
  it('put pictures upright that are encoded here: in the recording, under the masks and for vision', () => {
    const turned = (pictures: PictureOptions, masked: boolean): string =>
      streamArguments({
        ...feed('mjpeg'), upright: 'transpose=clock',
      }, planPictures(pictures, { width: 720, height: 1280 }), { masked })
        .join(' ');
    assert.match(turned({}, false), /-map 0:V:0 -vf transpose=clock -an -c:v libx264 .*,transpose=clock,scale=160:/);
    assert.match(
      turned({ masks: [MASK] }, true), /\[0:V:0\]transpose=clock\[upright\];\[upright\]\[1:v\]overlay\[recorded\]/,
    );
  });
  it('hand out sound by itself, at the times of the input, as it comes or as AAC', () => {
    const [kept, made] = [
      { codec: 'aac', profile: 'LC', sampleRate: 44_100, channels: 2 },
      { codec: 'pcm_alaw', profile: undefined, sampleRate: 8000, channels: 1 },
    ].map(planSound);
    const recorded = packetArguments(feed('h264'), kept).join(' ');
    assert.match(
      recorded,
      /-movflags \+frag_keyframe\+empty_moov\+default_base_moof\+skip_trailer\+frag_discont -avoid_negative_ts disabled -use_editlist 0 .* pipe:3 /,
    );
    assert.match(
      recorded,
      /pipe:3 -map 0:a:0 -vn -c:a copy -bsf:a aac_adtstoasc -f mp4 .*-avoid_negative_ts disabled .*pipe:8 -map 0:V:0/,
    );
    assert.match(
      packetArguments(feed('h264'), made).join(' '), /-map 0:a:0 -vn -c:a aac -b:a 32000 -ar 16000 -ac 1 -f mp4 /,
    );
  });
  it('make colour frames of at most 1280 wide when they are wanted, of whole pictures', () => {
    assert.match(line('h264', { colour: true }), /select='.*\(t\*1.*scale=1280:720:.*format=yuv420p,.*pipe:5$/);
    assert.doesNotMatch(line('h264'), /bt601/);
  });
  it('set right what a camera\'s own clock leaps by, in all outputs alike, where nothing keeps step with them', () => {
    const camera: Feed = { ...feed('h264'), ownClock: true };
    const sound = planSound({ codec: 'aac', profile: 'LC', sampleRate: 44_100, channels: 2 });
    const set = (args: readonly string[]): readonly string[] => args.filter((arg) => arg.startsWith('setts='));
    const [recorded, packets, ...more] = set(packetArguments(camera));
    assert.deepEqual([recorded !== undefined, packets === recorded, more], [true, true, []]);
    assert.equal(set(streamArguments(camera, undefined, { masked: false })).length, 1);
    const decoded = streamArguments(camera, planPictures({}, camera.size), { masked: false });
    const plain = packetArguments(feed('h264'));
    assert.deepEqual([packetArguments(camera, sound), decoded, plain].map(set), [[], [], []]);
  });
  it('hand out every packet by itself where pictures are decoded elsewhere', () =>
    assert.equal(packetArguments(feed('h264')).join(' '),
      `${HEAD} -i pipe:0 -map 0:V:0 -an -c:v copy ${FRAGMENTS} ` +
      '-map 0:V:0 -an -c:v copy -f mp4 -movflags +frag_every_frame+empty_moov+default_base_moof+skip_trailer -flush_packets 1 pipe:1'));
  it('do not have ffmpeg remember every fragment it ever wrote, for a list behind a stream that has no end', async () => {
    const sound = planSound({ codec: 'pcm_alaw', profile: undefined, sampleRate: 8000, channels: 1 });
    const camera: Feed = {
      ...feed('mjpeg'),
      input: ['-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=25:d=3', '-f', 'lavfi', '-i', 'sine=duration=3'],
    };
    const args = streamArguments(camera, undefined, { masked: false, sound })
      .map((arg) => (arg === '0:a:0' ? '1:a:0' : arg));
    for (const output of ['pipe:3', 'pipe:8']) {
      const toStdout = args.map((arg) => (arg === output ? 'pipe:1' : arg.startsWith('pipe:') ? '/dev/null' : arg));
      const { output: written } = await runTool({ tool: 'ffmpeg', args: ['-y', ...toStdout] });
      const boxes = [...boxesIn(written)].map(({ type }) => type);
      assert.deepEqual([boxes[0], boxes.at(-1)], ['ftyp', 'mdat'], output);
    }
  });
});
