import assert from 'node:assert/strict';
import { once } from 'node:events';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { silentLog } from '../../../device/core/log.ts';
import { hours, millis, minutes } from '../../../device/core/units.ts';
import { systemClock } from '../../../device/runtime/clock.ts';
import { IngestBench } from '../../../test/fleet/bench.ts';
import { makePicture } from '../../../test/fleet/footage.ts';
import { notified } from '../../../test/fleet/s3-notification.ts';
import { land, uploadOf, type Upload } from '../../../test/fleet/uploads.ts';
import { CloudHandlers, type CloudOptions } from './handlers.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const minute = { getRemainingTimeInMillis: () => 60_000 };
const manifestOf = ({ objects }: Upload): string => [...objects.keys()].find((key) => key.endsWith('.json')) ?? '';

describe('ingest that a cloud calls', () => {
  let bench: IngestBench;
  let picture: Buffer;
  before(async () => { picture = await makePicture('64x48'); });
  beforeEach(async () => { bench = await IngestBench.open(); });
  afterEach(() => bench[Symbol.asyncDispose]());

  const handlers = (parts: Partial<CloudOptions['parts']> = {}): CloudHandlers => new CloudHandlers({
    parts: { ...bench.parts, ...parts }, bucket: 'landing', prefix: 'in/', scratch: bench.parts.work, log: silentLog,
  });
  const batch = (...bodies: readonly string[]) =>
    ({ Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) });
  const told = (...keys: readonly string[]): string =>
    notified('landing', keys.map((key) => `in/${key}`), 'ObjectCreated:Put', new Date().toISOString());
  const failed = async (
    bodies: readonly string[], parts?: Partial<CloudOptions['parts']>,
  ): Promise<readonly string[]> =>
    (await handlers(parts).batch(batch(...bodies), minute)).batchItemFailures
      .map(({ itemIdentifier }) => itemIdentifier);

  it('takes an event in when its manifest is told of, once however often that is', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    await land(bench.landing, upload.objects);
    const bodies = [...upload.objects.keys(), ...upload.objects.keys()].map((key) => told(key));
    assert.deepEqual(await failed(bodies), []);
    assert.deepEqual(await failed(bodies.toReversed()), []);
    assert.deepEqual([await bench.accepted, await bench.files('landing'), await bench.files('work')], [
      [`yard ${upload.event.id}`], [], [],
    ]);
  });

  it('finds it below a prefix that is named without its slash, as settings have it', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    await land(bench.landing, upload.objects);
    const [inside, beside] = [told(manifestOf(upload)), notified('landing', ['inbox/yard/x.json'])];
    const cloud = new CloudHandlers({
      parts: bench.parts, bucket: 'landing', prefix: 'in', scratch: bench.parts.work, log: silentLog,
    });
    assert.deepEqual((await cloud.batch(batch(inside, beside), minute)).batchItemFailures, []);
    assert.deepEqual(await bench.accepted, [`yard ${upload.event.id}`]);
  });

  it('comes to the same whatever is told first, and when two work on it', async () => {
    const uploads = [1, 2, 3].map((n) => uploadOf({ picture }, { at: NOON + n * 1000 }));
    for (const upload of uploads) await land(bench.landing, upload.objects);
    const keys = uploads.flatMap(({ objects }) => [...objects.keys()]);
    let left = [keys, keys.toReversed()].map((some) => some.map((key) => told(key)));
    for (let tries = 0; left.some((some) => some.length > 0); tries++) {
      assert.ok(tries < 5, 'the queue would have put it aside');
      left = await Promise.all(left.map(async (some) =>
        (await failed(some)).map((id) => some[Number(id.slice(1))] ?? '')));
    }
    assert.equal((await bench.accepted).length, 3);
    assert.deepEqual([(await bench.rejected).size, await bench.files('landing')], [0, []]);
    assert.equal((await bench.files('library')).length, 6, 'nothing was taken out of it again');
  });

  it('takes it in when the last of its files comes after the manifest', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    const [file, manifest] = [...upload.objects];
    assert.ok(file && manifest);
    await land(bench.landing, [manifest]);
    assert.deepEqual(await failed([told(manifest[0])]), []);
    assert.deepEqual(await bench.accepted, []);
    await land(bench.landing, [file]);
    assert.deepEqual(await failed([told(file[0])]), []);
    assert.equal((await bench.accepted).length, 1);
  });

  it('names those messages that are to come again, and only those', async () => {
    const [good, other] = [uploadOf({ picture }, { at: NOON }), uploadOf({ picture }, { at: NOON, device: 'shed' })];
    for (const { objects } of [good, other]) await land(bench.landing, objects);
    const { library } = bench.parts;
    const broken = {
      put: (key: string, file: string) =>
        key.startsWith('shed/') ? Promise.reject(new Error('503')) : library.put(key, file),
      remove: (key: string) => library.remove(key),
    };
    const bodies = [
      '{"what":1}', told(manifestOf(good)), told(manifestOf(other)), notified('attic', ['in/x.json']),
      '{"Service":"Amazon S3","Event":"s3:TestEvent"}',
    ];
    assert.deepEqual(await failed(bodies, { library: broken }), ['m0', 'm2', 'm3']);
    assert.deepEqual(await failed(bodies), ['m0', 'm3']);
    assert.equal((await bench.accepted).length, 2);
  });

  it('begins nothing that it cannot end in its time', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    await land(bench.landing, upload.objects);
    const answer = await handlers().batch(
      batch(told(manifestOf(upload)), told(manifestOf(upload))), { getRemainingTimeInMillis: () => 4000 },
    );
    assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }] });
    assert.deepEqual([await bench.accepted, (await bench.files('landing')).length], [[], 2]);
    assert.deepEqual(await handlers().sweep({ getRemainingTimeInMillis: () => 4000 }), {
      looked: 0, accepted: 0, rejected: 0, failed: 0, whole: false,
    });
  });

  it('leaves a file alone whose manifest did not come yet, and answers what is refused', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    const broken = uploadOf({ picture: Buffer.from('<script>') }, { at: NOON, device: 'shed' });
    await land(bench.landing, [...upload.objects].slice(0, 1));
    await land(bench.landing, broken.objects);
    assert.deepEqual(await failed([told([...upload.objects.keys()][0] ?? ''), told(manifestOf(broken))]), []);
    assert.deepEqual(
      [(await bench.files('landing')).length, await bench.answers()], [1, [[broken.event.id, 'picture.not-jpeg']]],
    );
  });

  it('sweeps up what nobody told of, once it is old: events, files without manifest, answers; reports stay', async () => {
    const lost = uploadOf({ picture }, { at: NOON });
    const half = uploadOf({ picture }, { at: NOON, device: 'shed' });
    const answered = uploadOf({ picture }, { at: NOON, device: 'barn' });
    await land(bench.landing, answered.objects);
    assert.deepEqual(await failed([told(manifestOf(answered))]), []);
    await land(
      bench.landing,
      [...lost.objects, ...[...half.objects].slice(1), ['yard/stray', picture], ['yard/reports/x.json', picture]],
    );
    const at = (age: number) => ({ ...systemClock, now: () => millis(Date.now() + age) });
    assert.deepEqual(await handlers().sweep(minute), { looked: 6, accepted: 0, rejected: 0, failed: 0, whole: true });
    assert.deepEqual(await handlers({ clock: at(minutes(11)) }).sweep(minute), {
      looked: 6, accepted: 1, rejected: 1, failed: 0, whole: true,
    });
    assert.equal((await bench.rejected).get(manifestOf(half)), 'file.missing');
    assert.equal((await handlers({ clock: at(hours(25)) }).sweep(minute)).rejected, 1);
    await utimes(path.join(bench.landing, 'yard/reports/x.json'), new Date(), new Date());
    await handlers({ clock: at(hours(31 * 24)) }).sweep(minute);
    assert.deepEqual([await bench.files('landing'), await bench.answers()], [['yard/reports/x.json'], []]);
  });

  it('does not let what takes for ever keep others from being swept up', async () => {
    const slow = [1, 2].map((n) => uploadOf({ picture }, { at: NOON + n * 1000, device: 'attic' }));
    const lost = uploadOf({ picture }, { at: NOON });
    for (const { objects } of [...slow, lost]) await land(bench.landing, objects);
    const { landing: real } = bench.parts;
    const landing: CloudOptions['parts']['landing'] = {
      list: (...of) => real.list(...of), put: (...of) => real.put(...of), remove: (...of) => real.remove(...of),
      open: async (key, signal) => {
        if (key.startsWith('attic/')) await once(signal, 'abort');
        signal.throwIfAborted();
        return real.open(key, signal);
      },
    };
    const left = [60_000, 5300]; // of the sweep, and when the first begins
    const clock = { ...systemClock, now: () => millis(Date.now() + minutes(3)) };
    const swept = await handlers({ landing, clock }).sweep({ getRemainingTimeInMillis: () => left.shift() ?? 60_000 });
    assert.deepEqual(
      [swept.accepted, swept.failed, swept.whole, await bench.accepted], [1, 1, true, [`yard ${lost.event.id}`]],
    );
  });
});
