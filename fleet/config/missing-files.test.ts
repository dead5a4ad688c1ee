import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../../device/core/errors.ts';
import { readInvocation, type Environment } from './load-settings.ts';
import { refuseMissingFiles } from './missing-files.ts';
import { fleetSettings, type FleetSetting } from './settings.ts';

/** What is refused of these settings, a line each. */
async function missing(env: Environment): Promise<readonly string[]> {
  const invocation = readInvocation(['serve'], env);
  assert.ok(invocation.command === 'serve');
  try {
    await refuseMissingFiles(invocation.settings);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError && error.code === 'fleet.settings');
    return error.message.split('\n').map((line) => line.trim()).filter((line) => !/^\d+ problems$/.test(line));
  }
}

describe('files that settings of tyto-fleet name', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-fleet-named-')); });
  afterEach(() => rm(folder, { recursive: true }));

  it('are looked for at the start, all at once, each with its setting, what came and what it must be', async () => {
    assert.deepEqual(await missing({
      TYTO_FLEET_KEY_FILE: '/nothere.key', TYTO_FLEET_STORES: folder,
      TYTO_FLEET_FACES: 'on', TYTO_FLEET_PEOPLE: '/nobody',
    }), [
      'TYTO_FLEET_KEY_FILE (--key): what was given (12 characters, not shown) names no file that is there (ENOENT); '
      + 'it must be a file with private keys',
      `TYTO_FLEET_STORES (--stores): what was given (${folder.length} characters, not shown) is a folder and no file; `
      + 'it must be a JSON file, or the JSON in it',
      'TYTO_FLEET_PEOPLE: there is no /nobody (ENOENT); it must be a folder',
    ]);
    const file = path.join(folder, 'any');
    await writeFile(file, 'any');
    assert.deepEqual(await missing({ TYTO_FLEET_KEY_FILE: file, TYTO_FLEET_EVENTS: ` ${file}\n` }), []);
  });

  it('are none where the setting is what would stand in the file, or where nothing reads it', async () => {
    assert.deepEqual(await missing({
      TYTO_FLEET_STORES: ' {}', TYTO_FLEET_EVENTS: '[]', TYTO_FLEET_ASK: ' [{"name":"all"}]',
      TYTO_FLEET_LANDING: 'gs://owls', TYTO_FLEET_GCS_KEY: '\n{"client_email":"x"}',
    }), []);
    assert.deepEqual(await missing({ TYTO_FLEET_GCS_KEY: '/nothere.json', TYTO_FLEET_PEOPLE: '/nobody' }), []);
  });

  it('are all that there are', async () => {
    const files = (Object.values(fleetSettings) as FleetSetting[])
      .filter(({ expectation }) => /\bfile\b/.test(expectation));
    const named: string[] = [fleetSettings.people, ...files].map(({ env }) => env);
    const lines = await missing({
      ...Object.fromEntries(named.map((env) => [env, `/nothere/${env}`])),
      TYTO_FLEET_LANDING: 'gs://owls', TYTO_FLEET_FACES: 'on',
    });
    assert.deepEqual(lines.filter((line) => line.includes('/nothere')).map((line) => line.split(':', 1)[0]),
      ['TYTO_FLEET_ASK', 'TYTO_FLEET_PEOPLE'], 'elsewhere it may be the secret itself');
    assert.deepEqual(lines.map((line) => line.split(/[ :]/, 1)[0] ?? '').sort(), named.sort());
  });
});
