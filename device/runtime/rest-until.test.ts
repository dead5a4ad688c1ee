import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ringDoorbell, doorbellOf } from '../durable/doorbell.ts';
import { millis, minutes } from '../core/units.ts';
import { systemClock } from './clock.ts';
import { stampsOf } from './rest-terms.ts';
import { RestUntil } from './rest-until.ts';

describe('the rest of a child process', () => {
  let folder: string;
  const never = new AbortController().signal;
  const at = (name: string): string => path.join(folder, name);
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-rest-')); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Rests as it was said when `places` were looked at, and ends when `change` has happened. */
  async function restUntil(places: readonly string[], change: () => Promise<void> | void): Promise<void> {
    const watched = stampsOf(places);
    const rest = new RestUntil(systemClock);
    await rest.prepare();
    assert.ok(rest.release({ type: 'rest', taken: 0, terms: { longest: minutes(60), watched } }));
    const needed = rest.needed(never);
    await change();
    await needed;
  }

  it('ends when a file changes, comes or goes, and when a name comes into a folder', async () => {
    await writeFile(at('settings'), 'a');
    await mkdir(at('requests'));
    const all = ['settings', 'queue.bell', 'requests', 'answers'].map(at);
    await restUntil(all, () => writeFile(at('settings'), 'b'));
    await restUntil(all, () => { ringDoorbell(at('queue')); });
    await restUntil(all, () => { ringDoorbell(at('queue')); });
    await restUntil(all, () => writeFile(at('requests/one'), ''));
    await restUntil(all, async () => { await mkdir(at('answers')); });
    await restUntil(all, () => rm(at('settings')));
  });

  it('ends at once for what changed before it was granted', async () => {
    const watched = stampsOf([doorbellOf(at('queue'))]);
    ringDoorbell(at('queue'));
    const rest = new RestUntil({ ...systemClock, wait: () => assert.fail('it waits') });
    rest.release({ type: 'rest', taken: 0, terms: { longest: minutes(60), watched } });
    await rest.needed(never);
  });

  it('ends when its time is over, or the device stops; without terms only then', async () => {
    const rest = new RestUntil(systemClock);
    rest.release({ type: 'rest', taken: 0, terms: { longest: millis(1), watched: stampsOf([at('none')]) } });
    await rest.needed(never);
    const stop = new AbortController();
    await rest.prepare();
    rest.release({ type: 'rest', taken: 0 });
    const needed = rest.needed(stop.signal);
    stop.abort();
    await needed;
  });
});
