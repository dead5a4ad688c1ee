import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { CountingLanding } from '../../test/fixtures/counting-landing.ts';
import { endedEvent, keysOf, ListedEvents, writeMedia } from '../../test/fixtures/ended-events.ts';
import { UploadTrial } from '../../test/fixtures/upload-trial.ts';
import { deviceBucket, type DeviceBucket } from '../../test/servers/device-bucket.ts';
import { radosgwMissing, sharedRadosGateway, type RadosGateway } from '../../test/servers/radosgw.ts';
import { manifestSchema } from '../contract/manifest.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { S3Landing } from '../landing/s3-landing.ts';
import { systemClock } from '../runtime/clock.ts';
import { allBandwidth } from './bandwidth.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';
import type { UploaderStatus } from './status.ts';
import { Uploader } from './uploader.ts';

const never = new AbortController().signal;
const policy = uploadPolicy('events');
const soon = { first: millis(20), most: millis(50) };
const COUNT = 22;
const CLIP_BYTES = 100_000;

describe('uploader with a bucket', () => {
  const missing = radosgwMissing();
  let rgw: RadosGateway;
  let made: DeviceBucket;
  let bucket: string;
  let home: string;
  let status: UploaderStatus | undefined;
  let reached: () => void;
  let events: ListedEvents;

  before(async function () {
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      this.skip();
    }
    rgw = await sharedRadosGateway();
  });
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tyto-upload-s3-'));
    await writeMedia(home, COUNT, CLIP_BYTES);
    bucket = `uploads-${randomBytes(4).toString('hex')}`;
    made = await deviceBucket(rgw, bucket, 'yard');
    status = undefined;
    events = new ListedEvents();
    reached = () => {};
  });
  afterEach(() => rm(home, { recursive: true }));

  const landingOf = (key: DeviceBucket['owner']): S3Landing =>
    new S3Landing({ endpoint: rgw.endpoint, region: '', bucket, prefix: '', ...key });
  /** Resolves as soon as the status is as asked. */
  const until = (asked: (now: UploaderStatus) => boolean): Promise<void> => new Promise((resolve) => {
    reached = () => { if (status !== undefined && asked(status)) resolve(); };
    reached();
  });

  /** Lets the next `count` events end. */
  const happen = (count: number): void => {
    const from = events.rows.length;
    for (let n = from + 1; n <= from + count; n++) events.rows.push({ seq: n, event: endedEvent(n, CLIP_BYTES) });
  };

  /** Uploads while `during` happens, and on until all that ended has arrived; then it must be there, whole, once. */
  async function uploadAll(during: () => Promise<void>): Promise<void> {
    const stop = new AbortController();
    using device = landingOf(made.device);
    const counting = new CountingLanding(device);
    using queue = UploadQueue.open(path.join(home, 'uploads.db'), policy, silentLog);
    const run = new Uploader({
      target: 's3', store: { name: bucket, landing: counting }, queue, events, mediaFolder: home,
      device: 'yard', policy, bandwidth: () => allBandwidth,
      retry: { passing: soon, refusal: soon, store: soon, strikes: 1e6 }, clock: systemClock,
      random: Math.random, log: silentLog,
      onStatus: (next) => { status = next; reached(); },
    }).run(stop.signal);
    try {
      await within(25_000, during().then(() => until(({ uploaded }) => uploaded === COUNT)));
    } finally {
      stop.abort(new Error('stop'));
      await run;
    }
    assert.deepEqual([...counting.taken].filter(([key, times]) =>
      times !== (key.endsWith('.json') ? 2 : 1)), [], 'a manifest goes with the picture, and with the clip');
    await assertAllThere();
  }

  /** A test that waits in vain fails, and lets go of the uploader. */
  async function within(deadlineMs: number, work: Promise<void>): Promise<void> {
    const over = AbortSignal.timeout(deadlineMs);
    await Promise.race([work, once(over, 'abort')
      .then(() => { throw new Error(`not within ${deadlineMs} ms; last: ${JSON.stringify(status)}`); })]);
  }

  async function assertAllThere(): Promise<void> {
    using owner = landingOf(made.owner);
    const { entries } = await owner.list('', undefined, never);
    const expected = Array.from({ length: COUNT }, (_, n) => keysOf(n + 1)).flat();
    assert.deepEqual(entries.map(({ key }) => key).sort(), expected.sort());
    for (let n = 1; n <= COUNT; n++) {
      const [, clip = '', manifest = ''] = keysOf(n);
      assert.equal(entries.find(({ key }) => key === clip)?.bytes, CLIP_BYTES);
      const object = await owner.open(manifest, never);
      assert.ok(object !== undefined);
      assert.deepEqual(
        manifestSchema.parse(JSON.parse((await buffer(object.body)).toString())).event, endedEvent(n, CLIP_BYTES),
      );
    }
  }

  it('loses nothing while its credentials are withdrawn, says so, and goes on when they are restored', () =>
    uploadAll(async () => {
      happen(7);
      await until(({ uploaded }) => uploaded === 7);
      await rgw.revokeKey(made.deviceUser, made.device);
      happen(COUNT - 7);
      await until(({ problem }) => problem?.code === 's3.credentials-refused');
      assert.equal(status?.uploaded, 7);
      await rgw.restoreKey(made.deviceUser, made.device);
    }));

  it('delivers everything, each object once, to a server that is killed in the midst of it three times', () =>
    uploadAll(async () => {
      for (const before of [0, 7, 14]) {
        happen(5);
        await until(({ uploaded }) => uploaded >= before + 2);
        await rgw.killGateway();
        happen(2);
        await until(({ problem }) => problem?.code === 's3.unreachable');
        await rgw.startGateway();
        await until(({ uploaded }) => uploaded === before + 7);
      }
      happen(1);
    }));

  it('brings everything whole over a line that is cut again and again, past a dead server, a withdrawn key and its own death', async () => {
    await using trial = await UploadTrial.begin(rgw, 40, 20_000);
    for (const mark of [0, 5, 10]) {
      await trial.until(`${mark} have gone`, ({ uploaded }) => uploaded >= mark);
      await trial.cut();
    }
    await trial.killServer();
    await trial.until('it goes on', ({ uploaded }) => uploaded >= 15);
    await trial.withdrawKey();
    await trial.killDevice();
    await trial.until('all has gone', ({ uploaded }) => uploaded === 40);
    assert.deepEqual(await trial.find(), { wrong: [], objects: 120 });
    assert.equal(trial.status?.dead, 0);
  }).timeout(400_000);
});
