import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadSettings } from './config/load-settings.ts';
import { isSmallUploader } from './small-uploader.ts';

describe('where the uploader runs', () => {
  let data: string;
  before(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-small-')); });
  after(() => rm(data, { recursive: true, force: true }));
  const isSmall = async (env: Record<string, string>): Promise<boolean> =>
    isSmallUploader((await loadSettings({ TYTO_DATA: data, ...env })).values);

  it('is beside the camera, with the landing folder of the device or none', async () => {
    assert.equal(await isSmall({}), true);
    assert.equal(await isSmall({ TYTO_UPLOAD_TARGET: 'none' }), true);
  });

  it('is a process of its own where it meets a network, a disk of others, or what others wrote', async () => {
    const reasons = [
      { TYTO_UPLOAD_DIRECTORY: '/mnt/store' }, { TYTO_UPLOAD_TARGET: 's3' },
      { TYTO_UPLOAD_FALLBACK_TARGET: 's3' }, { TYTO_HOUSE_URL: 'mqtt://192.0.2.7' },
      { TYTO_OUTPUTS: JSON.stringify([{ name: 'hook', type: 'webhook', url: 'https://hook.example/' }]) },
    ];
    for (const reason of reasons) assert.equal(await isSmall(reason), false, JSON.stringify(reason));
  });
});
