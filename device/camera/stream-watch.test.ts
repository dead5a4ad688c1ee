import assert from 'node:assert/strict';
import { FragmentReader, type Fragment } from '../contract/mp4-fragment.ts';
import type { InitSegment } from '../contract/mp4-init.ts';
import type { StreamFacts } from '../contract/topics.ts';
import { DeviceError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { runTool } from '../media/run-tool.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { describeStream, StreamMeter } from './stream-meter.ts';
import { StreamWatch, type StillMemory } from './stream-watch.ts';

interface Made { readonly init: InitSegment; readonly fragments: readonly Fragment[] }

/** What a camera that shows `scene` sends: H.264 or H.265 of one quantisation, a keyframe every second. */
async function encode(scene: string, ...encoding: readonly string[]): Promise<Made> {
  const { output } = await runTool({ tool: 'ffmpeg', args: [
    '-v', 'error', '-f', 'lavfi', '-i', scene, '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p',
    '-g', '10', '-bf', '0', '-sc_threshold', '0', ...encoding,
    '-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '500000', 'pipe:1',
  ] });
  const parts = new FragmentReader().push(output);
  const init = parts.flatMap((part) => (part.type === 'init' ? [part.init] : []))[0];
  assert.ok(init !== undefined);
  return { init, fragments: parts.flatMap((part) => (part.type === 'fragment' ? [part.fragment] : [])) };
}

/** A noisy picture that stands still after 3 s. */
const STUCK =
  'nullsrc=size=320x240:rate=10:duration=16,geq=random(1)*120:128:128,loop=loop=-1:size=1:start=30,trim=duration=16';
const LIVELY = 'nullsrc=size=320x240:rate=10:duration=14,geq=random(1)*120:128:128';
const BLACK = 'color=black:size=320x240:rate=10:duration=14';

/** Shows it all to a watch, each fragment when it ends. @returns When and why it gave up. */
async function play({ init, fragments }: Made, memory: StillMemory = {
  keys: [],
}): Promise<{ readonly at: number; readonly code: string } | undefined> {
  const clock = new VirtualClock(millis(0));
  const watch = new StreamWatch(
    { label: 'cam', codec: 'h264', stillAfter: seconds(10), clock, log: silentLog, tell() {} }, memory,
  );
  watch.init(init);
  for (const fragment of fragments) {
    await clock.advance(fragment.duration);
    try {
      watch.fragment(fragment);
    } catch (error) {
      assert.ok(error instanceof DeviceError);
      return { at: clock.monotonic() / 1000, code: error.code };
    }
  }
  return undefined;
}

describe('a camera that stands still', () => {

  it('is known by its packets within the stall time, however it encodes', async () => {
    for (const encoding of [
      ['-profile:v', 'high'], ['-profile:v', 'baseline'],
      ['-c:v', 'libx265', '-x265-params', 'log-level=none:keyint=10:open-gop=0:qp=28'],
    ]) {
      const found = await play(await encode(STUCK, '-qp', '28', ...encoding));
      assert.ok(found?.code === 'camera.frozen'
        && found.at >= 12.5
        && found.at <= 14.6, `${encoding.join(' ')}: ${JSON.stringify(found)}`);
    }
  });

  it('is known again at once when it is connected anew, until it shows another picture', async () => {
    const stuck = await encode(STUCK, '-qp', '28');
    const memory: StillMemory = { keys: [] };
    await play(stuck, memory);
    const later = { init: stuck.init, fragments: stuck.fragments.slice(24) };
    assert.ok(((await play(later, memory))?.at ?? 99) < 1.1);
    assert.equal(await play({ init: stuck.init, fragments: stuck.fragments.slice(0, 6) }, memory), undefined);
    assert.deepEqual(memory.keys, []);
  });

  it('is not one that sees noise, nor one that sees nothing at all, for that may be the night', async () => {
    assert.equal(await play(await encode(LIVELY, '-qp', '28')), undefined);
    assert.equal(await play(await encode(BLACK, '-qp', '28')), undefined);
  });
});

describe('what a camera sends', () => {
  it('is measured over the last ten seconds, from the first two on', () => {
    const meter = new StreamMeter('h264');
    const facts: StreamFacts[] = [];
    for (let n = 0; n < 40; n++) {
      meter.add({
        key: n % 4 === 0, samples: 12, duration: millis(500), data: new Uint8Array(n < 20 ? 100_000 : 125_000),
      });
      facts.push(meter.facts);
    }
    assert.deepEqual(facts[2], { codec: 'h264', bitrate: null, frameRate: null, gop: null });
    assert.deepEqual(facts[5], { codec: 'h264', bitrate: 1_600_000, frameRate: 24, gop: 48 });
    assert.deepEqual(facts.at(-1), { codec: 'h264', bitrate: 2_000_000, frameRate: 24, gop: 48 });
  });

  it('is one line for people', () => assert.equal(
    describeStream({ codec: 'h264', bitrate: 1_800_000, frameRate: 25, gop: 50 }, { width: 1280, height: 720 }),
    'h264 1280x720, 25 pictures a second, a keyframe every 50, 1.8 Mbit/s'));

  it('is told apart from what becomes of it, where the device encodes it', () => {
    const told = (codec: string) =>
      describeStream({ codec, bitrate: 900_000, frameRate: 10, gop: 20 }, { width: 640, height: 480 });
    const recorded = 'recorded as h264 640x480, 10 pictures a second, a keyframe every 20, 900 kbit/s';
    assert.equal(told('mjpeg'), `mjpeg, ${recorded}`);
    assert.equal(told('rawvideo'), `plain pictures, ${recorded}`);
  });
});
