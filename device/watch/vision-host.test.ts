import assert from 'node:assert/strict';
import type { GrayFrame, Observation } from '../core/frame.ts';
import { silentLog } from '../core/log.ts';
import { Mailbox } from '../core/mailbox.ts';
import { millis, ratio, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { VisionHost, type Eye } from './vision-host.ts';

const frame = (at: number, width = 8): GrayFrame =>
  ({ at: millis(at), width, height: 8, pixels: new Uint8Array(width * 8) });

/** Sees motion in every frame; fails at one of width 13. */
class SimpleEye implements Eye {
  readonly #frames = new Mailbox<GrayFrame>(2, () => {});
  readonly stats = { analysed: 0, dropped: 0, millisPerFrame: undefined };
  readonly rules: unknown[] = [];
  put(one: GrayFrame): void { this.#frames.put(one); }
  watchBy(rules: unknown): void { this.rules.push(rules); }
  async *observations(): AsyncGenerator<Observation> {
    for await (const { at, width } of this.#frames) {
      if (width === 13) throw new Error('cannot look at this');
      this.stats.analysed += 1;
      yield { at, motion: true, score: ratio(1), boxes: [], tracks: [], crossings: [], tamper: [], attention: true };
    }
  }
  async [Symbol.asyncDispose](): Promise<void> { this.#frames[Symbol.dispose](); }
}

async function host() {
  const seen: number[] = [];
  const opened: number[] = [];
  const eyes: SimpleEye[] = [];
  const clock = new VirtualClock(seconds(0));
  const stop = new AbortController();
  const vision = new VisionHost({
    open: (size) => {
      opened.push(size.width);
      eyes.push(new SimpleEye());
      return Promise.resolve(eyes.at(-1) ?? assert.fail());
    },
    onSeen: ({ at }) => seen.push(at), clock, log: silentLog,
  });
  const running = vision.run(stop.signal);
  const look = async (...frames: GrayFrame[]): Promise<void> => {
    for (const one of frames) { vision.look(one); await clock.advance(millis(1)); await clock.advance(millis(1)); }
  };
  const end = async (): Promise<void> => { stop.abort(new Error('stop')); await running; };
  return { vision, seen, opened, eyes, clock, look, end };
}

describe('vision host', () => {
  it('opens vision with the first frame and hands on what it saw', async () => {
    const { vision, seen, opened, look, end } = await host();
    await look(frame(0), frame(200), frame(400));
    await end();
    assert.deepEqual([opened, seen], [[8], [200, 400]]);
    assert.deepEqual(vision.counters, { framesAnalysed: 2, framesDropped: 1 });
  });

  it('opens it anew when the frames change their size', async () => {
    const { seen, opened, look, end } = await host();
    await look(frame(0), frame(200), frame(400, 16), frame(600, 16), frame(800, 16));
    await end();
    assert.deepEqual(opened, [8, 16]);
    assert.ok(seen.includes(200) && seen.includes(800));
  });

  it('opens it anew when it is to know something else', async () => {
    const { vision, seen, opened, look, end } = await host();
    await look(frame(0), frame(200));
    vision.renew();
    await look(frame(400), frame(600), frame(800));
    await end();
    assert.deepEqual(opened, [8, 8]);
    assert.ok(seen.includes(200) && seen.includes(800));
  });

  it('tells the one that looks when it is to watch by other rules, and opens none: it knows the scene', async () => {
    const { vision, seen, opened, eyes, look, end } = await host();
    await look(frame(0), frame(200));
    vision.watchBy({ sensitivity: 0.3 });
    await look(frame(400), frame(600));
    await end();
    assert.deepEqual([opened, eyes[0]?.rules, seen], [[8], [{ sensitivity: 0.3 }], [200, 400, 600]]);
  });

  it('opens vision with the first frame also where other rules came before it', async () => {
    const { vision, opened, seen, clock, look, end } = await host();
    vision.watchBy({ sensitivity: 0.3 });
    await clock.advance(millis(1));
    await look(frame(0), frame(200), frame(400));
    await end();
    assert.deepEqual([opened, seen], [[8], [200, 400]]);
  });

  it('looks less often when it is told to', async () => {
    const { vision, seen, look, end } = await host();
    await look(frame(0));
    vision.lookEvery(millis(400));
    await look(frame(400), frame(595), frame(790), frame(990), frame(1200));
    await end();
    assert.deepEqual(seen, [400, 790, 1200]);
  });

  it('replaces vision that failed, after a pause', async () => {
    const { seen, opened, clock, look, end } = await host();
    await look(frame(0, 13), frame(200, 13));
    await clock.advance(seconds(2));
    await look(frame(400), frame(600), frame(800));
    await end();
    assert.ok(opened.length >= 2);
    assert.ok(seen.includes(800));
  });

  it('stops even when no frame ever came', async () => { await (await host()).end(); });

  it('lets vision fall no further behind than a clip reaches back, however slowly it looks', async () => {
    const waiting: number[] = [];
    const stats = { analysed: 0, dropped: 0, millisPerFrame: 500 };
    const nothing = new Mailbox<Observation>(1, () => {});
    const eye: Eye = {
      stats, put: ({ at }) => { waiting.push(at); }, watchBy() {}, observations: () => nothing,
      [Symbol.asyncDispose]: async () => nothing[Symbol.dispose](),
    };
    const clock = new VirtualClock(seconds(0));
    const stop = new AbortController();
    const vision = new VisionHost({ open: async () => eye, onSeen: () => {}, clock, log: silentLog });
    const running = vision.run(stop.signal);
    vision.look(frame(0));
    await clock.advance(millis(1));
    for (let at = 200; at <= 20_000; at += 200) vision.look(frame(at));
    assert.equal(waiting.length, 11, 'five seconds of work');
    assert.equal(vision.counters.framesDropped, 90);
    stats.analysed = 10;
    vision.look(frame(20_200));
    assert.equal(waiting.at(-1), 20_200, 'one that caught up is given the newest');
    stop.abort(new Error('stop'));
    await running;
  });
});
