import assert from 'node:assert/strict';
import type { TytoEvent } from '../contract/event.ts';
import type { Log } from '../core/log.ts';
import { silentLog } from '../core/log.ts';
import { CatalogueWriter } from './catalogue-writer.ts';

const event = (id: string, end: number | null): TytoEvent => ({ id, end_time: end }) as TytoEvent;

function writer() {
  const saved: string[] = [];
  const said: string[] = [];
  let refuses = false;
  const log: Log = { ...silentLog, error: (message) => said.push(message), info: (message) => said.push(message) };
  const catalogue = new CatalogueWriter({ save: ({ id, end_time: end }) => {
    if (refuses) throw new Error('the disk is full');
    saved.push(`${id} ${end ?? 'open'}`);
  } }, log);
  return { catalogue, saved, said, refuse: (on: boolean) => { refuses = on; } };
}

describe('catalogue writer', () => {
  it('writes an event at once', () => {
    const { catalogue, saved, said } = writer();
    catalogue.save(event('a', null));
    assert.deepEqual([saved, said], [['a open'], []]);
  });

  it('offers again what was refused, the latest of each event, and says so once', () => {
    const { catalogue, saved, said, refuse } = writer();
    refuse(true);
    catalogue.save(event('a', null));
    catalogue.save(event('b', null));
    catalogue.save(event('a', 5));
    catalogue.retry();
    assert.equal(said.length, 1);
    refuse(false);
    catalogue.retry();
    assert.deepEqual(saved, ['b open', 'a 5']);
    assert.equal(catalogue.waiting, 0);
    assert.equal(said.length, 2);
  });

  it('keeps the newest thousand', () => {
    const { catalogue, saved, refuse } = writer();
    refuse(true);
    for (let n = 0; n < 1500; n++) catalogue.save(event(String(n), n));
    refuse(false);
    catalogue.retry();
    assert.equal(saved.length, 1000);
    assert.equal(saved.at(-1), '1499 1499');
  });
});
