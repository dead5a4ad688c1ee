import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { millis, seconds, type Millis } from '../../core/units.ts';
import { VirtualClock } from '../../runtime/virtual-clock.ts';
import { frameBytes } from './frame/planes.ts';
import { writeFrames, type FrameCount, type FrameRun } from './frames.ts';
import { DemoPainter } from './paint.ts';
import { sceneAt } from './scene.ts';

const size = { width: 64, height: 40 };

/** A reader that takes a frame when told to, or at once. */
class Reader extends Writable {
  readonly frames: Buffer[] = [];
  readonly #waiting: (() => void)[] = [];
  slow = false;
  constructor() { super({ highWaterMark: 1 }); }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.frames.push(Buffer.from(chunk));
    if (this.slow) this.#waiting.push(done);
    else done();
  }

  take(): void { for (const done of this.#waiting.splice(0)) done(); }
}

describe('writing the demo camera\'s frames', () => {
  const painter = new DemoPainter(size);
  const never = new AbortController().signal;
  const clock = (): VirtualClock => new VirtualClock(millis(0));
  const start = (
    reader: Writable, options: Partial<FrameRun>, time: VirtualClock, signal = never,
  ): { readonly times: Millis[]; readonly done: Promise<FrameCount> } => {
    const times: Millis[] = [];
    const run: FrameRun = {
      painter, framesPerSecond: 10, duration: seconds(1), pace: 'realtime', ...options,
      onFrame: (at) => { times.push(at); },
    };
    return { times, done: writeFrames(reader, run, time, signal) };
  };

  it('writes each frame when its time has come, the first at once', async () => {
    const [reader, time] = [new Reader(), clock()];
    const { times, done } = start(reader, {}, time);
    await time.advance(millis(250));
    assert.deepEqual(times, [0, 100, 200]);
    await time.advance(millis(800));
    assert.deepEqual(await done, { written: 10, skipped: 0 });
    assert.deepEqual(reader.frames.map((frame) => frame.length), Array.from({ length: 10 }, () => frameBytes(size)));
  });

  it('shows in frame n the scene at n / fps seconds', async () => {
    const reader = new Reader();
    await start(reader, { pace: 'fast', framesPerSecond: 2, duration: seconds(16) }, clock()).done;
    assert.equal(reader.frames.length, 32);
    const expected = new Uint8Array(frameBytes(size));
    painter.paint(sceneAt(millis(15_500)), expected);
    assert.deepEqual(new Uint8Array(reader.frames[31] ?? []), expected);
  });

  it('leaves frames out while the reader is slow, keeps one waiting, and is in time again afterwards', async () => {
    const [reader, time] = [new Reader(), clock()];
    reader.slow = true;
    const { times, done } = start(reader, {}, time);
    await time.advance(millis(640));
    assert.equal(reader.frames.length, 1);
    reader.slow = false;
    reader.take();
    await time.advance(millis(600));
    assert.deepEqual(times, [0, 600, 700, 800, 900]);
    assert.deepEqual(await done, { written: 5, skipped: 5 });
  });

  it('leaves no frame out when it writes as fast as it can', async () => {
    const [reader, time] = [new Reader(), clock()];
    const { times, done } = start(reader, { pace: 'fast' }, time);
    await time.advance(seconds(5));
    await done;
    assert.equal(times.length, 10);
  });

  it('stops when asked to, even while it waits for the reader or for the time to come', async () => {
    for (const slow of [true, false]) {
      const [reader, time, stop] = [new Reader(), clock(), new AbortController()];
      reader.slow = slow;
      const { done } = start(reader, { duration: undefined }, time, stop.signal);
      await time.advance(millis(150));
      stop.abort();
      assert.equal((await done).written, slow ? 0 : 2);
    }
  });

  it('ends quietly when the reader goes away', async () => {
    const reader = new Writable({
      write(_chunk, _encoding, done) { done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })); },
    });
    reader.on('error', () => {});
    assert.deepEqual(await start(reader, {}, clock()).done, { written: 0, skipped: 0 });
  });

  it('says so when frames cannot be handed on for another reason', async () => {
    const reader = new Writable({
      write(_chunk, _encoding, done) { done(Object.assign(new Error('no space'), { code: 'ENOSPC' })); },
    });
    reader.on('error', () => {});
    await assert.rejects(start(reader, {}, clock()).done, { code: 'demo.output' });
  });
});
