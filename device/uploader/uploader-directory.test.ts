import assert from 'node:assert/strict';
import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../../test/eventually.ts';
import { CountingLanding } from '../../test/fixtures/counting-landing.ts';
import { endedEvent, keysOf, ListedEvents, mediaPath, writeMedia } from '../../test/fixtures/ended-events.ts';
import type { TytoEvent } from '../contract/event.ts';
import { manifestSchema } from '../contract/manifest.ts';
import { silentLog, type Log } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { DirectoryLanding } from '../landing/directory-landing.ts';
import type { LandingReader, LandingWriter } from '../landing/port.ts';
import { systemClock } from '../runtime/clock.ts';
import { allBandwidth } from './bandwidth.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';
import type { UploaderStatus } from './status.ts';
import { Uploader } from './uploader.ts';

const never = new AbortController().signal;
const policy = uploadPolicy('events');
const soon = { first: millis(20), most: millis(50) };
/** In memory where there is such a place: thousands of files are made durable here. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Every visible object, each checked: media against its event's facts, manifests against the contract. */
async function soundKeys(landing: LandingReader, facts: ReadonlyMap<string, string>): Promise<string[]> {
  const keys: string[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await landing.list('', cursor, never);
    keys.push(...page.entries.map(({ key }) => key));
    more = (cursor = page.next) !== undefined;
  }
  for (const key of keys) {
    const object = await landing.open(key, never);
    assert.ok(object !== undefined);
    const content = await buffer(object.body);
    if (key.endsWith('.json')) manifestSchema.parse(JSON.parse(content.toString()));
    else assert.equal(createHash('sha256').update(content).digest('hex'), facts.get(key), key);
  }
  return keys;
}

function factsOf(count: number, clipBytes: number): Map<string, string> {
  const facts = new Map<string, string>();
  for (let n = 1; n <= count; n++) {
    const [picture = '', clip = ''] = keysOf(n);
    const event = endedEvent(n, clipBytes);
    facts.set(picture, event.snapshot?.sha256 ?? '').set(clip, event.clip?.sha256 ?? '');
  }
  return facts;
}

const allKeys = (count: number): string[] => Array.from({ length: count }, (_, n) => keysOf(n + 1)).flat().sort();

describe('uploader with a folder', () => {
  let home: string;
  let root: string;
  let media: string;
  let status: UploaderStatus | undefined;
  let reached: () => void;
  beforeEach(async () => {
    home = await mkdtemp(path.join(scratch, 'tyto-upload-'));
    [root, media] = [path.join(home, 'landing'), path.join(home, 'media')];
    status = undefined;
    reached = () => {};
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const seen = (next: UploaderStatus): void => { status = next; reached(); };
  /** Resolves as soon as the status is as asked. */
  const until = (asked: (now: UploaderStatus) => boolean): Promise<void> => new Promise((resolve) => {
    reached = () => { if (status !== undefined && asked(status)) resolve(); };
    reached();
  });

  async function running(
    landing: LandingWriter, events: ListedEvents, during: () => Promise<void>, log: Log = silentLog,
  ): Promise<void> {
    const stop = new AbortController();
    using queue = UploadQueue.open(path.join(home, 'uploads.db'), policy, silentLog);
    const run = new Uploader({
      target: 'directory', store: { name: root, landing }, queue, events, mediaFolder: media, device: 'yard',
      policy, bandwidth: () => allBandwidth,
      retry: { passing: soon, refusal: soon, store: soon, strikes: 1e6 }, clock: systemClock,
      random: Math.random, log, onStatus: seen,
    }).run(stop.signal);
    try {
      await during();
    } finally {
      stop.abort(new Error('stop'));
      await run;
    }
  }

  it('takes a forgotten name out of what lies there, where no fleet comes for it, and sends no file again', async () => {
    await writeMedia(media, 2);
    const counting = new CountingLanding(new DirectoryLanding(root, { create: true }));
    const faces = (person: string | null): TytoEvent['faces'] =>
      [{ box: [0, 0, 0.1, 0.1], score: 0.9, time: 1, person, similarity: null }];
    const events = ListedEvents.upTo(2);
    events.rows.splice(0, 1, { seq: 1, event: { ...endedEvent(1), faces: faces('Adelheid') } });
    const [, , manifest = ''] = keysOf(1);
    const told = (): Promise<string> => readFile(path.join(root, manifest), 'utf8');
    await running(counting, events, async () => {
      await until(({ uploaded }) => uploaded === 2);
      assert.match(await told(), /Adelheid/);
      events.rows.push({ seq: 3, event: { ...endedEvent(1), faces: faces(null), revision: 1 } });
      await eventually('the name to go', async () => !(await told()).includes('Adelheid'));
      await until(({ pending }) => pending === 0);
    });
    assert.deepEqual(manifestSchema.parse(JSON.parse(await told())).event, {
      ...endedEvent(1), faces: faces(null), revision: 1,
    });
    const puts = keysOf(1).map((key) => counting.taken.get(key));
    assert.deepEqual(puts, [1, 1, 3], 'picture, clip, manifest');
  });

  it('delivers 2,000 events each exactly once to a share that goes away ten times, in constant memory', async () => {
    await writeMedia(media, 2000, 500);
    await mkdir(root);
    const counting = new CountingLanding(new DirectoryLanding(root, { create: false }));
    const heap: number[] = [];
    await running(counting, ListedEvents.upTo(2000, 500), async () => {
      for (let cut = 1; cut <= 10; cut++) {
        await until(({ uploaded }) => uploaded >= cut * 180);
        heap.push(heapAfterCollection());
        await rename(root, `${root}-away`);
        await until(({ problem }) => problem?.code === 'landing.folder-missing');
        await rename(`${root}-away`, root);
      }
      await until(({ pending }) => pending === 0);
    });
    assert.deepEqual([status?.uploaded, status?.refused], [2000, 0]);
    assert.deepEqual([...counting.taken.keys()].sort(), allKeys(2000));
    assert.deepEqual([...counting.taken].filter(([key, times]) =>
      times !== (key.endsWith('.json') ? 2 : 1)), [], 'a manifest goes with the picture, and with the clip');
    const [first = 0] = heap;
    const growthMb = ((heap.at(-1) ?? 0) - first) / 1024 / 1024;
    assert.ok(growthMb < 8, `the heap grew by ${growthMb.toFixed(1)} MB over 1,620 events`);
  });

  it('leaves no partial object when killed at any moment, and delivers everything in the end', async () => {
    const [count, clipBytes] = [16, 6 * 1024 * 1024];
    await writeMedia(media, count, clipBytes);
    const facts = factsOf(count, clipBytes);
    const landing = new DirectoryLanding(root, { create: true });
    for (let kill = 1; kill <= 4; kill++) {
      using child = forked(count, clipBytes);
      child.process.on('message', (message: UploaderStatus) => { seen(message); });
      const before = status?.uploaded ?? 0;
      await until(({ uploaded }) => uploaded > before || uploaded === count); // it may be faster than we
      await new Promise((resolve) => { setTimeout(resolve, kill * 3); }); // somewhere within a copy
      child.process.kill('SIGKILL');
      await once(child.process, 'exit');
      await soundKeys(landing, facts);
    }
    using child = forked(count, clipBytes);
    child.process.on('message', (message: UploaderStatus) => { seen(message); });
    await until(({ uploaded }) => uploaded === count);
    assert.deepEqual((await soundKeys(landing, facts)).sort(), allKeys(count));
    assert.deepEqual((await readdir(path.dirname(path.join(root, keysOf(1)[0] ?? '')))).filter((name) =>
      name.endsWith('.part')), []);
  });

  it('waits while the disk is full, shows nothing partial, and goes on when there is room', async function () {
    await mkdir(root);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root], { stdio: 'ignore' });
    } catch {
      console.log('    skipped: mounting a small disk is not allowed here');
      this.skip();
    }
    try {
      const [count, clipBytes] = [12, 200 * 1024];
      await writeMedia(media, count, clipBytes);
      const facts = factsOf(count, clipBytes);
      const landing = new DirectoryLanding(root, { create: false });
      const arrived = new Set<string>();
      await running(landing, ListedEvents.upTo(count, clipBytes), async () => {
        while (arrived.size < 3 * count) {
          await until(({ problem, pending }) => problem?.code === 'landing.full' || pending === 0);
          for (const key of await soundKeys(landing, facts)) {
            await landing.remove(key, never);
            arrived.add(key);
          }
          await until(({ problem, pending }) => problem === null || pending === 0);
        }
      });
      assert.deepEqual([...arrived].sort(), allKeys(count));
      assert.deepEqual([status?.uploaded, status?.refused], [count, 0]);
    } finally {
      execFileSync('umount', [root]);
    }
  });

  it('says once that the disk is full, though small pictures still fit, and once that a clip went', async function () {
    await mkdir(root);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root], { stdio: 'ignore' });
    } catch {
      this.skip();
    }
    try {
      const [count, clipBytes] = [8, 600 * 1024];
      await writeMedia(media, count, clipBytes);
      const said: string[] = [];
      const hear = (message: string): void => { if (message.startsWith('uploads ')) said.push(message); };
      const landing = new DirectoryLanding(root, { create: false });
      const events = ListedEvents.upTo(2, clipBytes);
      await running(landing, events, async () => {
        await until(({ problem }) => problem?.code === 'landing.full');
        for (let n = 3; n <= count; n++) {
          events.rows.push({ seq: n, event: endedEvent(n, clipBytes) });
          const key = keysOf(n)[2] ?? '';
          await eventually('its pictures went', async () =>
            (await landing.list('', undefined, never)).entries.some((one) => one.key === key));
        }
        assert.equal(status?.problem?.code, 'landing.full');
        assert.equal(status.problem.message.match(/ENOSPC/g)?.length, 1, status.problem.message);
        execFileSync('mount', ['-o', 'remount,size=20m', root]);
        await until(({ pending }) => pending === 0);
      }, { ...silentLog, warn: hear, info: hear });
      assert.deepEqual(said, ['uploads do not work; they are tried again', 'uploads work again']);
    } finally {
      execFileSync('umount', [root]);
    }
  });

  it('refuses a clip that was altered or lost, sends all else, and completes the event when the clip is back', async () => {
    await writeMedia(media, 2);
    const original = Buffer.alloc(2000, 'clip 1 ');
    await writeFile(mediaPath(media, 1, 'clip'), Buffer.alloc(2000, 'other'));
    await rm(mediaPath(media, 2, 'clip'));
    const landing = new DirectoryLanding(root, { create: true });
    await running(landing, ListedEvents.upTo(2), async () => {
      await until(({ refused }) => refused === 2);
      assert.deepEqual(status?.refusals.map(({ code }) => code), ['landing.source-missing', 'landing.source-changed']);
      assert.deepEqual(await soundKeys(landing, factsOf(2, 2000)), allKeys(2).filter((key) => !key.endsWith('.mp4')));
      await writeFile(mediaPath(media, 1, 'clip'), original);
      await until(({ uploaded }) => uploaded === 1);
    });
    const manifest = await landing.open(keysOf(1)[2] ?? '', never);
    assert.ok(manifest !== undefined);
    assert.deepEqual(manifestSchema.parse(JSON.parse((await buffer(manifest.body)).toString())).event, endedEvent(1));
    assert.equal(status?.refused, 1);
  });

  it('stops in the midst of a large clip, and sends it whole at the next run', async () => {
    const clipBytes = 64 * 1024 * 1024;
    await writeMedia(media, 1, clipBytes);
    const landing = new DirectoryLanding(root, { create: true });
    await running(landing, ListedEvents.upTo(1, clipBytes), async () => {
      while ((await landing.list('', undefined, never)).entries.length === 0)
        await new Promise((resolve) => { setImmediate(resolve); });
    });
    assert.equal(status?.uploaded, 0);
    await running(landing, ListedEvents.upTo(1, clipBytes), () => until(({ uploaded }) => uploaded === 1));
    assert.deepEqual(await soundKeys(landing, factsOf(1, clipBytes)), allKeys(1));
  });

  function forked(count: number, clipBytes: number): { readonly process: ChildProcess } & Disposable {
    const child = fork(new URL('../../test/fixtures/upload-child.ts', import.meta.url),
      [root, media, path.join(home, 'uploads.db'), String(count), String(clipBytes)],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    return { process: child, [Symbol.dispose]: () => { child.kill('SIGKILL'); } };
  }
});

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
