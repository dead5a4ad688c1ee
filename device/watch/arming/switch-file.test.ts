import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openArmSwitch } from './switch-file.ts';

describe('arm switch', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-arming-')); });
  afterEach(() => rm(data, { recursive: true, force: true }));

  it('is on in a new device', async () => assert.equal((await openArmSwitch(data)).on, true));
  it('keeps its position over a restart', async () => {
    await (await openArmSwitch(data)).set(false);
    assert.equal((await openArmSwitch(data)).on, false);
  });
  it('guesses nothing when its file is damaged', async () => {
    await writeFile(path.join(data, 'arming.json'), '{"armed": "maybe"}');
    await assert.rejects(openArmSwitch(data), { code: 'arming.broken' });
  });
});
