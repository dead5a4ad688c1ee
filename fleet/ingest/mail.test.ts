import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { answerKey, answersFolder, reportKey, requestKey } from '../../device/contract/mail.ts';
import { hours, millis } from '../../device/core/units.ts';
import { systemClock, type Clock } from '../../device/runtime/clock.ts';
import { filesBelow } from '../../test/files-below.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { makePicture } from '../../test/fleet/footage.ts';
import { land, mediaOf, uploadOf, withManifest, type Upload } from '../../test/fleet/uploads.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const REQUEST = '1795256130-k3x9ab';
const report = {
  version: 1, request: REQUEST, state: 'sending', at: NOON / 1000, bytes: 10, sent_bytes: 4, events: [], reason: '',
};
const textOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

const hashOf = ({ objects }: Upload): string =>
  createHash('sha256').update([...objects].find(([key]) => key.endsWith('.json'))?.[1] ?? '').digest('hex');

describe('mail between device and fleet', () => {
  let bench: IngestBench;
  let picture: Buffer;
  before(async () => { picture = await makePicture('64x48'); });
  beforeEach(async () => {
    bench = await IngestBench.open({ limits: { wait: millis(100), orphansAfter: millis(100) } });
  });
  afterEach(() => bench[Symbol.asyncDispose]());
  const inLanding = async (): Promise<readonly string[]> =>
    (await filesBelow(bench.landing)).filter((key) => !key.endsWith('.part'));

  it('tells a device that its upload is taken, by the hash of its manifest, and again when it comes again', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    const key = answerKey('yard', { event: upload.event.id, verdict: 'taken', sha256: hashOf(upload), code: '' });
    for (let times = 0; times < 2; times++) {
      await land(bench.landing, upload.objects);
      await bench.runUntil();
      assert.deepEqual(await inLanding(), [key]);
      assert.equal((await bench.read(`landing/${key}`)).byteLength, 0);
      await bench.parts.landing.remove(key, new AbortController().signal);
    }
  });

  it('tells of each manifest of an event that came in parts', async () => {
    const whole = uploadOf({ picture }, { at: NOON });
    const part = withManifest({ ...whole.event, snapshot: null, has_snapshot: false }, []);
    for (const one of [part, whole]) {
      await land(bench.landing, one.objects);
      await bench.runUntil();
    }
    assert.deepEqual(await inLanding(), [part, whole].map((one) =>
      answerKey('yard', { event: one.event.id, verdict: 'taken', sha256: hashOf(one), code: '' })).sort());
  });

  it('tells a device what was refused, and why', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    await land(bench.landing, [...upload.objects].slice(-1));
    await bench.runUntil();
    assert.deepEqual(await inLanding(),
      [answerKey('yard', {
        event: upload.event.id, verdict: 'refused', sha256: hashOf(upload), code: 'file.missing',
      })]);
  });

  it('tells once more why it refused something, when the manifest comes once more without its files', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    const manifest = [...upload.objects].slice(-1);
    const other = Buffer.from(picture).fill(1, picture.length - 9);
    await land(bench.landing, [...mediaOf(upload).map(([key]) => [key, other] as const), ...manifest]);
    const key = answerKey('yard', {
      event: upload.event.id, verdict: 'refused', sha256: hashOf(upload), code: 'file.wrong-hash',
    });
    for (let times = 0; times < 2; times++) {
      await bench.runUntil();
      assert.deepEqual([await inLanding(), [...(await bench.rejected).values()]], [[key], ['file.wrong-hash']]);
      await bench.parts.landing.remove(key, new AbortController().signal); // it lay there for long enough
      await land(bench.landing, manifest);
    }
  });

  it('answers whoever could put it there, and nobody else', async () => {
    const lie = uploadOf({ picture }, { at: NOON, device: 'shed' });
    const [[, manifest] = ['', Buffer.alloc(0)]] = [...lie.objects].slice(-1);
    const key = `yard/2026/11/21/${lie.event.id}.json`;
    const loose = ['yard/x.json', `${lie.event.id}.json`, `-a/${lie.event.id}.json`];
    await land(bench.landing, [key, ...loose].map((one) => [one, manifest] as const));
    await bench.runUntil();
    assert.deepEqual(await inLanding(), [
      answerKey('yard', {
        event: lie.event.id, verdict: 'refused', sha256: hashOf(lie), code: 'manifest.wrong-device',
      }),
    ]);
    assert.equal((await bench.rejected).size, 4);
  });

  it('hands on what a device reports of a request', async () => {
    await land(bench.landing, [[reportKey('yard', REQUEST), textOf(report)]]);
    await bench.runUntil();
    assert.deepEqual([bench.reports, (await bench.rejected).size], [[['yard', report]], 0]);
  });

  it('takes no report that is none, too large, or of another request', async () => {
    const told: readonly (readonly [string, string, Buffer])[] = [
      ['report.invalid', 'yard/reports/x.bin', Buffer.from('<script>')],
      ['report.invalid', reportKey('yard', REQUEST), textOf({ ...report, state: 'conquered' })],
      ['report.invalid', reportKey('shed', REQUEST), textOf({ ...report, admin: true })],
      ['report.wrong-place', reportKey('yard', '1795256131-k3x9ab'), textOf(report)],
      ['report.wrong-place', 'yard/reports/other.json', textOf(report)],
      ['report.too-large', reportKey('barn', REQUEST), Buffer.alloc(300_000, ' ')],
    ];
    await land(bench.landing, told.map(([, key, data]) => [key, data] as const));
    await bench.runUntil();
    assert.deepEqual([bench.reports, Object.fromEntries(await bench.rejected)], [
      [], Object.fromEntries(told.map(([code, key]) => [key, code])),
    ]);
    assert.deepEqual(await bench.answers(), []);
  });

  it('tries a report again when it cannot be written down', async () => {
    await land(bench.landing, [[reportKey('yard', REQUEST), textOf(report)]]);
    let tries = 0;
    await bench.runUntil(
      () => tries > 0, { reports: { take: () => { tries++; return Promise.reject(new Error('disk full')); } } },
    );
    assert.deepEqual(await inLanding(), [reportKey('yard', REQUEST)]);
  });

  it('leaves answers and requests where they are, and takes neither for an upload', async () => {
    const mail = [
      answerKey('yard', {
        event: uploadOf({}, { at: NOON }).event.id, verdict: 'taken', sha256: 'a'.repeat(64), code: '',
      }),
      requestKey('yard', { id: REQUEST, until: NOON / 1000, from: 1, to: 2 }), `${answersFolder('yard')}what.json`,
    ];
    await land(bench.landing, mail.map((key) => [key, Buffer.alloc(0)] as const));
    await land(bench.landing, mediaOf(uploadOf({ picture }, { at: NOON })));
    await bench.runUntil(async () => (await bench.rejected).size > 0);
    assert.deepEqual([(await bench.rejected).size, await inLanding()], [1, mail.toSorted()]);
  });

  it('removes answers after three days, and what is no request', async () => {
    const later: Clock = { ...systemClock, now: () => millis(Date.now() + hours(4 * 24)) };
    const old = answerKey('yard', {
      event: uploadOf({}, { at: NOON }).event.id, verdict: 'taken', sha256: 'a'.repeat(64), code: '',
    });
    const young = answerKey('yard', {
      event: uploadOf({}, { at: NOON }).event.id, verdict: 'taken', sha256: 'b'.repeat(64), code: '',
    });
    const asked = requestKey('yard', { id: REQUEST, until: NOON / 1000, from: 1, to: 2 });
    await land(bench.landing, [old, young, asked, 'yard/requests/junk'].map((key) => [key, Buffer.alloc(0)] as const));
    const lately = new Date(Date.now() + hours(2 * 24));
    await utimes(path.join(bench.landing, young), lately, lately);
    const rest = [young, asked].sort().join();
    await bench.runUntil(async () => (await inLanding()).join() === rest, { clock: later });
  });
});
