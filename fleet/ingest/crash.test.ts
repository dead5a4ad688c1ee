import assert from 'node:assert/strict';
import { mkdir, mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { reportKey } from '../../device/contract/mail.ts';
import { hours } from '../../device/core/units.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { dyingParts, Killed } from '../../test/fleet/dying.ts';
import { makePicture } from '../../test/fleet/footage.ts';
import { land, manifestOf, uploadOf, type Upload } from '../../test/fleet/uploads.ts';
import { deal } from './deal.ts';
import { dutyOf } from './landing-key.ts';
import type { IngestParts } from './ports.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const never = new AbortController().signal;

describe('ingest that is killed', () => {
  let picture: Buffer;
  before(async () => { picture = await makePicture('64x48'); });

  /** Deals with everything in the landing, once. */
  async function runOnce(bench: IngestBench, parts: IngestParts, age = hours(1)): Promise<void> {
    await mkdir(parts.work, { recursive: true });
    const { entries } = await bench.parts.landing.list('', undefined, never);
    for (const { key, modifiedAt } of entries) {
      const duty = dutyOf(key, age, parts.limits);
      const folder = await mkdtemp(path.join(parts.work, 'job-'));
      if (duty !== undefined) await deal(duty, { key, modifiedAt, age }, folder, parts, never);
    }
  }

  /** All that can be seen of the outcome from outside. */
  const outcome = async (bench: IngestBench) => ({
    accepted: await bench.accepted,
    rejected: [...await bench.rejected],
    devices: (await bench.parts.register.devices()).map(({ device, events }) => [device, events]),
    library: await bench.files('library'),
    quarantine: await bench.files('quarantine'),
    landing: await bench.files('landing'),
    answers: await bench.answers(),
    reports: bench.reports.slice(-1),
  });

  async function comesToTheSameEnd(
    objects: Iterable<readonly [string, Uint8Array]>,
    age = hours(1),
  ): Promise<number> {
    const all = [...objects];
    await using whole = await IngestBench.open();
    await land(whole.landing, all);
    const counted = dyingParts(whole.parts, Infinity);
    await runOnce(whole, counted.parts, age);
    const expected = await outcome(whole);
    assert.deepEqual(expected.landing, []);
    for (let at = 1; at <= counted.calls(); at++) {
      await using bench = await IngestBench.open();
      await land(bench.landing, all);
      await assert.rejects(runOnce(bench, dyingParts(bench.parts, at).parts, age), Killed);
      await runOnce(bench, bench.parts, age);
      assert.deepEqual(await outcome(bench), expected, `killed before call ${at}`);
    }
    return counted.calls();
  }

  it('between any two steps comes to the same end with a sound event', async () => {
    assert.ok(await comesToTheSameEnd(uploadOf({ picture }, { at: NOON }).objects) > 8);
  });

  it('between any two steps comes to the same end with a rejected event', async () => {
    const upload = uploadOf({ picture }, { at: NOON });
    assert.ok(await comesToTheSameEnd(tampered(upload)) > 8);
  });

  it('between any two steps comes to the same end with a manifest that nobody can read', async () => {
    const { objects } = uploadOf({ picture }, { at: NOON });
    assert.ok(
      (await comesToTheSameEnd(
        [...objects].map(([key, data]) => [key, key.endsWith('.json') ? Buffer.from('{') : data] as const),
      )) > 5,
    );
  });

  it('between any two steps comes to the same end with a file without manifest', async () => {
    assert.ok(await comesToTheSameEnd([['yard/2026/11/21/stray.bin', picture]], hours(25)) > 4);
  });

  it('between any two steps comes to the same end with a report, sound or not', async () => {
    const id = '1795256130-k3x9ab';
    const report = {
      version: 1, request: id, state: 'done', at: NOON / 1000, bytes: 10, sent_bytes: 10, events: [], reason: '',
    };
    assert.ok(await comesToTheSameEnd([[reportKey('yard', id), Buffer.from(JSON.stringify(report))]]) > 4);
    const unsound = { ...report, state: 'x' };
    assert.ok(await comesToTheSameEnd([[reportKey('yard', id), Buffer.from(JSON.stringify(unsound))]]) > 5);
  });

  it('between library and index leaves nothing in the library of what is rejected afterwards', async () => {
    await using bench = await IngestBench.open();
    const upload = uploadOf({ picture }, { at: NOON });
    await land(bench.landing, upload.objects);
    const register = { ...bound(bench.parts.register), accept: () => { throw new Killed(); } };
    await assert.rejects(runOnce(bench, { ...bench.parts, register }), Killed);
    assert.equal((await bench.files('library')).length, 2);
    assert.deepEqual(await bench.answers(), [], 'nobody was told that it is safe');
    await land(bench.landing, tampered(upload));
    await runOnce(bench, bench.parts);
    assert.deepEqual([await bench.files('library'), [...(await bench.rejected).values()]], [[], ['file.wrong-hash']]);
  });
});

/** The upload with a byte of its picture turned. */
const tampered = ({ event, objects }: Upload): (readonly [string, Uint8Array])[] => [...objects].map(([key, data]) => {
  if (key.endsWith('.json')) return [key, manifestOf(event)] as const;
  const other = Buffer.from(data);
  other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 1;
  return [key, other] as const;
});

const bound = (register: IngestBench['parts']['register']): IngestParts['register'] => ({
  known: (device, id) => register.known(device, id),
  accept: (row, keys, version) => register.accept(row, keys, version),
  unfinishedRejection: (key) => register.unfinishedRejection(key),
  rejection: (key) => register.rejection(key),
  reject: (record) => register.reject(record),
  finishRejection: (key) => register.finishRejection(key),
});
