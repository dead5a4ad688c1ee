import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Zone } from '../contract/places.ts';
import { loadSettings } from './load-settings.ts';
import { PlacesStore } from './places-store.ts';

const drive: Zone = { name: 'drive', type: 'include', polygon: [[0, 0.5], [1, 0.5], [1, 1]] };
const gate: Zone = { ...drive, name: 'gate' };

describe('places in the settings', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-places-')); });
  afterEach(() => rm(data, { recursive: true, force: true }));
  const config = () => path.join(data, 'config.json');

  it('are written beside what else the file says', async () => {
    await writeFile(config(), '{"motion":{"sensitivity":0.6},"zones":[]}');
    const store = await PlacesStore.open({ TYTO_DATA: data });
    await store.change({ zones: [drive] });
    const { values } = await loadSettings({ TYTO_DATA: data });
    assert.deepEqual([values.zones, values.motion.sensitivity, store.current.zones], [[drive], 0.6, [drive]]);
    assert.deepEqual(JSON.parse(await readFile(`${config()}.bak`, 'utf8')), {
      motion: { sensitivity: 0.6 }, zones: [],
    });
  });

  it('are written where there is no file yet, one change after the other', async () => {
    const store = await PlacesStore.open({ TYTO_DATA: data });
    await Promise.all([store.change({ zones: [drive] }), store.change({
      lines: [{ name: 'door', from: [0, 0], to: [1, 1] }],
    }), store.change({ zones: [gate] })]);
    const { values } = await loadSettings({ TYTO_DATA: data });
    assert.deepEqual([values.zones, values.lines.length], [[gate], 1]);
  });

  it('are written with the sensitivity, which stands among other settings of motion', async () => {
    const asGroup = '"motion":{"contrast":2,"sensitivity":0.6}';
    for (const motion of [asGroup, '"motion":{"contrast":2},"motion.sensitivity":0.6']) {
      await writeFile(config(), `{${motion}}`);
      const store = await PlacesStore.open({ TYTO_DATA: data });
      assert.equal(store.current.sensitivity, 0.6);
      await store.change({ sensitivity: 0.3, lines: [] });
      const { values } = await loadSettings({ TYTO_DATA: data });
      const { sensitivity, contrast } = values.motion;
      assert.deepEqual([sensitivity, contrast, store.current.sensitivity], [0.3, 2, 0.3], motion);
      await store.change({ zones: [drive] });
      assert.equal((await loadSettings({ TYTO_DATA: data })).values.motion.sensitivity, 0.3);
    }
  });

  it('are written as asked for, and known, though the file was changed by hand meanwhile', async () => {
    const store = await PlacesStore.open({ TYTO_DATA: data });
    await writeFile(config(), JSON.stringify({ zones: [gate], motion: { sensitivity: 0.9 } }));
    await store.change({ sensitivity: 0.5 });
    assert.equal((await loadSettings({ TYTO_DATA: data })).values.motion.sensitivity, 0.5);
    assert.deepEqual([store.current.sensitivity, store.current.zones], [0.5, [gate]]);
  });

  it('say what the environment sets', async () => {
    const store = await PlacesStore.open({
      TYTO_DATA: data, TYTO_ZONES: JSON.stringify([drive]), TYTO_MOTION_SENSITIVITY: '0.4',
    });
    assert.deepEqual([store.managed, store.current], [['zones', 'sensitivity'], {
      zones: [drive], lines: [], privacy_masks: [], sensitivity: 0.4,
    }]);
  });

  it('leave a file alone that somebody broke meanwhile', async () => {
    const store = await PlacesStore.open({ TYTO_DATA: data });
    await writeFile(config(), '[1]');
    await assert.rejects(store.change({ zones: [drive] }), { code: 'settings.broken' });
    assert.equal(await readFile(config(), 'utf8'), '[1]');
  });
});
