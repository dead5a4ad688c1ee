import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FINDINGS_FOLDER } from '../../device/contract/fleet-findings.ts';
import { eventFolder } from '../../device/contract/names.ts';
import { isAbort, RemoteError } from '../../device/core/errors.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis, seconds } from '../../device/core/units.ts';
import { systemClock, type Clock } from '../../device/runtime/clock.ts';
import { eventually } from '../../test/eventually.ts';
import { filesBelow } from '../../test/files-below.ts';
import { mediaOf, uploadOf, withManifest, type Upload } from '../../test/fleet/uploads.ts';
import { GcsServer } from '../../test/servers/gcs.ts';
import { DirectoryLibrary } from './directory-library.ts';
import { DirectoryStore } from './directory-store.ts';
import { GcsStore } from './gcs-store.ts';
import { LinkSigner } from './link-signer.ts';
import type { ObjectStore } from './port.ts';
import type { FiledEvent, FiledNews, ReplicaSpec } from './replica.ts';
import { Replicas } from './replicas.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const FACTS = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 2 };

/** The same footage, of an event that shows `person`. */
const named = (upload: Upload, person: string | null, revision?: number): Upload => withManifest({
  ...upload.event, ...(revision === undefined ? {} : { revision }),
  faces: [{ box: [0, 0, 0.1, 0.1], score: 0.9, time: 1, person, similarity: null }],
}, mediaOf(upload));

/** A thousand times as fast as the system's. */
const BEGAN = Date.now();
const fast: Clock = {
  now: () => millis(BEGAN + (Date.now() - BEGAN) * 1000),
  monotonic: () => millis(performance.now() * 1000),
  wait: (duration, signal) => systemClock.wait(millis(duration / 1000), signal),
};

/** What the index tells, in memory. */
class FiledEvents implements FiledNews {
  readonly #rows: FiledEvent[] = [];
  #forgotten = 0;
  add(row: FiledEvent): void { this.#rows.push(row); }
  /** All news up to now; not the events. */
  forget(): void { this.#forgotten = this.#rows.length; }
  async event(device: string, id: string): Promise<FiledEvent | undefined> {
    return this.#rows.findLast(({ event }) => event.device === device && event.id === id);
  }
  async since(cursor: string, limit: number): ReturnType<FiledNews['since']> {
    const from = Math.max(Number(cursor), this.#forgotten);
    const page = this.#rows.slice(from, from + limit);
    return {
      news: page.map((row) => ({ what: 'accepted' as const, row })), cursor: String(from + page.length),
      more: from + page.length < this.#rows.length,
    };
  }
  async latest(): Promise<string> { return String(this.#rows.length); }
}

describe('replicas of the library', () => {
  let home: string;
  let primary: DirectoryLibrary;
  let filed: FiledEvents;
  const at = (name: string): string => path.join(home, name);
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tyto-replicas-'));
    primary = new DirectoryLibrary(at('library'), new LinkSigner(Buffer.alloc(32), () => millis(0)), '/media/');
    filed = new FiledEvents();
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const uploads = (count: number, device = 'yard', from = 0): Upload[] => Array.from({ length: count }, (_, n) =>
    uploadOf({ clip: Buffer.alloc(5000, `clip ${n} `), picture: Buffer.from(`picture ${n}`) }, {
      at: NOON + (from + n) * 1000, device, facts: FACTS,
    }));
  /** As ingest does: library, then index. */
  async function file(
    upload: Upload, library: ObjectStore = primary, more: Omit<FiledEvent, 'event'> = {},
  ): Promise<void> {
    for (const [key, data] of upload.objects) {
      await writeFile(at('staged'), data);
      await library.put(key, at('staged'));
    }
    const { findings } = more;
    if (findings?.thumbnail !== undefined) {
      await writeFile(at('staged'), 'made by the fleet');
      await library.put(eventFolder(upload.event) + FINDINGS_FOLDER + findings.thumbnail.name, at('staged'));
    }
    filed.add({ event: upload.event, ...more });
  }
  const spec = (name: string, more: Partial<ReplicaSpec> = {}): ReplicaSpec =>
    ({ name, place: at(name), store: new DirectoryStore(at(name)), forward: 'all', ...more });
  const open = (...given: (ReplicaSpec | Clock)[]): Promise<Replicas> => {
    const [clock = fast] = given.filter((one) => 'monotonic' in one);
    return Replicas.open({
      file: at('replicas.db'), work: at('work'), primary, news: filed,
      replicas: given.filter((one) => 'forward' in one), clock, log: silentLog,
    });
  };
  /** Runs until `check` holds. */
  async function during(replicas: Replicas, what: string, check: () => boolean | Promise<boolean>): Promise<void> {
    const stop = new AbortController();
    const run = replicas.run(stop.signal).catch((error: unknown) => { if (!isAbort(error, stop.signal)) throw error; });
    try {
      await eventually(what, check);
    } finally {
      stop.abort();
      await run;
    }
  }
  const isDone = (replicas: Replicas, copied?: number) => (): boolean =>
    replicas.status().every((one) => one.waiting === 0 && !one.isNew && (copied === undefined || one.copied >= copied));

  it('get all that is filed, the manifest last, and what was there before they were', async () => {
    const [first, ...rest] = uploads(4);
    assert.ok(first);
    await file(first, primary, {
      findings: {
        thumbnail: { name: '20261121T120000.000Z_yard_camera_1.thumb.jpg', bytes: 17, sha256: 'ab'.repeat(32) },
      },
    });
    const order: string[] = [];
    const noting: ObjectStore = Object.assign(new DirectoryStore(at('b')), {
      put: async (key: string, from: string) => { order.push(key); await new DirectoryStore(at('b')).put(key, from); },
    });
    using replicas = await open(spec('a'), spec('b', { store: noting }));
    for (const upload of rest) await file(upload, replicas.library);
    await during(replicas, 'all copied', isDone(replicas, 4));
    const all = await filesBelow(at('library'));
    assert.equal(all.length, 13, 'what the fleet made, too');
    assert.deepEqual([await filesBelow(at('a')), await filesBelow(at('b'))], [all, all]);
    const whole = order.join('\n').split(/(?<=\.json)\n?/).filter((text) => text !== '');
    assert.equal(whole.length, 4);
    for (const one of whole) assert.match(one, /^(\S+\.(?:mp4|jpg)\n){2,3}\S+\.json$/);
    assert.deepEqual(
      replicas.status().map(({ copied, bytes, stuck, trouble }) => [copied, bytes > 20_000, stuck, trouble]),
      [[4, true, 0, undefined], [4, true, 0, undefined]],
    );
  });

  it('lose what the library loses, and nothing whose removal was only begun', async () => {
    const [gone, kept] = uploads(2);
    assert.ok(gone && kept);
    using replicas = await open(spec('a'));
    for (const upload of [gone, kept]) await file(upload, replicas.library);
    await during(replicas, 'all copied', isDone(replicas, 2));
    for (const key of gone.objects.keys()) await replicas.library.remove(key);
    primary.remove = async () => { throw new Error('killed'); };
    await assert.rejects(replicas.library.remove([...kept.objects.keys()][0] ?? ''), /killed/);
    Reflect.deleteProperty(primary, 'remove'); // and it has its own again
    await during(replicas, 'the removal', isDone(replicas));
    assert.deepEqual(await filesBelow(at('a')), [...kept.objects.keys()].sort());
    assert.equal(replicas.status()[0]?.removed, 3);
  });

  it('get what their rule picks, and what somebody asks for', async () => {
    const [yard, shed] = [uploads(1)[0], uploads(1, 'shed', 5)[0]];
    assert.ok(yard && shed);
    await file(yard);
    using replicas = await open(
      spec('shed-only', { forward: { devices: ['shed'], kinds: ['motion'] } }),
      spec('sure-only', { forward: { score: 0.9 } }), spec('asked', { forward: 'on-request' }),
    );
    await file(shed, replicas.library);
    await during(replicas, 'the rules', isDone(replicas));
    assert.deepEqual(await filesBelow(at('shed-only')), [...shed.objects.keys()].sort());
    assert.deepEqual([await filesBelow(at('sure-only')), await filesBelow(at('asked'))], [[], []]);
    assert.equal(replicas.forward('nowhere', yard), false);
    assert.equal(replicas.forward('asked', yard), true);
    await during(replicas, 'what was asked for', isDone(replicas));
    assert.deepEqual(await filesBelow(at('asked')), [...yard.objects.keys()].sort());
  });

  it('have the name that somebody has now of all that they hold, by whatever rule it came, and no clip twice', async () => {
    const [plain] = uploads(1);
    assert.ok(plain);
    const seen = named(plain, 'Adelheid');
    const puts: string[] = [];
    const noting: ObjectStore = Object.assign(new DirectoryStore(at('a')), {
      put: async (key: string, from: string) => { puts.push(key); await new DirectoryStore(at('a')).put(key, from); },
    });
    using replicas = await open(
      spec('a', { store: noting }), spec('sure', { forward: { score: 0.7 } }), spec('asked', { forward: 'on-request' }),
      spec('none', { forward: 'on-request' }),
    );
    await file(seen, replicas.library);
    replicas.forward('asked', seen);
    await during(replicas, 'all copied', isDone(replicas));
    const before = puts.length;
    await file(named(plain, null, 1), replicas.library);
    const manifest = [...seen.objects.keys()].at(-1) ?? '';
    await during(replicas, 'the name to go', async () => {
      const told = await Promise.all(['a', 'sure', 'asked'].map((name) =>
        readFile(path.join(at(name), manifest), 'utf8')));
      return isDone(replicas)() && told.every((text) => !text.includes('Adelheid'));
    });
    await file(named(plain, null), replicas.library, { findings: { forgotten: [0] } });
    await during(replicas, 'what the fleet itself forgot', async () => isDone(replicas)()
      && !(await readFile(path.join(at('a'), manifest), 'utf8')).includes('revision'));
    assert.deepEqual([puts.slice(before), await filesBelow(at('none'))], [[manifest, manifest], []]);
  });

  it('catch up after they were away, while the others go on', async () => {
    await using server = await GcsServer.start();
    server.createBucket('far');
    const key = JSON.stringify(server.accounts.create('far', { may: ['get', 'create', 'delete', 'list'], prefix: '' }));
    const far = new GcsStore(
      { endpoint: server.endpoint, bucket: 'far', prefix: '', key }, new AbortController().signal,
    );
    await server.stop();
    using replicas = await open(spec('near'), spec('far', { store: far, place: 'gs://far' }));
    const all = uploads(20);
    for (const upload of all) await file(upload, replicas.library);
    const [near, away] = [() => replicas.status()[0], () => replicas.status()[1]];
    await during(replicas, 'the near one', () =>
      near()?.copied === 20 && (away()?.trouble ?? '') !== '' && away()?.waiting === 20);
    assert.match(away()?.trouble ?? '', /cannot be reached/);
    assert.equal(away()?.stuck, 0);
    await server.start();
    await during(replicas, 'the far one', isDone(replicas, 20));
    assert.equal(away()?.trouble, undefined);
    assert.deepEqual((await far.list('')).entries.map((entry) => entry.key), await filesBelow(at('library')));
  });

  it('are not held up by what one of them refuses, and tell of it', async () => {
    const all = uploads(5);
    const poison = [...all[0]?.objects.keys() ?? []][0] ?? '';
    const picky: ObjectStore = Object.assign(new DirectoryStore(at('a')), {
      put: async (key: string, from: string) => {
        if (key === poison) throw new RemoteError('landing.object-refused', 'too large for it');
        await new DirectoryStore(at('a')).put(key, from);
      },
    });
    using replicas = await open(spec('a', { store: picky }));
    for (const upload of all) await file(upload, replicas.library);
    await during(replicas, 'the others, and a word of the one', () =>
      replicas.status()[0]?.copied === 4 && replicas.status()[0]?.stuck === 1);
    assert.deepEqual(replicas.stuck('a')
      .map(({ code, reason }) => [code, reason]), [['landing.object-refused', 'too large for it']]);
    assert.equal(replicas.status()[0]?.trouble, undefined);
    assert.equal(replicas.hurry('a'), 1);
    assert.equal(replicas.hurry('nobody'), undefined);
  });

  it('come to the same end however often the fleet is stopped', async () => {
    for (const upload of uploads(12)) await file(upload);
    for (let stops = 0; stops < 8; stops++) {
      let left = stops; // puts until the end of this run
      const stop = new AbortController();
      const store: ObjectStore = Object.assign(new DirectoryStore(at('a')), {
        put: async (key: string, from: string) => {
          if (left-- === 0) stop.abort();
          stop.signal.throwIfAborted();
          await new DirectoryStore(at('a')).put(key, from);
        },
      });
      using dying = await open(spec('a', { store }));
      await dying.run(stop.signal).catch((error: unknown) => { if (!isAbort(error, stop.signal)) throw error; });
    }
    using replicas = await open(spec('a'));
    await during(replicas, 'the rest', isDone(replicas, 12));
    assert.deepEqual(await filesBelow(at('a')), await filesBelow(at('library')));
    assert.deepEqual(await filesBelow(at('work')), []);
  });

  it('wait for a library that is not mounted, and count nothing as copied meanwhile', async () => {
    const [before, meanwhile] = uploads(2);
    assert.ok(before && meanwhile);
    using replicas = await open(spec('a'));
    await file(before, replicas.library);
    await during(replicas, 'the first', isDone(replicas, 1));
    await file(meanwhile, replicas.library);
    await rename(at('library'), at('unmounted'));
    await mkdir(at('library')); // what the share is mounted on
    await during(replicas, 'trouble', () => replicas.status()[0]?.trouble !== undefined);
    assert.deepEqual(replicas.status()
      .map(({ copied, waiting, trouble }) => [copied, waiting, /the library does not hold/.test(trouble ?? '')]),
      [[1, 1, true]]);
    await rm(at('library'), { recursive: true });
    await rename(at('unmounted'), at('library'));
    await during(replicas, 'the rest', isDone(replicas, 2));
    assert.deepEqual(await filesBelow(at('a')), await filesBelow(at('library')));
  });

  it('are compared with the library when they were not looked after for a week', async () => {
    const [lost, kept] = uploads(2);
    assert.ok(lost && kept);
    await file(kept);
    {
      using replicas = await open(spec('a'));
      await during(replicas, 'the first', isDone(replicas, 1));
    }
    await file(lost);
    filed.forget(); // as the index does with news that are too old
    const puts: string[] = [];
    const store: ObjectStore = Object.assign(new DirectoryStore(at('a')), {
      put: async (key: string, from: string) => { puts.push(key); await new DirectoryStore(at('a')).put(key, from); },
    });
    const later: Clock = { ...fast, now: () => millis(fast.now() + 8 * 86_400_000) };
    using replicas = await open({ ...spec('a'), store }, later);
    await during(replicas, 'the comparison', isDone(replicas, 2));
    assert.deepEqual(puts.sort(), [...lost.objects.keys()].sort(), 'what was there is not copied again');
    assert.deepEqual(await filesBelow(at('a')), await filesBelow(at('library')));
  });

  it('that are no longer set are forgotten, and new ones of the same name elsewhere begin anew', async () => {
    for (const upload of uploads(2)) await file(upload);
    {
      using replicas = await open(spec('a'), spec('b'));
      await during(replicas, 'both', isDone(replicas, 2));
    }
    using moved = await open(spec('a', { place: at('c'), store: new DirectoryStore(at('c')) }));
    assert.deepEqual(moved.status().map(({ name, copied, isNew }) => [name, copied, isNew]), [['a', 0, true]]);
    await during(moved, 'the new one', isDone(moved, 2));
    assert.deepEqual(await filesBelow(at('c')), await filesBelow(at('library')));
    assert.ok((await moved.library.signedLink('yard/a.jpg', seconds(100))).href.startsWith('/media/'));
  });
});
