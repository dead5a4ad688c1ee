import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventFolder } from '../../device/contract/names.ts';
import { millis, minutes } from '../../device/core/units.ts';
import { mediaOf, uploadOf } from '../../test/fleet/uploads.ts';
import { RunningVault } from '../../test/fleet/vault.ts';

const DAY = 86_400_000;
const facts = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 12 };

describe('the sweeper of accounts', () => {
  let fleet: RunningVault;
  beforeEach(async () => { fleet = await RunningVault.start(); });
  afterEach(() => fleet[Symbol.asyncDispose]());

  /** Files a clip of 1,000 bytes, as ingest does. */
  const file = async (account: string, device: string, at: number): Promise<string> => {
    if (fleet.vault.registry.device(device) === undefined) fleet.deviceKey(device, account);
    const upload = uploadOf({ clip: Buffer.alloc(1000) }, { at, device, facts });
    for (const [key, data] of mediaOf(upload)) {
      const staged = path.join(fleet.folder, 'staged');
      await writeFile(staged, data);
      await fleet.library.put(key, staged);
    }
    await fleet.vault.registerOf(fleet.index).accept({
      event: upload.event, folder: eventFolder(upload.event), ingestedAt: millis(Date.now()), damage: null,
      sealed: false, held: [],
    }, [], 0);
    return upload.event.id;
  };
  const sweep = () => fleet.vault.sweeper.sweep(AbortSignal.timeout(60_000));
  const left = async (account: string) =>
    (await fleet.index.events({ account, limit: 200 })).rows.map(({ event }) => event.id);

  it('deletes what is older than an account keeps, and of nobody else', async () => {
    fleet.account('farm', { days: 30 });
    fleet.account('shed');
    const now = Date.now();
    const old = [await file('farm', 'yard', now - 31 * DAY), await file('farm', 'gate', now - 400 * DAY)];
    const fresh = await file('farm', 'yard', now - 29 * DAY);
    const other = await file('shed', 'roof', now - 400 * DAY);
    await sweep();
    assert.deepEqual([await left('farm'), await left('shed')], [[fresh], [other]]);
    assert.equal((await fleet.library.list('gate/')).entries.length, 0);
    const audit = fleet.vault.registry.audit(9)
      .filter(({ actor }) => actor === 'sweeper')
      .map(({ action, subject }) => `${action} ${subject}`);
    assert.deepEqual(audit.sort(), [`event.delete.aged farm gate ${old[1]}`, `event.delete.aged farm yard ${old[0]}`]);
  });

  it('makes room in a full account, the oldest first, and no more than it needs', async () => {
    fleet.account('farm', { quota: 10_000 });
    const now = Date.now();
    const ids: string[] = [];
    for (let n = 0; n < 10; n++) ids.push(await file('farm', n % 2 === 0 ? 'yard' : 'gate', now - (10 - n) * DAY));
    await sweep();
    assert.deepEqual((await left('farm')).toReversed(), ids.slice(1));
    await sweep();
    assert.equal((await left('farm')).length, 9);
    fleet.vault.registry.changeAccount('farm', { quota: 3500 }, 'test');
    await sweep();
    assert.deepEqual((await left('farm')).toReversed(), ids.slice(7));
  });

  it('deletes little for what was only promised: a stolen key of a device is no way to delete', async () => {
    fleet.account('farm', { quota: 10_000 });
    for (let n = 0; n < 8; n++) await file('farm', 'gate', Date.now() - (10 - n) * DAY);
    const yard = fleet.deviceKey('yard', 'farm');
    const metadata = Object.entries({ key: 'yard/a.mp4', sha256: '0'.repeat(64) })
      .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
      .join();
    const promise = async (): Promise<number> => (await fetch(`http://127.0.0.1:${fleet.port}/landing/tus/`, {
      method: 'POST',
      headers: { ...yard, 'tus-resumable': '1.0.0', 'upload-length': '500', 'upload-metadata': metadata },
    })).status;
    for (let round = 0; round < 4; round++) {
      while (await promise() === 201);
      await sweep();
    }
    assert.equal((await left('farm')).length, 8);
  });

  it('finds the oldest where there are more than a page of them', async () => {
    fleet.account('farm', { quota: 240_000 });
    const now = Date.now();
    const ids: string[] = [];
    for (let n = 0; n < 230; n++) ids.push(await file('farm', 'yard', now - (300 - n) * 60_000));
    await sweep(); // down to nine tenths: 216 of 1,000 bytes each
    const page = await fleet.index.events({ account: 'farm', to: millis(now - (300 - 30) * 60_000), limit: 200 });
    assert.deepEqual(page.rows.map(({ event }) => event.id).toReversed(), ids.slice(14, 30));
  });

  it('counts what lies in the landing also where it looked while that was put', async () => {
    await using slow = await RunningVault.start({
      landing: (real) => Object.assign(Object.create(real) as typeof real, {
        list: real.list.bind(real),
        put: async (...asked: Parameters<typeof real.put>) => {
          slow.ahead = millis(slow.ahead + minutes(2));
          await slow.vault.sweeper.sweep(AbortSignal.timeout(60_000));
          await real.put(...asked);
        },
      }),
    });
    slow.account('farm', { quota: 1000 });
    const device = slow.deviceKey('yard', 'farm');
    const data = 'x'.repeat(600);
    const put = async (name: string): Promise<number> => {
      const { status } = await fetch(`http://127.0.0.1:${slow.port}/landing/objects/yard/${name}`, {
        method: 'PUT', body: data,
        headers: { ...device, 'x-tyto-sha256': createHash('sha256').update(data).digest('hex') },
      });
      return status;
    };
    assert.deepEqual([await put('a.jpg'), await put('b.jpg')], [204, 507]);
  });

  it('counts what lies in the landing until it was judged', async () => {
    fleet.account('farm', { quota: 1000 });
    const device = fleet.deviceKey('yard', 'farm');
    const data = 'x'.repeat(600);
    const put = async (name: string): Promise<number> => {
      const { status } = await fetch(`http://127.0.0.1:${fleet.port}/landing/objects/yard/${name}`, {
        method: 'PUT', body: data,
        headers: { ...device, 'x-tyto-sha256': createHash('sha256').update(data).digest('hex') },
      });
      return status;
    };
    assert.equal(await put('a.jpg'), 204);
    assert.equal(await put('b.jpg'), 507);
    fleet.ahead = minutes(2);
    await sweep();
    assert.equal(await put('b.jpg'), 507, 'it is still there');
    await fleet.landing.remove('yard/a.jpg', AbortSignal.timeout(60_000));
    fleet.ahead = minutes(4);
    await sweep();
    assert.equal(await put('b.jpg'), 204);
  });
});
