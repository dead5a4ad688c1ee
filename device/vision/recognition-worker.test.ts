import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog, type Log } from '../core/log.ts';
import { millis, minutes, seconds } from '../core/units.ts';
import { eventually } from '../../test/eventually.ts';
import { asVideo } from '../../test/vision/video-colours.ts';
import { startBackend } from './backend.ts';
import { FaceFinder } from './faces/face-finder.ts';
import { readPicture } from './faces/read-picture.ts';
import { FaceDescriber } from './people/face-describer.ts';
import { PeopleStore } from './people/people-store.ts';
import { takePortrait } from './people/portrait.ts';
import type { Look, Recognition, RecognitionWishes } from './recognition.ts';
import { RecognitionWorker, type RecognitionTiming } from './recognition-worker.ts';

const PHOTOGRAPH = fileURLToPath(new URL('../../../shared/data/faces/dlib-2009_004587.jpg', import.meta.url));
const TIMING: RecognitionTiming = { start: seconds(60), look: seconds(30), idle: minutes(5), pause: millis(0) };
const FACES: RecognitionWishes = { faces: true, objects: false, minimumScore: 0.65, match: 0.5 };

const emptyLook = (at: number, wishes = FACES): Look => ({
  frame: { at: millis(at), width: 64, height: 48, pixels: new Uint8Array(64 * 48 * 3 / 2) },
  tracks: [{ id: 7, box: [0.25, 0.25, 0.5, 0.5] }], wishes,
});

async function next(seen: AsyncGenerator<Recognition, void>): Promise<Recognition> {
  const step = await seen.next();
  if (step.done === true) throw new Error('there are no more recognitions');
  return step.value;
}

/** Makes the one picture of the one person look as if a version with another network had written it. */
async function describedByAnother(people: string): Promise<void> {
  const names = await readdir(people, { recursive: true });
  const file = path.join(people, names.find((name) => /[0-9a-f]{16}\.json$/.test(name)) ?? '');
  const sample = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...sample, described_by: 'another', descriptor: 'AAAA' }));
}

describe('recognition worker', function () {

  it('keeps the newest of the frames that wait, counts the others, and holds no network before the first', async () => {
    await using worker = new RecognitionWorker({}, silentLog);
    assert.deepEqual(worker.stats, { looked: 0, dropped: 0, failures: 0, millisPerLook: undefined, loaded: false });
    for (const at of [0, 200, 400]) worker.put(emptyLook(at));
    assert.deepEqual(await next(worker.recognitions()), { at: 400, faces: [], objects: [] });
    const { looked, dropped, loaded } = worker.stats;
    assert.deepEqual({ looked, dropped, loaded }, { looked: 1, dropped: 2, loaded: true });
  });

  it('is made ready before the first frame by who expects one, once, and gives that back, too', async () => {
    const said: string[] = [];
    const log: Log = { ...silentLog, info: (message) => { said.push(message); } };
    await using worker = new RecognitionWorker({}, log, { ...TIMING, idle: seconds(1) });
    worker.prepare(FACES);
    worker.prepare(FACES);
    await eventually('the thread is there', () => worker.stats.loaded, seconds(30));
    assert.match(said.join(), /^recognition runs on TensorFlow[^,]*$/);
    await eventually('the thread is ended', () => !worker.stats.loaded);
    assert.deepEqual([worker.stats.looked, worker.stats.failures], [0, 0]);
  });

  it('gives its memory back when nobody asks, and comes again', async () => {
    await using worker = new RecognitionWorker({}, silentLog, { ...TIMING, idle: millis(1) });
    const seen = worker.recognitions();
    worker.put(emptyLook(0));
    await next(seen);
    await eventually('the thread is ended', () => !worker.stats.loaded);
    worker.put(emptyLook(200));
    assert.equal((await next(seen)).at, 200);
  });

  it('replaces a thread that is stuck or dies, says so, and goes on with the next frame', async () => {
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (_message, fields) => { said.push(String(fields?.['reason'])); } };
    await using worker = new RecognitionWorker({}, log, TIMING);
    const seen = worker.recognitions();
    worker.put({ ...emptyLook(0), frame: { ...emptyLook(0).frame, pixels: new Uint8Array(5) } });
    const following = next(seen);
    await eventually('the thread dies', () => worker.stats.failures === 1, seconds(20));
    worker.put(emptyLook(200));
    assert.equal((await following).at, 200);
    assert.match(said.join(), /the recognition thread failed: a 64x48 colour frame needs 4608 bytes and even sides, got 5/);
  });

  it('ends when it is disposed, also while nothing comes', async () => {
    const worker = new RecognitionWorker({}, silentLog);
    const end = worker.recognitions().next();
    await worker[Symbol.asyncDispose]();
    assert.equal((await end).done, true);
  });

  describe('on a photograph', function () {
    let data: string;
    before(async function () {
      if (!existsSync(PHOTOGRAPH)) this.skip(); // ../shared/data is not here: photographs are not part of the product
      data = await mkdtemp(path.join(tmpdir(), 'tyto-recognition-'));
    });
    after(async () => { if (data !== undefined) await rm(data, { recursive: true, force: true }); });

    it('tells whose face it is, which track it belongs to, and that the track is a person', async () => {
      const picture = await readPicture(PHOTOGRAPH);
      await startBackend(silentLog);
      using finder = await FaceFinder.open();
      using describer = await FaceDescriber.load();
      const box = [0.35, 0.1, 0.2, 0.2] as const; // around the upper of two faces
      const people = path.join(data, 'people');
      const portrait = await takePortrait(picture, { finder, describer }, { name: 'a photograph', box });
      await new PeopleStore(people, () => {}).enrol('Ann', {
        ...portrait, source: { kind: 'file', name: 'a.jpg' }, taken: millis(0),
      });

      await describedByAnother(people); // what it is known by is made anew from the crop

      await using worker = new RecognitionWorker({ people }, silentLog, TIMING);
      worker.put({
        frame: { at: millis(40), ...asVideo(picture) }, wishes: { ...FACES, objects: true },
        tracks: [{ id: 3, box: [0.2, 0.05, 0.5, 0.4] }, { id: 4, box: [0.5, 0.5, 0.45, 0.5] }],
      });
      const { faces, objects } = await next(worker.recognitions());
      const upper = faces.find(({ box: [, y] }) => y < 0.3);
      const lower = faces.find(({ box: [, y] }) => y > 0.4);
      assert.deepEqual([upper?.person, upper?.track], ['Ann', 3]);
      assert.ok((upper?.similarity ?? 0) > 0.7);
      assert.ok((lower?.similarity ?? 1) < 0.5);
      assert.deepEqual([lower?.person, lower?.track], [null, 4]);
      assert.ok(objects.every(({ label }) => label === 'person'));
    });
  });
});
