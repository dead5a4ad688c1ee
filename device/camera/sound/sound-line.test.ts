import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AAC_FRAME } from '../../contract/aac.ts';
import { SoundLine } from './sound-line.ts';

const RATE = 8192; // a frame is an eighth of a second
const FRAME = 0.125;
const data = Uint8Array.of(1, 2, 3);

/**
 * Plays half seconds of video, in each of which frames of these times (in seconds) come, and tells of each what sounds
 * when.
 */
function play(...halves: readonly (readonly number[])[]): string[] {
  const line = new SoundLine({ sampleRate: RATE, channels: 1 });
  return halves.map((times, index) => {
    for (const time of times) line.push({ ticks: Math.round(time * RATE), data });
    const { startTicks, samples } = line.take((index + 1) * RATE / 2);
    return `${startTicks / RATE}:${samples.map((sample) =>
      (sample.data === data ? 'S' : '-') + (sample.duration === AAC_FRAME ? '' : '+')).join('')}`;
  });
}
const half = (from: number): number[] => [0, 1, 2, 3].map((n) => from + n * FRAME);

describe('a line of sound', () => {
  it('is what came, each frame at its time', () => assert.deepEqual(play(half(0), half(0.5)), ['0:SSSS', '0.5:SSSS']));
  it('is silent while nothing has come, and goes on where sound begins', () =>
    assert.deepEqual(play([], [0.75, 0.875], half(1)), ['0:----', '0.5:--SS', '1:SSSS']));
  it('puts the first sound exactly at its time, though that is no whole number of frames away', () =>
    assert.deepEqual(play([0.3125, 0.4375], half(0.5625)), ['0:--+SS', '0.5625:SSSS']));
  it('waits for sound that is late, and drops none of it', () =>
    assert.deepEqual(play(half(0), [], half(0.5), half(1)), ['0:SSSS', '0.5:', '0.5:SSSS', '1:SSSS']));
  it('is silent in a gap', () => assert.deepEqual(play(half(0), [0.75, 0.875]), ['0:SSSS', '0.5:--SS']));
  it('does not wait for sound that has stopped, and goes on with it when it is back', () =>
    assert.deepEqual(play(half(0), [], [], [], half(2), half(2.5)), [
      '0:SSSS', '0.5:', '0.5:--------', '1.5:----', '2:SSSS', '2.5:SSSS',
    ]));
  it('goes on where sound that had stopped comes late', () =>
    assert.deepEqual(play([], half(0.25), half(0.75)), ['0:----', '0.5:SS', '0.75:SSSS']));
  it('evens out times that tremble', () =>
    assert.deepEqual(play([0, 0.12, 0.26, 0.37], [0.51, 0.62, 0.75, 0.88]), ['0:SSSS', '0.5:SSSS']));
  it('leaves a frame out where sound runs behind, and goes on exactly', () =>
    assert.deepEqual(play(half(0), [0.4375, 0.5625, 0.6875, 0.8125]), ['0:SSSS', '0.5625:SSS']));
  it('leaves sound to its time that comes before its picture', () =>
    assert.deepEqual(play([...half(0), ...half(0.5)], []), ['0:SSSS', '0.5:SSSS']));
  it('holds no more than some seconds of sound of another time', () => {
    const line = new SoundLine({ sampleRate: RATE, channels: 2 });
    for (let n = 0; n < 10_000; n++) line.push({ ticks: 1e9 + n, data });
    assert.equal(line.dropped, 10_000 - 512);
    assert.equal(line.take(RATE * 3).samples.length, 24);
  });

  it('leaps with video that leaps, and is not filled up for days', () => {
    const line = new SoundLine({ sampleRate: RATE, channels: 1 });
    line.take(RATE);
    const { startTicks, samples } = line.take(RATE * 1e6);
    assert.deepEqual([startTicks / RATE, samples.length], [1e6 - 2, 16]);
  });

  it('has no hole as long as a frame, whatever comes, and no sound is off its place by more than it may', () =>
    fc.assert(fc.property(
      fc.array(fc.array(fc.integer({ min: -20_000, max: 60_000 }), { maxLength: 8 }), { maxLength: 30 }), (halves) => {
        const line = new SoundLine({ sampleRate: RATE, channels: 1 });
        let [end, last] = [0, 0];
        const placed: number[] = [];
        halves.forEach((times, index) => {
          for (const ticks of times) line.push({ ticks, data: Uint8Array.from([ticks, ticks >> 8, ticks >> 16]) });
          const video = (index + 1) * RATE / 2;
          const { startTicks, samples } = line.take(video);
          if (samples.length === 0) return;
          assert.ok(startTicks >= last && startTicks - last < AAC_FRAME, `from ${last} to ${startTicks}`);
          end = startTicks;
          for (const sample of samples) {
            const [low = 0, middle = 0, high = 0, more] = sample.data;
            const ticks = (high << 24 >> 8) + middle * 256 + low;
            if (more === undefined) placed.push(Math.abs(ticks - end));
            assert.ok(sample.duration >= AAC_FRAME && sample.duration < 2 * AAC_FRAME);
            end += sample.duration;
          }
          last = end;
          assert.ok(video - end <= 2 * RATE + AAC_FRAME, 'never far behind the video');
        });
        assert.ok(placed.every((off) => off <= 0.05 * RATE), placed.join());
      },
    )));
});
