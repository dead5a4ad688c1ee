import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent, mediaPath, writeMedia } from '../../test/fixtures/ended-events.ts';
import { begun } from '../../test/fixtures/told-events.ts';
import type { TytoEvent } from '../contract/event.ts';
import { millis, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Pictures } from './pictures.ts';
import type { Delivery } from './port.ts';

const START = endedEvent(1).start_time * 1000;
const told: Delivery = { key: 'k', phase: 'new', message: begun(1), skipped: 0 };
const SEEN = Buffer.from('as seen');

describe('the picture of an event', () => {
  let folder: string;
  const { signal } = new AbortController();
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-pictures-'));
    await writeMedia(folder, 1);
  });
  after(() => rm(folder, { recursive: true }));
  const at = (now: number, known: () => TytoEvent | undefined = () => undefined) => {
    const clock = new VirtualClock(millis(now));
    return { clock, pictures: new Pictures(folder, known, clock) };
  };

  it('is what the disk has of it by now, however long ago it was', async () => {
    const { pictures } = at(START + 3_600_000, () => endedEvent(1));
    assert.deepEqual(await pictures.of(told, signal), await readFile(mediaPath(folder, 1, 'snapshot')));
  });

  it('is as the bus brought it where the disk has only an encrypted one', async () => {
    const { pictures } = at(START + 1000, () => {
      const { snapshot, ...event } = endedEvent(1);
      return { ...event, snapshot: snapshot && { ...snapshot, encrypted: true } };
    });
    pictures.seen(SEEN);
    assert.equal(await pictures.of(told, signal), SEEN);
  });

  it('is waited for while the event is fresh, but not for long', async () => {
    const { clock, pictures } = at(START + 1000);
    const [soon, never] = [pictures.of(told, signal), pictures.of({ ...told, message: begun(2) }, signal)];
    await clock.advance(seconds(1));
    pictures.seen(SEEN);
    await clock.advance(seconds(10));
    assert.deepEqual([await soon, await never], [SEEN, undefined]);
  });

  it('is never one of another event', async () => {
    const { clock, pictures } = at(START - 1000);
    pictures.seen(SEEN);
    await clock.advance(seconds(70));
    assert.equal(await pictures.of(told, signal), undefined);
  });

  it('is the latest one for whoever only tries an output out', async () => {
    const { pictures } = at(START - 1000);
    pictures.seen(SEEN);
    assert.equal(await pictures.of({ ...told, isTest: true }, signal), SEEN);
  });
});
