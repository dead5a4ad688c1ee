import assert from 'node:assert/strict';
import { nothingSeen, type ColourFrame, type Observation, type Track } from '../core/frame.ts';
import type { Box } from '../core/geometry.ts';
import { silentLog } from '../core/log.ts';
import { Mailbox } from '../core/mailbox.ts';
import { millis, ratio, seconds, type Millis } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { RecognitionHost, type Recogniser } from './recognition-host.ts';
import type { Recognition, SeenFace, SeenThing } from './recognition.ts';

const colour = (at: number): ColourFrame => ({ at: millis(at), width: 2, height: 2, pixels: new Uint8Array(12) });
const track = (id: number, box: Box = [0.1, 0.1, 0.2, 0.4]): Track =>
  ({ id, box, since: millis(0), moving: true, path: [], zones: [] });
const seeing = (at: number, ...tracks: Track[]): Observation =>
  ({ ...nothingSeen(millis(at)), motion: tracks.length > 0, score: ratio(0.5), tracks, boxes: tracks.map(({ box }) =>
    box) });

/** Finds a person in every track; gives no answer, and counts a failure, where one begins at the very left. */
class SimpleRecogniser implements Recogniser {
  readonly asked: { readonly at: number; readonly ids: readonly number[] }[] = [];
  readonly #clock: VirtualClock;
  readonly #takes: number;
  readonly #answers = new Mailbox<{ at: Millis; faces: SeenFace[]; objects: SeenThing[] }>(9, () => {});
  readonly #over = new AbortController();
  stats = { failures: 0, millisPerLook: undefined as number | undefined };
  constructor(clock: VirtualClock, takes: number) { this.#clock = clock; this.#takes = takes; }
  prepared = 0;
  prepare(): void { this.prepared += 1; }
  put({ frame: { at }, tracks }: Parameters<Recogniser['put']>[0]): void {
    this.asked.push({ at, ids: tracks.map(({ id }) => id) });
    if (tracks.some(({ box }) => box[0] === 0)) { this.stats.failures += 1; return; }
    void this.#clock.wait(millis(this.#takes), this.#over.signal).then(() => {
      this.stats.millisPerLook = this.#takes;
      this.#answers.put({
        at, faces: [], objects: tracks.map(({ id, box }) => ({ label: 'person', box, score: 0.9, track: id })),
      });
    }, () => {});
  }
  recognitions() { return this.#answers; }
  end(): void { this.#over.abort(new Error('over')); this.#answers[Symbol.dispose](); }
}

function host({ takes = 100 } = {}) {
  const clock = new VirtualClock(seconds(0));
  const stop = new AbortController();
  const answered: Recognition[] = [];
  const recogniser = new SimpleRecogniser(clock, takes);
  const recognition = new RecognitionHost({
    recogniser, clock, log: silentLog, onRecognised: (one) => answered.push(one),
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
  return {
    recognition, recogniser, clock, asked: recogniser.asked, answered, play,
    end: async () => { stop.abort(new Error('stop')); recogniser.end(); await running; },
  };
}

describe('recognition', () => {
  it('looks once a second at what moves, and at nothing else', async () => {
    const { asked, answered, play, end } = host();
    await play(0, 3);
    await play(3, 6, track(1));
    await end();
    assert.deepEqual(asked.map(({ at }) => at), [3000, 4000, 5000]);
    assert.deepEqual(answered.map(({ seen, things }) => [seen.at, things.length]), [[3000, 1], [4000, 1], [5000, 1]]);
  });

  it('is made ready when something moves, not for what only might, unless nothing is to be looked at', async () => {
    const { recognition, recogniser, end } = host();
    recognition.observed({ ...nothingSeen(millis(0)), attention: true });
    assert.equal(recogniser.prepared, 0);
    recognition.observed({ ...nothingSeen(millis(200)), motion: true });
    assert.equal(recogniser.prepared, 1);
    recognition.every(undefined);
    recognition.observed({ ...nothingSeen(millis(400)), motion: true });
    await end();
    assert.deepEqual([recogniser.prepared, recogniser.asked], [1, []]);
  });

  it('looks at what it has seen least, and rarely at what it knows', async () => {
    const { asked, play, end } = host();
    const many = [1, 2, 3, 4, 5, 6].map((id) => track(id, [0.1 * id, 0.1, 0.05, 0.1]));
    await play(0, 3, ...many);
    const first = asked.map(({ ids }) => ids.toSorted((a, b) => a - b));
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
    assert.deepEqual(asked.map(({ at }) => at), [0, 5000, 11_000]);
  });

  it('looks less often, or not at all, when it is told to', async () => {
    const { recognition, asked, play, end } = host();
    recognition.every(seconds(3));
    await play(0, 7, track(1));
    recognition.every(undefined);
    await play(7, 12, track(1));
    await end();
    assert.deepEqual(asked.map(({ at }) => at), [0, 3000, 6000]);
    assert.equal(recognition.works, false);
  });

  it('says so when it fails, and when it works again', async () => {
    const { recognition, clock, answered, play, end } = host();
    await play(0, 1, track(1, [0, 0, 0.1, 0.1]));
    assert.deepEqual([recognition.fault, recognition.works], [
      'what looks for faces and things has failed, and is started anew', false,
    ]);
    await clock.advance(seconds(31));
    await play(32, 34, track(2));
    await end();
    assert.deepEqual([answered.length > 0, recognition.fault, recognition.works], [true, null, true]);
  });

  it('is not waited for when it takes too long, and given up when it never answers', async () => {
    const { recognition, clock, play, end } = host({ takes: 60_000 });
    await play(0, 1, track(1));
    assert.equal(recognition.works, true);
    await clock.advance(seconds(7));
    assert.deepEqual([recognition.fault, recognition.works], [null, false]);
    await clock.advance(seconds(24));
    assert.deepEqual([recognition.fault, recognition.works], [
      'a look for faces and things took longer than 30 s', false,
    ]);
    await end();
  });

  it('complains of no answer while nothing is to be looked for, nor of that one afterwards', async () => {
    const { recognition, clock, play, end } = host({ takes: 60_000 });
    await play(0, 1, track(1));
    recognition.every(undefined);
    await clock.advance(seconds(31));
    assert.equal(recognition.fault, null);
    recognition.every(seconds(5));
    assert.deepEqual([recognition.fault, recognition.works], [null, true]);
    await end();
  });

  it('says so when something moves and no colour picture comes', async () => {
    const { recognition, end } = host();
    for (let at = 0; at <= 11_000; at += 200) recognition.observed(seeing(at, track(1)));
    assert.deepEqual([recognition.works, recognition.fault], [false, 'the camera gives no colour pictures']);
    recognition.look(colour(11_000));
    assert.equal(recognition.works, true);
    await end();
  });

  it('does not blame a camera that was gone for the colour pictures that it could not send', async () => {
    const { recognition, end } = host();
    for (const at of [0, 200, 400, 15_000, 15_200, 19_000]) recognition.observed(seeing(at, track(1)));
    assert.equal(recognition.fault, null);
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
