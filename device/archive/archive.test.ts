import assert from 'node:assert/strict';
import path from 'node:path';
import fc from 'fast-check';
import { eventSchema } from '../contract/event.ts';
import { segmentFileName } from '../contract/media-path.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { Sqlite } from '../durable/sqlite.ts';
import { reading } from './archive-file.ts';
import type { Archive } from './archive.ts';
import { openArchive } from './open-archive.ts';
import { searchIds } from './search-ids.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from '../../test/recording/events.ts';

const withArchive = async (use: (archive: Archive, file: string) => void): Promise<void> => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'archive.db');
  using archive = openArchive(file, dawn, silentLog);
  use(archive, file);
};

describe('archive', () => {
  it('gives an event back as it was put, and its latest state only', () => withArchive((archive) => {
    archive.putEvent(eventAt(0));
    archive.putEvent({ ...eventAt(0, { lasted: 9 }), top_score: 0.9 });
    const event = archive.view.get(idAt(0));
    assert.deepEqual(event, { ...eventAt(0, { lasted: 9 }), top_score: 0.9 });
    assert.doesNotThrow(() => eventSchema.parse(event));
    assert.equal(archive.view.page({ limit: 10 }).events.length, 1);
    assert.equal(archive.view.get('1795252530.123456-nobody'), undefined);
  }));

  it('lists events newest first, page by page, running ones included', () => withArchive((archive) => {
    for (let second = 0; second < 25; second++) archive.putEvent(eventAt(second, second === 24 ? {} : { lasted: 1 }));
    const pages: string[][] = [];
    for (let before: string | undefined; ; ) {
      const page = archive.view.page({
        limit: 10, ...(before === undefined ? {} : { before }),
      }).events.map(({ id }) => id);
      if (page.length === 0) break;
      pages.push(page);
      before = page.at(-1);
    }
    assert.deepEqual(pages.map(({ length }) => length), [10, 10, 5]);
    assert.deepEqual(pages.flat(), Array.from({ length: 25 }, (_, second) => idAt(24 - second)));
  }));

  it('tells the pieces of continuous recording in the order in which they were begun, and passes over none that is not complete', () =>
    withArchive((archive) => {
      const piece = (second: number) => {
        const startedAt = millis(dawn + second * 1000);
        const name = segmentFileName({ kind: 'continuous', at: startedAt, device: 'barn', camera: 'yard' });
        return { name, class: 'continuous' as const, camera: 'yard', eventId: null, startedAt };
      };
      const close = (second: number): void => {
        const { clip } = recordingAt(second);
        archive.closeRecording({
          ...piece(second), clip: { ...clip, name: piece(second).name }, fault: null, lost: { duration: millis(0) },
        });
      };
      for (const second of [60, 0, 120]) archive.openRecording(piece(second)); // a clock that was set back between
      archive.closeRecording({ ...recordingAt(5) });
      close(60);
      close(120);
      const told = (after: number) => archive.view.piecesAfter(after, 10).map(({ piece: { name } }) => name);
      assert.deepEqual(told(0), [piece(60).name], 'the one after it is still being written');
      close(0);
      assert.deepEqual(told(0), [60, 0, 120].map((second) => piece(second).name));
      const [first] = archive.view.piecesAfter(0, 1);
      assert.deepEqual(told(first?.seq ?? 0), [0, 120].map((second) => piece(second).name));
      archive.hold(piece(0).name);
      assert.deepEqual(told(0), [piece(60).name], 'its time may still change');
      assert.deepEqual(told(1e6).length, 1, 'a catalogue that counts from the beginning again');
    }));

  it('lists only what began in the time asked for, of the camera asked for', () => withArchive((archive) => {
    for (let second = 0; second < 10; second++)
      archive.putEvent(eventAt(second, { camera: second % 2 === 0 ? 'yard' : 'door' }));
    const found = archive.view.page({
      limit: 100, from: millis(dawn + 2000), to: millis(dawn + 7000), camera: 'yard',
    }).events;
    assert.deepEqual(found.map(({ id }) => id), [idAt(6), idAt(4), idAt(2)]);
    assert.deepEqual(archive.view.page({
      limit: 100, from: millis(dawn + 2000), to: millis(dawn + 4000),
    }).events.map(({ id }) => id), [idAt(3), idAt(2)]);
  }));

  it('finds on each page what sorting all events would find', () => fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 60 }), fc.integer({
      min: 1, max: 9,
    }), (moments, limit) =>
      withArchive((archive) => {
        archive.transaction(() => { for (const second of moments) archive.putEvent(eventAt(second)); });
        const expected = moments.toSorted((a, b) => b - a).map(idAt);
        let seen: string[] = [];
        for (let more = true; more;) {
          const before = seen.at(-1);
          const page = archive.view.page({
            limit, ...(before === undefined ? {} : { before }),
          }).events.map(({ id }) => id);
          more = page.length === limit;
          seen = [...seen, ...page];
        }
        assert.deepEqual(seen, expected);
      })), { numRuns: 15 },
  ));

  it('finds what has all that is asked for, whatever the lists hold, and says where to go on', () => fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({
        kinds: fc.subarray(['motion', 'person', 'face'] as const, { minLength: 1 }),
        zones: fc.subarray(['drive', 'door']), camera: fc.constantFrom('yard', 'shed'),
      }), { maxLength: 50 }),
      fc.record({
        kind: fc.constantFrom('motion', 'person', 'face', 'animal'), zone: fc.constantFrom('drive', 'door', 'moon'),
        camera: fc.constantFrom('yard', 'shed'),
      } as const, { requiredKeys: [] }),
      fc.integer({ min: 1, max: 7 }),
      (events, query, limit) => withArchive((archive) => {
        const all = events.map(({ kinds, zones, camera }, second) =>
          ({ ...eventAt(second, { camera }), kinds, entered_zones: zones }));
        archive.transaction(() => { for (const event of all) archive.putEvent(event); });
        const expected = all.filter((event) => (query.kind === undefined
          || event.kinds.some((kind) => kind === query.kind))
          && (query.zone === undefined || event.entered_zones.some((zone) => zone === query.zone))
          && (query.camera ?? event.camera) === event.camera);
        const seen: string[] = [];
        for (let before: string | null | undefined; before !== null;) {
          const { events: found, next } = archive.view.page({
            limit, ...query, ...(before === undefined ? {} : { before }),
          });
          seen.push(...found.map(({ id }) => id));
          before = next;
        }
        assert.deepEqual(seen, expected.map(({ id }) => id).reverse());
      })), { numRuns: 40 },
  ));

  it('cuts a search off where matches are rare, and goes on from there', () => withArchive((archive, file) => {
    archive.transaction(() => {
      for (let second = 0; second < 400; second++) {
        const event = eventAt(second, second === 3 ? { clip: recordingAt(3).clip } : {});
        archive.putEvent({
          ...event, kinds: second % 2 === 0 ? ['person'] : ['face'],
          entered_zones: second % 2 === 0 || second === 3 ? [] : ['drive'],
        });
      }
    });
    using db = Sqlite.openReader(file, reading);
    const number = (name: string): number => Number(db.get('SELECT id FROM tags WHERE name = ?', name)?.['id']);
    const search = { tags: [number('kind:face'), number('clip')], from: '', limit: 5 };
    const first = searchIds(db, { ...search, tags: [number('kind:person'), number('zone:drive')], before: '~' }, 50);
    assert.deepEqual([first.ids, first.next !== null && first.next < idAt(399)], [[], true]);
    assert.deepEqual(searchIds(db, { ...search, before: '~' }, 50), { ids: [idAt(3)], next: null });
  }));

  it('tells events by what they are after they changed', () => withArchive((archive) => {
    archive.putEvent({ ...eventAt(0), entered_zones: ['drive'] });
    archive.putEvent({ ...eventAt(0, { clip: recordingAt(0).clip }), kinds: ['person'], entered_zones: [] });
    const found = (query: object): number => archive.view.page({ limit: 5, ...query }).events.length;
    assert.deepEqual(
      [found({ kind: 'motion' }), found({ zone: 'drive' }), found({ kind: 'person' }), found({ clip: true })],
      [0, 0, 1, 1],
    );
  }));

  it('numbers events in the order in which they end, so that a long one is never passed over', () =>
    withArchive((archive) => {
      archive.putEvent(eventAt(0)); // goes on for long
      archive.putEvent(eventAt(10));
      archive.putEvent(eventAt(10, { lasted: 5 }));
      const first = archive.view.endedAfter(0, 10);
      assert.deepEqual(first.map(({ seq, event }) => [seq, event.id]), [[1, idAt(10)]]);
      archive.putEvent(eventAt(0, { lasted: 100 }));
      assert.deepEqual(archive.view.endedAfter(1, 10).map(({ seq, event }) => [seq, event.id]), [[2, idAt(0)]]);
      archive.putEvent(eventAt(10, { lasted: 6 })); // changed after it ended
      assert.deepEqual(archive.view.endedAfter(2, 10)
        .map(({ seq, event }) => [seq, event.end_time]), [[3, dawn / 1000 + 16]]);
      assert.deepEqual(archive.view.endedAfter(0, 1).map(({ seq }) => seq), [2]);
    }));

  it('keeps what is known of a recording while it is written and after', () => withArchive((archive) => {
    const recording = recordingAt(20);
    archive.openRecording(recording);
    const { start_time: start } = recording.clip;
    const whole = { name: recording.name, class: 'event', camera: 'yard', event_id: idAt(20), start_time: start };
    assert.deepEqual(archive.view.recording(recording.name), {
      ...whole, state: 'writing', end_time: null, bytes: null, sha256: null, codec: null, width: null,
      height: null, lost_seconds: 0, reason: null,
    });
    assert.deepEqual(archive.writing(), [recording.name]);
    archive.closeRecording({ ...recording, fault: { message: 'the disk is full' }, lost: { duration: millis(1500) } });
    assert.deepEqual(archive.view.recording(recording.name), {
      ...whole, state: 'complete', end_time: start + 10, bytes: 1000, sha256: 'a'.repeat(64),
      codec: 'avc1.64001f', width: 160, height: 120,
      lost_seconds: 1.5, reason: 'the disk is full',
    });
    assert.deepEqual(archive.writing(), []);
    assert.equal(archive.view.recordings({ class: 'event', limit: 10, from: recording.startedAt }).length, 1);
    assert.equal(archive.view.recordings({ class: 'continuous', limit: 10 }).length, 0);
  }));

  it('keeps a recording of which nothing came as lost, with the reason', () => withArchive((archive) => {
    const recording = recordingAt(20);
    archive.openRecording(recording);
    archive.closeRecording({ ...recording, clip: null, fault: { message: 'the disk is full' } });
    const row = archive.view.recording(recording.name);
    assert.deepEqual([row?.state, row?.reason], ['lost', 'the disk is full']);
  }));

  it('writes several changes together or not at all', () => withArchive((archive) => {
    assert.throws(() => archive.transaction(() => {
      archive.putEvent(eventAt(0, { lasted: 1 }));
      throw new Error('half way');
    }), /half way/);
    assert.equal(archive.view.get(idAt(0)), undefined);
    archive.putEvent(eventAt(1, { lasted: 1 }));
    assert.deepEqual(archive.view.endedAfter(0, 10).map(({ seq }) => seq), [1], 'no number was used up');
  }));
});
