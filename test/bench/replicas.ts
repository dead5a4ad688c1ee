/**
 * A library with replicas, one of them in an S3 server that is away at first, is killed while it
 * catches up, and withdraws the key.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { isAbort } from '../../device/core/errors.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import { systemClock } from '../../device/runtime/clock.ts';
import { DirectoryLibrary } from '../../fleet/storage/directory-library.ts';
import { DirectoryStore } from '../../fleet/storage/directory-store.ts';
import { LinkSigner } from '../../fleet/storage/link-signer.ts';
import type { ObjectStore } from '../../fleet/storage/port.ts';
import type { FiledEvent, FiledNews } from '../../fleet/storage/replica.ts';
import { Replicas } from '../../fleet/storage/replicas.ts';
import { S3Store } from '../../fleet/storage/s3-store.ts';
import { eventually } from '../eventually.ts';
import { uploadOf } from '../fleet/uploads.ts';
import { radosgwMissing, sharedRadosGateway } from '../servers/radosgw.ts';

export interface ReplicasResult {
  readonly objects: number;
  /**
   * Events copied in a second: to the folder, while the other is away; to the server, with all
   * that it does, its pauses included.
   */
  readonly folder: number;
  readonly server: number;
  readonly missing: number;
  readonly surplus: number;
  /** Resident, megabytes: before, and at most. */
  readonly memory: readonly [before: number, most: number];
}

const CLIP_BYTES = 20_000;
const FIRST = Date.UTC(2026, 10, 21);
const LONG = 600_000;

/** @returns Why it cannot be measured here. */
export async function measureReplicas(events: number): Promise<ReplicasResult | string> {
  const missing = radosgwMissing();
  if (missing !== undefined) return missing;
  const rgw = await sharedRadosGateway();
  const key = await rgw.createUser('replica-bench');
  const admin = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: key });
  await admin.send(new CreateBucketCommand({ Bucket: 'replica-bench' }));
  admin.destroy();
  await rgw.killGateway();
  const home = await mkdtemp(path.join(tmpdir(), 'tyto-replica-bench-'));
  const stop = new AbortController();
  try {
    const primary = new DirectoryLibrary(
      path.join(home, 'library'), new LinkSigner(Buffer.alloc(32), () => millis(0)), '/media/',
    );
    const rows: FiledEvent[] = [];
    for (let n = 0; n < events; n++) rows.push({ event: await file(primary, home, n) });
    const folder = new DirectoryStore(path.join(home, 'folder'));
    using server = new S3Store(
      { endpoint: rgw.endpoint, region: '', bucket: 'replica-bench', prefix: '', ...key }, stop.signal,
    );
    const before = megabytes();
    let most = before;
    const watch = setInterval(() => { most = Math.max(most, megabytes()); }, 100);
    using replicas = await Replicas.open({
      file: path.join(home, 'replicas.db'), work: path.join(home, 'work'), primary,
      news: newsOf(rows), clock: systemClock, log: silentLog,
      replicas: [{ name: 'folder', store: folder, place: 'folder', forward: 'all' }, {
        name: 'server', store: server, place: 'server', forward: 'all',
      }],
    });
    const began = performance.now();
    const run = replicas.run(stop.signal);
    const copied = (at: number): number => replicas.status()[at]?.copied ?? 0;
    await eventually('the folder', () => copied(0) >= events, LONG);
    const [there, since] = [performance.now(), copied(1)];
    await rgw.startGateway();
    for (const share of [0.2, 0.4]) {
      await eventually('some of it', () => copied(1) >= events * share, LONG);
      await rgw.killGateway();
      await wait(500);
      await rgw.startGateway();
    }
    await rgw.revokeKey('replica-bench', key);
    await wait(2000);
    await rgw.restoreKey('replica-bench', key);
    await eventually('the server', () => replicas.status()[1]?.waiting === 0, LONG);
    const end = performance.now();
    clearInterval(watch);
    const [want, inFolder, inServer] = [await keysOf(primary), await keysOf(folder), await keysOf(server)];
    stop.abort();
    await run.catch((error: unknown) => { if (!isAbort(error, stop.signal)) throw error; });
    return {
      objects: want.size, folder: events / ((there - began) / 1000), server: (events - since) / ((end - there) / 1000),
      missing: [...want].filter((one) => !inFolder.has(one) || !inServer.has(one)).length,
      surplus: [...inFolder, ...inServer].filter((one) => !want.has(one)).length, memory: [before, most],
    };
  } finally {
    stop.abort();
    await rm(home, { recursive: true, force: true });
  }
}

async function file(library: ObjectStore, home: string, n: number): Promise<FiledEvent['event']> {
  const { event, objects } = uploadOf(
    { clip: Buffer.alloc(CLIP_BYTES, `clip ${n} `), picture: Buffer.from(`picture ${n}`) },
    {
      at: FIRST + n * 20_000, device: `camera-${n % 20}`,
      facts: { codec: 'avc1.64001f', width: 1280, height: 720, duration: 2 },
    },
  );
  for (const [key, data] of objects) {
    await writeFile(path.join(home, 'staged'), data);
    await library.put(key, path.join(home, 'staged'));
  }
  return event;
}

const newsOf = (rows: readonly FiledEvent[]): FiledNews => ({
  event: async (device, id) => rows.find(({ event }) => event.device === device && event.id === id),
  latest: async () => String(rows.length), // all of it was there before: it is found in the library
  since: async (cursor) => ({ news: [], cursor, more: false }),
});

/** Keys with sizes. */
async function keysOf(store: ObjectStore): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await store.list('', cursor);
    for (const { key, bytes } of page.entries) keys.add(`${key} ${bytes}`);
    cursor = page.next;
  }
  return keys;
}

const megabytes = (): number => process.memoryUsage.rss() / 1e6;
