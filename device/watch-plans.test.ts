import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSettings } from './config/load-settings.ts';
import { archivePlan, armingRules, commandLengths } from './watch-plans.ts';

describe('what the settings mean for the parts of watch', () => {
  let data: string;
  before(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-plans-')); });
  after(() => rm(data, { recursive: true, force: true }));
  const settingsOf = async (env: Readonly<Record<string, string>>) =>
    (await loadSettings({ TYTO_DATA: data, ...env })).values;
  const keeping = async (env: Readonly<Record<string, string>>) => {
    const place = { data, media: '', archive: '', uploads: 'uploads.db', people: '', landing: '/landing',
      archiveSocket: '', outbox: '', outputsSocket: '' };
    const { uploads, landing, deleteAfter, retention: { pending } } =
      archivePlan({ settings: await settingsOf(env), place });
    return { uploads, landing, deleteAfter, pending };
  };

  it('is that what nobody has fetched makes room only where the owner chose no storage', async () => {
    assert.deepEqual(await keeping({}),
      { uploads: 'uploads.db', landing: '/landing', deleteAfter: 'stored', pending: 'delete' });
    const chosen = await keeping({ TYTO_UPLOAD_DIRECTORY: '/mnt/store', TYTO_UPLOAD_DELETE_AFTER: 'acknowledged' });
    assert.deepEqual(chosen,
      { uploads: 'uploads.db', landing: undefined, deleteAfter: 'acknowledged', pending: 'keep' });
    assert.equal((await keeping({ TYTO_RETENTION_PENDING: 'keep' })).pending, 'keep');
    assert.equal((await keeping({ TYTO_UPLOAD_TARGET: 'none' })).uploads, undefined);
  });

  it('is that what something else knows of lasts as long as motion does, unless its length is set', async () => {
    const { trigger } = commandLengths(await settingsOf({ TYTO_RECORDING_POST_ROLL: '7s' }));
    assert.equal(trigger, 7000);
    const set = await settingsOf({ TYTO_RECORDING_POST_ROLL: '7s', TYTO_RECORDING_TRIGGER_LENGTH: '30s' });
    assert.equal(commandLengths(set).trigger, 30_000);
  });

  it('is that arming asks nobody and knows no place, unless they are set', async () => {
    const rules = armingRules({ settings: await settingsOf({}), device: 'yard' });
    const { fixed, http, presence, calendar } = rules;
    assert.deepEqual([fixed, http, presence, calendar.place, calendar.timeZone],
      [undefined, undefined, undefined, undefined, '']);
  });
});
