import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleEvent } from '../../test/web/fake-device.ts';
import type { TytoEvent } from '../contract/event.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { ForgottenPeople, type ForgottenSource } from './forgotten-people.ts';
import { openArchive } from './open-archive.ts';

const NOW = 1_795_252_530;
const named = (start: number, ...names: (string | null)[]): TytoEvent => sampleEvent(start, 5, {
  kinds: ['face', 'motion'], label: 'face',
  faces: names.map((person) =>
    ({ box: [0, 0, 0.1, 0.1], score: 0.9, time: start, person, similarity: person === null ? null : 0.8 })),
});
const without = (event: TytoEvent, name: string): TytoEvent => (event.faces.some(({ person }) => person === name)
  ? { ...event, faces: event.faces.map((face) =>
    (face.person === name ? { ...face, person: null, similarity: null } : face)) }
  : event);

/** Somebody who was forgotten at `NOW`. */
function forgotten(name: string): ForgottenSource {
  let left = [{ id: '1', name, at: NOW * 1000 }];
  return { list: async () => left, done: async (id) => { left = left.filter((one) => one.id !== id); } };
}

describe('forgotten people', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-forget-')); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are named in no event any more, and what has ended is told anew to whoever uploads it', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const events = Array.from({ length: 250 }, (_, index) =>
      named(NOW - 1000 + index, index % 2 === 0 ? 'Ada' : 'Grace', null));
    archive.transaction(() => { for (const event of events) archive.putEvent(event); });
    const last = archive.view.endedAfter(0, 1000).at(-1)?.seq ?? 0;
    const source = forgotten('Ada');
    await new ForgottenPeople(archive, without, source).forgetAll();
    assert.deepEqual(await source.list(assert.ifError), []);
    const names = events.flatMap(({ id }) => archive.view.get(id)?.faces.flatMap(({ person }) => person ?? []) ?? []);
    assert.deepEqual([names.length, new Set(names)], [125, new Set(['Grace'])]);
    assert.equal(archive.view.endedAfter(last, 1000).length, 125);
  });

  it('may be named anew: what was recorded after that keeps the name, however late the old ones are cleaned', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const [before, after] = [named(NOW - 5, 'Ada'), named(NOW + 60, 'Ada')];
    for (const event of [before, after]) archive.putEvent(event);
    await new ForgottenPeople(archive, without, forgotten('Ada')).forgetAll();
    assert.deepEqual([before, after].map(({ id }) => archive.view.get(id)?.faces[0]?.person), [null, 'Ada']);
  });

  it('vanish although another name cannot be read now, which is said then: that one has not vanished', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    archive.putEvent(named(NOW - 5, 'Ada'));
    const source = forgotten('Ada');
    const half: ForgottenSource = {
      ...source, list: (onUnreadable) => { onUnreadable(new Error('a bad sector')); return source.list(onUnreadable); },
    };
    await assert.rejects(new ForgottenPeople(archive, without, half).forgetAll(), /a bad sector/);
    assert.deepEqual(
      [archive.view.page({ limit: 1 }).events[0]?.faces[0]?.person, await source.list(assert.ifError)], [null, []],
    );
  });

  it('leave no trace of their name in the file of the catalogue', async () => {
    const file = path.join(folder, 'archive.db');
    {
      using archive = openArchive(file, millis(NOW * 1000), silentLog);
      for (let index = 0; index < 250; index++) archive.putEvent(named(NOW - 1000 + index, 'Adelheid'));
      await new ForgottenPeople(archive, without, forgotten('Adelheid')).forgetAll();
    }
    assert.equal((await readFile(file)).includes('Adelheid'), false);
  });

  it('do not come back with an event that was under way, but may be named anew', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const people = new ForgottenPeople(archive, without, forgotten('Ada'));
    await people.forgetAll();
    assert.deepEqual([NOW - 5, NOW + 60].map((start) =>
      people.clean(named(start, 'Ada')).faces[0]?.person), [null, 'Ada']);
  });
});
