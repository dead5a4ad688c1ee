import assert from 'node:assert/strict';
import fc from 'fast-check';
import { makeFootage, type Footage } from '../../test/recording/footage.ts';
import { millis } from '../core/units.ts';
import { decodeSound } from '../../test/video/decode-sound.ts';
import { audioSpecificConfig, silentFrame, type AacFormat } from './aac.ts';
import { FragmentReader, rebaseFragment, type Fragment } from './mp4-fragment.ts';
import { mimeOf, type InitSegment } from './mp4-init.ts';
import { samplesOf } from './mp4-samples.ts';
import { addSound, addSoundTrack, type SoundSample } from './mp4-sound.ts';

const MONO: AacFormat = { sampleRate: 16_000, channels: 1 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What a reader finds in head and fragments. */
function read(
  ...bytes: readonly Uint8Array[]
): { readonly init: InitSegment; readonly fragments: readonly Fragment[] } {
  const [head, ...rest] = new FragmentReader().push(Buffer.concat(bytes));
  assert.ok(head?.type === 'init');
  return { init: head.init, fragments: rest.flatMap((part) => (part.type === 'fragment' ? [part.fragment] : [])) };
}

describe('a second track, of sound', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(3); });

  it('is described as AAC of its rate and channels', () => {
    const configs = [[44_100, 1], [48_000, 2], [16_000, 1], [8000, 2]] as const;
    assert.deepEqual(configs.map(([sampleRate, channels]) =>
      hex(audioSpecificConfig({ sampleRate, channels }))), ['1208', '1190', '1408', '1590']);
    assert.equal(hex(audioSpecificConfig({ sampleRate: 44_099, channels: 1 })), '1780562188');
  });

  it('stands in the head beside the video, and in what browsers are asked for', () => {
    const { init } = read(addSoundTrack(footage.init, MONO).data);
    const { sound, ...video } = init;
    assert.deepEqual(sound, {
      trackId: 2, timescale: 16_000, codec: 'mp4a.40.2', defaultDuration: 1024, defaultBytes: 0,
      defaultFlags: 0x0200_0000,
    });
    assert.deepEqual({ ...video, data: undefined }, { ...footage.init, data: undefined });
    assert.deepEqual([mimeOf(init), mimeOf(footage.init)],
      [`video/mp4; codecs="${footage.init.codec}, mp4a.40.2"`, `video/mp4; codecs="${footage.init.codec}"`]);
  });

  it('of silence is decoded as such, of one channel or two', async () => {
    for (const channels of [1, 2] as const) {
      const init = addSoundTrack(footage.init, { sampleRate: 44_100, channels });
      const samples = Array.from({ length: 20 }, () => ({ duration: 1024, data: silentFrame(channels) }));
      const [first] = footage.fragments;
      assert.ok(first !== undefined && init.sound !== undefined);
      const heard = await decodeSound(
        Buffer.concat([init.data, addSound(first.data, init.sound, { startTicks: 0, samples })]), 44_100,
      );
      assert.deepEqual(
        [heard.complaint, heard.samples.length, heard.samples.every((value) => value === 0)], ['', 20 * 1024, true],
      );
    }
  });

  const sample = fc.record({
    duration: fc.integer({ min: 1, max: 3000 }), data: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  });
  const run = fc.record({ skip: fc.integer({ min: 0, max: 2000 }), samples: fc.array(sample, { maxLength: 20 }) });

  it('is read back as it was put in, however it lies against the video, and so is the video', () => fc.assert(fc.property(
    fc.array(run, { minLength: 1, maxLength: 6 }), fc.integer({ min: 0, max: 5 }), (runs, cut) => {
      const init = addSoundTrack(footage.init, MONO);
      const { sound } = init;
      assert.ok(sound !== undefined);
      let ticks = 0;
      const put: (SoundSample & { readonly ticks: number })[][] = [];
      const parts = runs.map(({ skip, samples }, index) => {
        const startTicks = ticks += skip;
        put.push(samples.map((one) => { ticks += one.duration; return { ticks: ticks - one.duration, ...one }; }));
        return addSound(footage.fragments[index]?.data ?? new Uint8Array(), sound, { startTicks, samples });
      });
      const whole = read(init.data, ...parts);
      assert.deepEqual(whole.fragments.map(soundIn), put);
      assert.deepEqual(whole.fragments.map(videoIn), footage.fragments.slice(0, runs.length).map(videoIn));
      assert.deepEqual(whole.fragments.map(factsOf), footage.fragments.slice(0, runs.length).map(factsOf));

      // A clip that begins with one of the fragments: the same, moved, without the sound from before it.
      const kept = whole.fragments.slice(cut);
      const base = kept[0]?.startTicks ?? 0;
      const soundBase = Math.round(base * MONO.sampleRate / init.video.timescale);
      const clip = read(init.data, ...kept.map((fragment, index) => rebaseFragment(fragment, base, index + 1)));
      assert.deepEqual(clip.fragments.map(soundIn), put.slice(cut).map((samples) =>
        samples.filter((one) => one.ticks >= soundBase).map((one) => ({ ...one, ticks: one.ticks - soundBase }))));
      assert.deepEqual(clip.fragments.map(videoIn), kept.map((fragment) =>
        videoIn(fragment).map((one) => ({ ...one, ticks: one.ticks - base }))));
      assert.deepEqual(clip.fragments.map(factsOf), kept.map((fragment) =>
        ({ ...factsOf(fragment), start: millis((fragment.startTicks - base) * 1000 / init.video.timescale) })));
    },
  ), { numRuns: 60 }));
});

const soundIn = ({ data, tracks: { sound } }: Fragment): unknown =>
  (sound === undefined ? [] : samplesOf(data, sound)
    .map(({ ticks, duration, data: bytes }) => ({ ticks, duration, data: Uint8Array.from(bytes) })));
const videoIn = ({ data, tracks: { video } }: Fragment) =>
  samplesOf(data, video)
    .map(({ ticks, duration, key, data: bytes }) => ({ ticks, duration, key, data: Uint8Array.from(bytes) }));
const factsOf = ({ start, duration, key, samples }: Fragment) => ({ start, duration, key, samples });
