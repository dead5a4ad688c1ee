import assert from 'node:assert/strict';
import type { Observation } from '../core/frame.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { DrawnScene } from '../../test/vision/drawn-scene.ts';
import { VisionWorker } from './vision-worker.ts';

const size = { width: 160, height: 88 };

/** The next `count` observations. */
async function next(seen: AsyncGenerator<Observation, void>, count: number): Promise<Observation[]> {
  const list: Observation[] = [];
  while (list.length < count) {
    const step = await seen.next();
    if (step.done === true) break;
    list.push(step.value);
  }
  return list;
}

describe('vision worker', () => {

  it('answers every frame in order', async () => {
    await using vision = await VisionWorker.start({}, silentLog);
    const seen = vision.observations();
    const scene = new DrawnScene(size);
    for (const at of [0, 200, 400]) {
      vision.put(scene.frame(at));
      assert.deepEqual((await next(seen, 1)).map((observation) => observation.at), [at]);
    }
    assert.equal(vision.stats.analysed, 3);
    assert.ok((vision.stats.millisPerFrame ?? 0) > 0);
  });

  it('looks at every frame of a group of pictures that comes at once, and of a flood at the newest', async () => {
    await using vision = await VisionWorker.start({}, silentLog);
    const scene = new DrawnScene(size);
    const seen = vision.observations();
    for (let at = 0; at < 10_000; at += 200) vision.put(scene.frame(at));
    assert.deepEqual((await next(seen, 50)).map(({ at }) => at), Array.from({ length: 50 }, (_, n) => n * 200));
    assert.equal(vision.stats.dropped, 0);
    for (let at = 10_000; at < 50_000; at += 200) vision.put(scene.frame(at));
    const [first] = await next(seen, 1);
    assert.equal(vision.stats.dropped, 50);
    assert.equal(first?.at, 20_000);
  });

  it('leaves memory alone that holds more than the frame', async () => {
    await using vision = await VisionWorker.start({}, silentLog);
    const pool = new Uint8Array(2 * 160 * 88).fill(9);
    vision.put({ ...new DrawnScene(size).frame(0), pixels: pool.subarray(0, 160 * 88) });
    await next(vision.observations(), 1);
    assert.equal(pool.length, 2 * 160 * 88);
  });

  it('watches by other rules from the next frame on, also those of another size, and knows the scene', async () => {
    await using vision = await VisionWorker.start({}, silentLog);
    const seen = vision.observations();
    const crossing = (at: number) => ({ things: [[[(at - 3000) / 6000, 0.35, 0.06, 0.35], 210]] as const });
    const look = async (scene: DrawnScene, from: number, to: number): Promise<Observation | undefined> => {
      for (let at = from; at < to; at += 200) vision.put(scene.frame(at, at < 3000 ? {} : crossing(at)));
      return (await next(seen, (to - from) / 200)).at(-1);
    };
    const scene = new DrawnScene(size);
    assert.equal((await look(scene, 0, 4000))?.motion, true);
    vision.watchBy({ zones: [{ name: 'all', type: 'exclude', polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] }] });
    assert.equal((await look(scene, 4000, 4400))?.motion, false);
    vision.watchBy({ zones: [] });
    assert.equal((await look(scene, 4400, 5000))?.motion, true);
  });

  it('goes on when frames change their size', async () => {
    await using vision = await VisionWorker.start({}, silentLog);
    vision.put(new DrawnScene(size).frame(0));
    vision.put(new DrawnScene({ width: 160, height: 120 }).frame(200));
    assert.equal((await next(vision.observations(), 2)).length, 2);
  });

  it('rejects when its thread fails; another one can be started', async () => {
    await using vision = await VisionWorker.start({}, silentLog);
    vision.put({ ...new DrawnScene(size).frame(0), pixels: new Uint8Array(1) });
    await assert.rejects(next(vision.observations(), 1), (error: Error & { code: string }) =>
      error.code === 'vision.worker' && /expected 160x88/.test(String(error.cause)));
    await using another = await VisionWorker.start({}, silentLog);
    another.put(new DrawnScene(size).frame(0));
    assert.equal((await next(another.observations(), 1)).length, 1);
  });

  it('rejects when its thread looks at one frame for too long; another one can be started', async () => {
    await using vision = await VisionWorker.start({}, silentLog, { start: seconds(20), look: millis(1) });
    // its first look takes far more than a millisecond
    vision.put(new DrawnScene({ width: 1280, height: 720 }).frame(0));
    await assert.rejects(next(vision.observations(), 1), (error: Error & { code: string }) =>
      error.code === 'vision.worker' && /has looked at one frame for more than 0\.001 s/.test(String(error.cause)));
    await using another = await VisionWorker.start({}, silentLog);
    another.put(new DrawnScene(size).frame(0));
    assert.equal((await next(another.observations(), 1)).length, 1);
  });

  it('does not wait for ever for a thread that does not get ready', async () =>
    assert.rejects(
      VisionWorker.start({}, silentLog, { start: millis(1), look: seconds(10) }),
      (error: Error & { code: string }) =>
        error.code === 'vision.worker' && /has not become ready within 0\.001 s/.test(String(error.cause)),
    ));

  it('says why it does not start', async () =>
    assert.rejects(VisionWorker.start({ sensitivity: 7 }, silentLog), { code: 'vision.worker' }));

  it('ends its observations when it is disposed', async () => {
    const vision = await VisionWorker.start({}, silentLog);
    const end = vision.observations().next();
    await vision[Symbol.asyncDispose]();
    assert.equal((await end).done, true);
  });
});
