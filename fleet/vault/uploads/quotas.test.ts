import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { millis } from '../../../device/core/units.ts';
import type { Sqlite } from '../../../device/durable/sqlite.ts';
import { Arrivals } from '../registry/arrivals.ts';
import { openRegistryFile } from '../registry/open-registry.ts';
import type { Account } from '../registry/registry.ts';
import { Quotas } from './quotas.ts';

describe('the quota of an account', () => {
  let home: string;
  let database: Sqlite;
  let arrivals: Arrivals;
  let quotas: Quotas;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'tyto-quotas-'));
    database = openRegistryFile(path.join(home, 'vault.db'));
    arrivals = new Arrivals(database, () => millis(1_795_252_530_000));
    quotas = new Quotas(arrivals, { usage: async () => ({ events: 1, bytes: 30 }) });
  });
  afterEach(async () => {
    database[Symbol.dispose]();
    await rm(home, { recursive: true, force: true });
  });
  const farm: Account = {
    name: 'farm', directory: 'farm', accessKey: 'TV', quota: 100, days: null, disabled: false, createdAt: millis(0),
  };
  const reserve = (key: string, bytes: number): Promise<void> =>
    quotas.reserve(farm, bytes, () => arrivals.expect(key, 'farm', bytes));

  it('holds however many ask at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => reserve(`yard/${n}.mp4`, 60)));
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual(await quotas.usage(farm), { filedBytes: 30, pendingBytes: 60 });
  });

  it('counts of one key the most that was promised: leave for that still holds', async () => {
    await reserve('yard/a.mp4', 60);
    await reserve('yard/a.mp4', 1);
    assert.equal(arrivals.pendingBytes('farm'), 60);
    await assert.rejects(reserve('yard/b.mp4', 60), { code: 'vault.quota' });
  });
});
