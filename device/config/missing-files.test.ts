import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allSettings, environmentName, loadSettings } from './load-settings.ts';
import { missingFiles } from './missing-files.ts';

describe('files that settings name', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-named-')); });
  afterEach(() => rm(folder, { recursive: true }));
  const missing = async (env: Readonly<Record<string, string>>) =>
    missingFiles(await loadSettings({ TYTO_DATA: folder, ...env }));

  it('are looked for, where something is to read them', async () => {
    const file = path.join(folder, 'authority.pem');
    await writeFile(file, 'any');
    const house = { TYTO_HOUSE_URL: 'mqtts://hub.lan', TYTO_HOUSE_CA: file };
    assert.deepEqual(await missing(house), []);
    assert.deepEqual(await missing({ ...house, TYTO_HOUSE_CA: '/nothere.pem', TYTO_HOUSE_KEY: folder }), [
      'TYTO_HOUSE_CA: what was given (12 characters, not shown) names no file that is there (ENOENT); '
        + 'name the file, or give what is in it',
      `TYTO_HOUSE_KEY: what was given (${folder.length} characters, not shown) is a folder and no file; `
        + 'name the file, or give what is in it',
    ]);
    assert.deepEqual(await missing({ TYTO_HOUSE_CA: '/nothere.pem' }), [], 'no broker, nothing to be believed');
    assert.deepEqual(
      await missing({ ...house, TYTO_HOUSE_KEY: '-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----' }), [],
    );
  });

  it('are all that there are', async () => {
    const keys = allSettings().filter(([, { expectation }]) => /\b(?:PEM|JSON key) file\b/.test(expectation))
      .map(([key]) => key);
    const named = Object.fromEntries(keys.map((key) => [environmentName(key), `/nothere/${key}`]));
    const found = new Set<string>();
    for (const target of ['gcs', 'vault', 'kerberos-vault']) {
      const lines = await missing({
        ...named, TYTO_HOUSE_URL: 'mqtts://hub.lan', TYTO_BUS_NETWORK_PORT: '8883', TYTO_UPLOAD_TARGET: target,
        TYTO_UPLOAD_FALLBACK_TARGET: target,
      });
      for (const line of lines) found.add(line.split(':', 1)[0] ?? '');
      assert.doesNotMatch(lines.join(), /nothere/, 'it may be the secret itself');
    }
    assert.deepEqual([...found].sort(), Object.keys(named).sort());
  });
});
