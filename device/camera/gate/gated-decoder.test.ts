import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { childrenWithRole, standStill } from '../../../test/e2e/processes.ts';
import { eventually } from '../../../test/eventually.ts';
import { FragmentReader, type Fragment } from '../../contract/mp4-fragment.ts';
import type { InitSegment } from '../../contract/mp4-init.ts';
import type { ColourFrame, GrayFrame } from '../../core/frame.ts';
import { millis } from '../../core/units.ts';
import { runTool } from '../../media/run-tool.ts';
import { systemClock, type Clock } from '../../runtime/clock.ts';
import { makeClip } from '../simulated/clips.ts';
import { planPictures } from '../stream/picture-options.ts';
import { packetOutput } from '../stream/stream-arguments.ts';
import { pictureIn } from './encoded-picture.ts';
import { GatedDecoder } from './gated-decoder.ts';
import { PacketReader } from './packet.ts';

/** 16 s of a wall with some noise; a box goes over it from second 9 to 11. 25 pictures a second. */
const scene = (wall: string): readonly string[] => [
  '-f', 'lavfi', '-i', `testsrc2=${wall},loop=loop=399:size=1:start=0,setpts=N/25/TB,noise=c0s=2:c0f=t[wall];` +
  'color=white:size=24x48:rate=25[box];[wall][box]overlay=x=(t-9)*140:y=100:shortest=1:enable=\'between(t,9,11)\'', '-t', '16',
];
const [PLAIN, RICH] = ['size=320x240:rate=25,trim=end_frame=1,gblur=sigma=4', 'size=640x480:rate=25,trim=end_frame=1,gblur=sigma=1'];
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50'];
const STREAMS = {
  'plain.mp4': [...X264],
  'reordered.mp4': [...X264, '-bf', '3', '-b_strategy', '0'],
  // Its head says that pictures may be out of order, and none is.
  'deferred.mp4': ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-bf', '3', '-x264-params', 'b-bias=-100'],
  'frugal.mp4': ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '50', '-crf', '23'],
  'deep.mp4': ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '100', '-bf', '8', '-b_strategy', '0', '-x264-params', 'b-adapt=0:scenecut=0'],
  'open.mp4': [...X264, '-bf', '2', '-x264-params', 'open-gop=1'],
  'hevc.mp4': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=50'],
  // Behind its keyframes stand only pictures that are shown before them.
  'hasty.mp4': ['-r', '3', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=3:bframes=2:b-adapt=0'],
  'refreshed.mp4': ['-c:v', 'libx264', '-preset', 'ultrafast', '-x264-params', 'intra-refresh=1:keyint=50'],
  'silent.mp4': [...X264, '-b:v', '400k', '-minrate', '400k', '-maxrate', '400k', '-bufsize', '40k', '-nal-hrd', 'cbr'],
  'keyframes.mp4': ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '1'],
} as const;
type StreamName = keyof typeof STREAMS;

interface Packets { readonly init: InitSegment; readonly fragments: readonly Fragment[] }

async function packetsOf(file: string): Promise<Packets> {
  const { output } = await runTool({ tool: 'ffmpeg', args: ['-v', 'error', '-i', file, ...packetOutput(1, 'buffered')] });
  const parts = new FragmentReader().push(output);
  const init = parts.find((part) => part.type === 'init');
  assert.ok(init?.type === 'init');
  return { init: init.init, fragments: parts.flatMap((part) => (part.type === 'fragment' ? [part.fragment] : [])) };
}

interface Seen { readonly frames: readonly GrayFrame[]; readonly colours: readonly ColourFrame[]; readonly troubles: readonly string[]; readonly decoder: GatedDecoder }

/** Sends `packets` through the gate as a file's, and says of each frame whether the box is in it; `meddle` may do something after each packet. */
async function decode({ init, fragments }: Packets, meddle: (index: number, decoder: GatedDecoder, frames: readonly GrayFrame[]) => Promise<void> | void = () => {}): Promise<Seen> {
  const seen = { frames: [] as GrayFrame[], colours: [] as ColourFrame[], troubles: [] as string[] };
  const decoder: GatedDecoder = new GatedDecoder(init, { ...planPictures({ colour: true }, init.size), confinement: [], clock: systemClock, whenSlow: 'wait' }, {
    frame: (frame) => {
      seen.frames.push(frame);
      queueMicrotask(() => decoder.seen(frame.at, frame.at >= 9000 && frame.at < 11_000));
    },
    colour: (frame) => seen.colours.push(frame), trouble: (reason) => seen.troubles.push(reason),
  });
  for (const [index, fragment] of fragments.entries()) {
    decoder.push(pictureIn(fragment));
    await decoder.ready();
    await meddle(index, decoder, seen.frames);
  }
  await decoder.finish();
  return { ...seen, decoder };
}

/** The same packet, whose NAL units are of the same type and length and hold nothing. */
function hollow(fragment: Fragment): Fragment {
  const data = fragment.data.slice();
  const { payload } = pictureIn({ ...fragment, data });
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  for (let at = 0; at < payload.byteLength;) {
    const end = at + 4 + view.getUint32(at);
    payload.fill(0xff, at + 5, end);
    at = end;
  }
  return { ...fragment, data };
}

/** What is shown of a time is the same; at the edge of what is followed a picture more may be shown. */
function assertSamePixels(some: readonly GrayFrame[], all: readonly GrayFrame[]): void {
  const pixels = new Map(all.map((frame) => [frame.at, frame.pixels]));
  const both = some.filter(({ at }) => pixels.has(at));
  for (const { at, pixels: shown } of both) assert.deepEqual(Buffer.from(shown), Buffer.from(pixels.get(at) ?? []), `the frame of ${at}`);
  assert.ok(both.length > some.length * 0.9);
}

const times = (frames: readonly { readonly at: number }[]): number[] => frames.map(({ at }) => at);

describe('a gated decoder', () => {
  let folder: string;
  const streams = new Map<StreamName, Packets>();
  const stream = (name: StreamName): Packets => {
    const packets = streams.get(name);
    assert.ok(packets !== undefined);
    return packets;
  };
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-gate-'));
    for (const [name, encoding] of Object.entries(STREAMS)) {
      const file = path.join(folder, name);
      await makeClip(...scene(name === 'frugal.mp4' ? RICH : PLAIN), ...encoding, file);
      streams.set(name as StreamName, await packetsOf(file));
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives up catching up when it is eight seconds behind a live camera, and goes on with a later keyframe', async () => {
    const { init, fragments } = stream('plain.mp4');
    const frames: GrayFrame[] = [];
    using decoder = new GatedDecoder(init, { ...planPictures({}, init.size), confinement: [], clock: systemClock, whenSlow: 'skip' }, {
      frame: (frame) => { frames.push(frame); }, colour: () => {}, trouble: assert.fail,
    });
    const shown = (from: number): boolean => frames.some(({ at }) => at >= from);
    const [burst, later] = [fragments.slice(0, 300), fragments.slice(300)];
    for (const fragment of burst) decoder.push(pictureIn(fragment)); // 12 s at once: no decoder keeps up with that
    await eventually('what was fed', () => shown(7500));
    assert.ok(decoder.skipped > 50 && !shown(9000), `${decoder.skipped} skipped`);
    for (const fragment of later) {
      decoder.push(pictureIn(fragment));
      await decoder.ready();
    }
    await decoder.finish();
    assert.ok(shown(14_000)); // of a quiet scene, its keyframes
  });

  it('does not call a decoder hung whose camera falls silent, also not when it goes on', async () => {
    const { init, fragments } = stream('plain.mp4');
    const frames: GrayFrame[] = [];
    const troubles: string[] = [];
    let later = 0; // how far the clock is ahead
    const clock: Clock = { ...systemClock, monotonic: () => millis(systemClock.monotonic() + later) };
    using decoder = new GatedDecoder(
      init, { ...planPictures({}, init.size), confinement: [], clock, whenSlow: 'skip' },
      { frame: (frame) => { frames.push(frame); }, colour: () => {}, trouble: (reason) => troubles.push(reason) },
    );
    for (const fragment of fragments.slice(0, 31)) decoder.push(pictureIn(fragment));
    await eventually('the first pictures', () => frames.some(({ at }) => at >= 1200));
    for (const fragment of fragments.slice(31, 34)) decoder.push(pictureIn(fragment)); // none is the first of its slot
    later = 60_000;
    await wait(400);
    for (const fragment of fragments.slice(34, 75)) decoder.push(pictureIn(fragment));
    await eventually('those that came later', () => frames.some(({ at }) => at >= 2400));
    await wait(400);
    assert.deepEqual(troubles, []);
  });

  for (const name of ['plain.mp4', 'reordered.mp4', 'hevc.mp4'] as const) {
    it(`shows of ${name} keyframes while nothing happens, all pictures while something does, each once and in order`, async () => {
      const { frames, decoder, troubles } = await decode(stream(name));
      const seen = times(frames);
      assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => a - b));
      const inSecond = (second: number): number => seen.filter((at) => at >= second * 1000 && at < (second + 1) * 1000).length;
      assert.deepEqual([0, 1, 2, 9, 10].map(inSecond), [5, 5, 5, 5, 5], `at ${seen.join()}`);
      assert.deepEqual(seen.filter((at) => at % 200 !== 0), [], 'a look at another picture than the first of its slot');
      assert.ok(inSecond(7) === 0 && inSecond(6) <= 2 && inSecond(15) <= 2, `at ${seen.join()}`);
      assert.ok(seen.includes(6000) && seen.includes(14_000));
      assert.deepEqual([decoder.mode.mode, troubles, decoder.skipped], ['gated', [], 0]);
      assert.ok(decoder.decodedShare < 0.75, `${decoder.decodedShare}`);
    });
  }

  for (const name of ['reordered.mp4', 'hevc.mp4'] as const) {
    it(`shows of ${name} what is decoded late as it would have been in time`, async () => {
      const late = await decode(stream(name));
      const all = await decode(stream(name), (_, decoder, frames) => decoder.seen(frames.at(-1)?.at ?? millis(0), true));
      assert.equal(all.frames.length, 80);
      assertSamePixels(late.frames, all.frames);
    });
  }

  it('passes keyframes by, and shows all from the last one on when a packet tells', async () => {
    const all = await decode(stream('frugal.mp4'), (_, decoder, frames) => decoder.seen(frames.at(-1)?.at ?? millis(0), true));
    const { frames, decoder, troubles } = await decode(stream('frugal.mp4'));
    const seen = times(frames);
    assert.deepEqual([decoder.mode.mode, troubles, decoder.skipped], ['gated', [], 0]);
    assert.ok(!seen.includes(4000) && !seen.includes(6000), `at ${seen.join()}`);
    const told = times(all.frames).filter((at) => at >= 8000 && at < 11_000);
    assert.deepEqual(seen.filter((at) => at >= 8000 && at < 11_000), told);
    assertSamePixels(frames, all.frames);
  });

  it('looks at the last keyframe of a file, though it would have been passed by', async () => {
    const { init, fragments } = stream('frugal.mp4');
    const seen = times((await decode({ init, fragments: fragments.slice(0, 190) })).frames).filter((at) => at >= 3600);
    assert.deepEqual(seen, [6000]);
  });

  it('goes back for what a keyframe shows and no packet told', async () => {
    // The box comes within the group that begins at 8 s and is still there at 10 s; packets of one size tell nothing.
    const silent: Packets = { ...stream('silent.mp4') };
    const { frames } = await decode(silent);
    const seen = times(frames);
    assert.ok([9000, 9200, 9400, 9600, 9800, 10_000].every((at) => seen.includes(at)), `at ${seen.join()}`);
    assert.deepEqual(seen, [...new Set(seen)].sort((a, b) => a - b));
  });

  it('decodes all where there is nothing to be gained, and says why', async () => {
    const reasons = await Promise.all((['refreshed.mp4', 'open.mp4', 'keyframes.mp4'] as const).map(async (name) => {
      const { frames, decoder } = await decode(stream(name));
      assert.equal(frames.length, 80, name);
      return decoder.mode;
    }));
    assert.deepEqual(reasons, [{ mode: 'full', reason: 'gradual' }, { mode: 'full', reason: 'gradual' }, { mode: 'full', reason: 'keyframes-only' }]);
  });

  it('leaves out what stands behind the last look of a closed group, and shows the same', async () => {
    const { frames, decoder } = await decode(stream('plain.mp4'), (_, all, shown) => all.seen(shown.at(-1)?.at ?? millis(0), true));
    assert.deepEqual(times(frames), Array.from({ length: 80 }, (_, look) => look * 200));
    assert.equal(decoder.decodedShare, 46 / 50);
  });

  it('takes a group for closed only where its keyframe lets nothing be made from what came before', () => {
    const keyframes = (name: StreamName): boolean[] => {
      const { init, fragments } = stream(name);
      const reader = new PacketReader(init);
      return fragments.map((fragment) => reader.read(pictureIn(fragment))).filter(({ key }) => key).slice(1).map(({ closed }) => closed);
    };
    for (const closed of ['plain.mp4', 'reordered.mp4'] as const) assert.ok(keyframes(closed).every((is) => is), closed);
    for (const open of ['open.mp4', 'hevc.mp4'] as const) assert.ok(keyframes(open).length > 0 && !keyframes(open).some((is) => is), open);
  });

  it('lets no look of a live camera wait for the next one where its decoder holds pictures back', async () => {
    const { init, fragments } = stream('deferred.mp4');
    const frames: GrayFrame[] = [];
    using decoder = new GatedDecoder(init, { ...planPictures({}, init.size), confinement: [], clock: systemClock, whenSlow: 'skip' }, {
      frame: (frame) => { frames.push(frame); }, colour: () => {}, trouble: assert.fail,
    });
    for (const fragment of fragments.slice(0, 45)) decoder.push(pictureIn(fragment)); // up to 1760 ms
    await eventually('the look of 1600 ms', () => frames.at(-1)?.at === 1600);
  });

  it('looks at the same pictures of a file however slow its reader, the decoder and vision are', async () => {
    for (const name of ['plain.mp4', 'reordered.mp4', 'frugal.mp4', 'silent.mp4'] as const) {
      const quick = await decode(stream(name));
      const slow = await decode(stream(name), async (index) => { if (index % 7 === 0) await wait(index % 3 * 20); });
      assert.deepEqual([times(slow.frames), slow.decoder.decodedShare], [times(quick.frames), quick.decoder.decodedShare], name);
    }
  });

  it('looks at the same pictures of a file though its decoder stands still now and then', async () => {
    for (const name of ['frugal.mp4', 'deferred.mp4'] as const) {
      const steady = await decode(stream(name));
      const stumbling = await decode(stream(name), async (index) => {
        if (index % 50 !== 49) return;
        for (const pid of await childrenWithRole(process.pid, 'low_delay')) standStill(pid, 700);
      });
      assert.deepEqual([times(stumbling.frames), stumbling.decoder.decodedShare], [times(steady.frames), steady.decoder.decodedShare], name);
    }
  });

  it('does not wait for a picture that needs more packets, however far these are out of order', async () => {
    const { init, fragments } = stream('deep.mp4');
    let frames = 0;
    using decoder: GatedDecoder = new GatedDecoder(init, { ...planPictures({}, init.size), confinement: [], clock: systemClock, whenSlow: 'wait' }, {
      frame: ({ at }) => { frames++; queueMicrotask(() => decoder.seen(at, true)); }, colour: () => {}, trouble: assert.fail,
    });
    for (const fragment of fragments) {
      decoder.push(pictureIn(fragment));
      let isReady = false;
      void decoder.ready().then(() => { isReady = true; });
      await eventually('the next picture', () => isReady);
    }
    await decoder.finish();
    assert.equal(frames, 5 * 16);
  });

  it('neither waits for the picture of a keyframe that comes only after the next one, nor loses what came before', async () => {
    const { frames, troubles } = await decode(stream('hasty.mp4'));
    const looks = times(frames).map((at) => Math.round(at * 3 / 1000));
    assert.deepEqual(looks.slice(0, 45), Array.from({ length: 45 }, (_, look) => look));
    assert.deepEqual(troubles, [], 'it waited at a keyframe until its decoder was taken for hung');
  });

  it('gives a colour picture a second at most, of the same times', async () => {
    const { frames, colours } = await decode(stream('plain.mp4'));
    assert.deepEqual([colours[0]?.width, colours[0]?.height, colours[0]?.pixels.byteLength], [320, 240, 320 * 240 * 3 / 2]);
    assert.deepEqual(times(colours).filter((at) => at < 5000), [0, 1000, 2000, 3000, 4000].slice(0, times(colours).filter((at) => at < 5000).length));
    assert.ok(times(colours).every((at) => times(frames).includes(at)));
  });

  it('goes on with the next keyframe when its ffmpeg is killed', async () => {
    const { frames, troubles } = await decode(stream('plain.mp4'), async (index) => {
      if (index !== 60) return;
      const [pid] = await eventually('the decoder', async () => { const found = await childrenWithRole(process.pid, 'low_delay'); return found.length > 0 && found; });
      process.kill(pid ?? NaN, 'SIGKILL');
      await eventually('its end', async () => (await childrenWithRole(process.pid, 'low_delay')).length === 0);
    });
    assert.equal(troubles.length, 1);
    assert.ok(times(frames).some((at) => at === 4000) && times(frames).some((at) => at === 9000), `at ${times(frames).join()}`);
  });

  it('goes on behind a group of a file of which nothing can be decoded', async () => {
    const { init, fragments } = stream('plain.mp4');
    const damaged = fragments.map((fragment, index) => (index < 100 || index >= 150 ? fragment : hollow(fragment)));
    const { frames, troubles } = await decode({ init, fragments: damaged });
    const seen = times(frames);
    assert.ok([6000, 9000, 14_000].every((at) => seen.includes(at)), `at ${seen.join()}`);
    assert.deepEqual([seen.filter((at) => at >= 4000 && at < 6000), troubles], [[], []]);
  });

  it('survives damaged packets', async () => {
    const { init, fragments } = stream('reordered.mp4');
    const damaged = fragments.map((fragment, index) => {
      if (index % 37 !== 20) return fragment;
      const data = fragment.data.slice();
      data.fill(0x5a, Math.max(data.byteLength - 40, 110));
      return { ...fragment, data };
    });
    const seen = times((await decode({ init, fragments: damaged })).frames);
    assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
    assert.ok(seen.some((at) => at >= 9000 && at < 11_000) && seen.length > 20);
  });
});
