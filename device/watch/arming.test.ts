import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openArming } from './arming.ts';

describe('arm switch', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-arming-')); });
  afterEach(() => rm(data, { recursive: true, force: true }));

  it('is on in a new device', async () => assert.equal((await openArming(data, () => {})).armed, true));
  it('keeps its position over a restart, and tells a change once', async () => {
    const told: boolean[] = [];
    const arming = await openArming(data, (armed) => told.push(armed));
    await arming.set(false);
    await arming.set(false);
    assert.deepEqual(told, [false]);
    assert.equal((await openArming(data, () => {})).armed, false);
  });
  it('guesses nothing when its file is damaged', async () => {
    await writeFile(path.join(data, 'arming.json'), '{"armed": "maybe"}');
    await assert.rejects(openArming(data, () => {}), { code: 'arming.broken' });
  });
});
