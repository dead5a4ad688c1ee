import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { sampleEvent } from '../../test/web/fake-device.ts';
import type { TytoEvent } from '../contract/event.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { ChangedNames, type NameChangeSource, type WithChangedName } from './changed-names.ts';
import { openArchive } from './open-archive.ts';

const NOW = 1_795_252_530;
const named = (start: number, ...names: (string | null)[]): TytoEvent => sampleEvent(start, 5, {
  kinds: ['face', 'motion'], label: 'face',
  faces: names.map((person) =>
    ({ box: [0, 0, 0.1, 0.1], score: 0.9, time: start, person, similarity: person === null ? null : 0.8 })),
});
const changed: WithChangedName = (event, { name, to }) => (event.faces.some(({ person }) => person === name)
  ? { ...event, faces: event.faces.map((face) =>
    (face.person === name ? { ...face, person: to, similarity: null } : face)) }
  : event);

/** Names that changed one after the other, the last at `NOW`; null for who was forgotten. */
function changes(...names: readonly (readonly [name: string, to: string | null])[]): NameChangeSource {
  let left = names.map(([name, to], index) =>
    ({ id: String(index), name, to, at: (NOW + 1 + index - names.length) * 1000 }));
  return { list: async () => left, done: async (id) => { left = left.filter((one) => one.id !== id); } };
}

describe('changed names', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-forget-')); });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('of who was forgotten stand in no event any more, and what has ended is told anew to whoever uploads it', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const events = Array.from({ length: 250 }, (_, index) =>
      named(NOW - 1000 + index, index % 2 === 0 ? 'Ada' : 'Grace', null));
    archive.transaction(() => { for (const event of events) archive.putEvent(event); });
    const last = archive.view.endedAfter(0, 1000).at(-1)?.seq ?? 0;
    const source = changes(['Ada', null]);
    await new ChangedNames(archive, changed, source).changeAll();
    assert.deepEqual(await source.list(assert.ifError), []);
    const names = events.flatMap(({ id }) => archive.view.get(id)?.faces.flatMap(({ person }) => person ?? []) ?? []);
    assert.deepEqual([names.length, new Set(names)], [125, new Set(['Grace'])]);
    const anew = archive.view.endedAfter(last, 1000).map(({ event }) => event);
    assert.deepEqual([anew.length, new Set(anew.map(({ revision }) => revision))], [125, new Set([1])]);
  });

  it('may be named anew: what was recorded after that keeps the name, however late the old ones are cleaned', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const [before, after] = [named(NOW - 5, 'Ada'), named(NOW + 60, 'Ada')];
    for (const event of [before, after]) archive.putEvent(event);
    await new ChangedNames(archive, changed, changes(['Ada', null])).changeAll();
    assert.deepEqual([before, after].map(({ id }) => archive.view.get(id)?.faces[0]?.person), [null, 'Ada']);
  });

  it('vanish although another name cannot be read now, which is said then: that one has not vanished', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    archive.putEvent(named(NOW - 5, 'Ada'));
    const source = changes(['Ada', null]);
    const half: NameChangeSource = {
      ...source, list: (onUnreadable) => { onUnreadable(new Error('a bad sector')); return source.list(onUnreadable); },
    };
    await assert.rejects(new ChangedNames(archive, changed, half).changeAll(), /a bad sector/);
    assert.deepEqual(
      [archive.view.page({ limit: 1 }).events[0]?.faces[0]?.person, await source.list(assert.ifError)], [null, []],
    );
  });

  it('stand in all events as the person is called now, or vanish from them with the person, one change after the other', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const { id } = named(NOW - 5, 'Lexi', 'Bob', 'Cid');
    archive.putEvent(named(NOW - 5, 'Lexi', 'Bob', 'Cid'));
    const source = changes(['Lexi', 'Alex'], ['Alex', 'Alexandra'], ['Bob', 'Rob'], ['Rob', null]);
    const names = new ChangedNames(archive, changed, source);
    await names.changeAll();
    assert.deepEqual(archive.view.get(id)?.faces.map(({ person }) => person), ['Alexandra', null, 'Cid']);
    assert.equal(archive.view.get(id)?.revision, 4, 'each takes the place of the one before');
    assert.equal(names.clean(named(NOW - 10, 'Lexi')).faces[0]?.person, 'Alexandra');
  });

  it('are changed one after the other by all who ask at a time: two people who swap names are not taken for one', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    archive.putEvent(named(NOW - 5, 'Ada', 'Bob'));
    const source = changes(['Ada', 'X'], ['Bob', 'Ada'], ['X', 'Bob']);
    let asked = 0;
    // Who asks second reads the changes as they are now, and has them a little later.
    const slow: NameChangeSource = {
      ...source, list: async (onUnreadable) => {
        const turns = asked++ * 20;
        const left = await source.list(onUnreadable);
        for (let turn = 0; turn < turns; turn++) await otherWork();
        return left;
      },
    };
    const names = new ChangedNames(archive, changed, slow);
    await Promise.all([names.changeAll(), names.changeAll()]);
    assert.deepEqual(archive.view.page({ limit: 1 }).events[0]?.faces.map(({ person }) => person), ['Bob', 'Ada']);
  });

  it('leave no trace of the old one in the file of the catalogue, also where an event tells much', async () => {
    const file = path.join(folder, 'archive.db');
    const lasting = (start: number): TytoEvent => ({
      ...named(start, 'Adelheid'), tracks: Array.from({ length: 32 }, (_, id) => ({
        id: id + 1, start_time: start, end_time: start + 5, direction: null, zones: [],
        path: Array.from({ length: 32 }, (_point, n): [number, number] => [id / 32, n / 32]),
      })),
    });
    {
      using archive = openArchive(file, millis(NOW * 1000), silentLog);
      for (let index = 0; index < 250; index++)
        archive.putEvent(index % 2 === 0 ? lasting(NOW - 1000 + index) : named(NOW - 1000 + index, 'Adelheid'));
      await new ChangedNames(archive, changed, changes(['Adelheid', null])).changeAll();
    }
    assert.equal((await readFile(file)).includes('Adelheid'), false);
  });

  it('do not come back with an event that was under way, or began while the old one was still told, but may be given anew', async () => {
    using archive = openArchive(path.join(folder, 'archive.db'), millis(NOW * 1000), silentLog);
    const people = new ChangedNames(archive, changed, changes(['Ada', null]));
    await people.changeAll();
    assert.deepEqual([NOW - 5, NOW + 2, NOW + 60].map((start) =>
      people.clean(named(start, 'Ada')).faces[0]?.person), [null, null, 'Ada']);
  });
});
