import assert from 'node:assert/strict';
import type { Seeing } from '../contract/places.ts';
import { silentLog } from '../core/log.ts';
import { PlacesInForce, warnOfUseless } from './places-in-force.ts';

const empty: Seeing = { zones: [], lines: [], privacy_masks: [], sensitivity: 0.5 };
const drive: Seeing = { ...empty, zones: [{ name: 'drive', type: 'include', polygon: [[0, 0], [1, 0], [1, 1]] }] };

function inForce(read: () => Seeing) {
  const log: string[] = [];
  const places = new PlacesInForce(empty, {
    read: async () => read(), onChange: () => log.push('changed'),
    tell: ({ zones }) => log.push(`told ${zones.length}`), log: silentLog,
  });
  return { places, log };
}

describe('places in force', () => {
  it('are taken anew, and told, when the settings changed', async () => {
    const { places, log } = inForce(() => drive);
    await places.reload();
    assert.deepEqual([places.current, log], [drive, ['changed', 'told 1']]);
  });
  it('are other ones where only the sensitivity is another', async () => {
    const { places, log } = inForce(() => ({ ...empty, sensitivity: 0.3 }));
    await places.reload();
    assert.deepEqual([places.current.sensitivity, log], [0.3, ['changed', 'told 0']]);
  });
  it('disturb nobody when they are the same', async () => {
    const { places, log } = inForce(() => ({ ...empty }));
    await places.reload();
    assert.deepEqual(log, ['told 0']);
  });
  it('say of a zone that it is of no use where masks lie over all of it', () => {
    const told: unknown[] = [];
    warnOfUseless({ ...drive, privacy_masks: [{ name: 'all', polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] }] }, {
      ...silentLog, warn: (message, fields) => told.push(message, fields),
    });
    assert.deepEqual(told, ['a zone, line or mask is not as it was meant', {
      zone: 'drive', reason: 'nothing can count in it: it lies under "all", where nothing counts',
    }]);
  });
  it('stay when the settings cannot be read, and whoever asked hears so', async () => {
    const { places, log } = inForce(() => { throw new Error('no JSON'); });
    await places.reload();
    assert.deepEqual([places.current, log], [empty, ['told 0']]);
  });
});
