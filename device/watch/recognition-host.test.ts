import assert from 'node:assert/strict';
import { nothingSeen, type ColourFrame, type Observation, type Track } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { silentLog } from '../core/log.ts';
import { millis, ratio, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { RecognitionHost } from './recognition-host.ts';
import type { Question } from './recognition-queue.ts';
import type { Recognition } from './recognition.ts';

const colour = (at: number): ColourFrame => ({ at: millis(at), width: 2, height: 2, pixels: new Uint8Array(12) });
const track = (id: number, box: Box = [0.1, 0.1, 0.2, 0.4]): Track => ({ id, box, since: millis(0), moving: true, path: [], zones: [] });
const seeing = (at: number, ...tracks: Track[]): Observation =>
  ({ ...nothingSeen(millis(at)), motion: tracks.length > 0, score: ratio(0.5), tracks, boxes: tracks.map(({ box }) => box) });

/** A recogniser that finds a person in every region, and fails where one begins at the very left. */
function host({ isAwaited = false, takes = 100 } = {}) {
  const clock = new VirtualClock(seconds(0));
  const stop = new AbortController();
  const asked: Question[] = [];
  const answered: Recognition[] = [];
  let opened = 0;
  const recognition = new RecognitionHost({
    isAwaited, clock, log: silentLog, onRecognised: (one) => answered.push(one),
    open: async () => {
      opened += 1;
      return {
        async recognise(question) {
          asked.push(question);
          await clock.wait(millis(takes), stop.signal);
          if (question.regions.some(([x]) => x === 0)) throw new Error('cannot look there');
          return { faces: [], things: question.regions.map((box) => ({ label: 'person' as const, box, score: 0.9 })) };
        },
        async [Symbol.asyncDispose]() {},
      };
    },
  });
  const running = recognition.run(stop.signal);
  /** Five gray frames a second from `from` to `to` seconds, and a colour one each second. */
  const play = async (from: number, to: number, ...tracks: Track[]): Promise<void> => {
    for (let at = from * 1000; at < to * 1000; at += 200) {
      if (at % 1000 === 0) recognition.look(colour(at));
      recognition.observed(seeing(at, ...tracks));
      await clock.advance(millis(200));
    }
  };
  return { recognition, clock, asked, answered, play, opened: () => opened, end: async () => { stop.abort(new Error('stop')); await running; } };
}

describe('recognition', () => {
  it('begins with the first thing that moves, and looks at it once a second', async () => {
    const { asked, answered, play, opened, end } = host();
    await play(0, 3);
    assert.equal(opened(), 0, 'nothing is loaded for an empty scene');
    await play(3, 6, track(1));
    await end();
    assert.deepEqual([opened(), asked.map(({ frame }) => frame.at)], [1, [3000, 4000, 5000]]);
    assert.deepEqual(answered.map(({ seen, things }) => [seen.at, things.length]), [[3000, 1], [4000, 1], [5000, 1]]);
  });

  it('looks at what it has seen least, and rarely at what it knows', async () => {
    const { asked, play, end } = host();
    const many = [1, 2, 3, 4, 5, 6].map((id) => track(id, [0.1 * id, 0.1, 0.05, 0.1]));
    await play(0, 3, ...many);
    const first = asked.map(({ regions }) => regions.map(([x]) => Math.round(x * 10)).sort((a, b) => a - b));
    assert.deepEqual(first, [[1, 2, 3, 4], [1, 2, 5, 6], [3, 4, 5, 6]]);
    await play(3, 7, track(9));
    const before = asked.length;
    await play(7, 17, track(9));
    await end();
    assert.ok(asked.length - before <= 4, `${asked.length - before} looks in ten seconds`);
  });

  it('rests in proportion to what a look takes', async () => {
    const { asked, play, end } = host({ takes: 1500 });
    await play(0, 13, track(1));
    await end();
    assert.deepEqual(asked.map(({ frame }) => frame.at), [0, 5000, 11_000]);
  });

  it('looks less often, or not at all, when it is told to', async () => {
    const { recognition, asked, play, end } = host();
    recognition.every(seconds(3));
    await play(0, 7, track(1));
    recognition.every(undefined);
    await play(7, 12, track(1));
    await end();
    assert.deepEqual(asked.map(({ frame }) => frame.at), [0, 3000, 6000]);
    assert.equal(recognition.works, false);
  });

  it('is replaced when it fails, and says why while it does not work', async () => {
    const { recognition, clock, answered, play, opened, end } = host();
    await play(0, 1, track(1, [0, 0, 0.1, 0.1]));
    assert.deepEqual([recognition.fault, recognition.works], ['cannot look there', false]);
    await clock.advance(seconds(5));
    await play(8, 10, track(2));
    await end();
    assert.deepEqual([opened(), recognition.fault], [2, null]);
    assert.ok(answered.length > 0);
  });

  it('is there before anything moves, where events wait for it', async () => {
    const { recognition, clock, opened, end } = host({ isAwaited: true });
    await clock.advance(millis(1));
    assert.deepEqual([opened(), recognition.works], [1, true]);
    await end();
  });

  it('says so when something moves and no colour picture comes', async () => {
    const { recognition, clock, end } = host({ isAwaited: true });
    await clock.advance(millis(1));
    for (let at = 0; at <= 11_000; at += 200) recognition.observed(seeing(at, track(1)));
    assert.deepEqual([recognition.works, recognition.fault], [false, 'the camera gives no colour pictures']);
    recognition.look(colour(11_000));
    assert.equal(recognition.works, true);
    await end();
  });

  it('lets an event that ends wait for the answer, but not for long', async () => {
    for (const [takes, until] of [[2000, 2000], [60_000, 5000]] as const) {
      const { recognition, clock, play, end } = host({ takes });
      await play(0, 0.2, track(1));
      let done = false;
      void recognition.answers().then(() => { done = true; });
      await clock.advance(millis(until - 400));
      assert.equal(done, false);
      await clock.advance(millis(600));
      assert.equal(done, true);
      await end();
    }
  });
});
