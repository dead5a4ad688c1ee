import assert from 'node:assert/strict';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { firstPiece } from '../../test/fixtures/pieces.ts';
import { manifestSchema } from '../contract/manifest.ts';
import { millis } from '../core/units.ts';
import { uploadCatalogue, type ArchiveRows } from './catalogue.ts';

/** Events 1 to 9, and a piece of the first minute. */
const archive: ArchiveRows = {
  endedAfter: () => [], generation: () => 'one', whyGone: () => undefined,
  piecesAfter: (seq) => (seq === 0 ? [{ seq: 7, piece: firstPiece }] : []),
  get: (id) => (id === endedEvent(1).id ? endedEvent(1)
    : id === endedEvent(2).id ? { ...endedEvent(2), end_time: null } : undefined),
  page: ({ from, to, before = '~' }) => {
    const events = [9, 8, 7, 6, 5, 4, 3, 2, 1].map((n) => ({ ...endedEvent(n), starred: true }))
      .filter(({ id, start_time: start }) => id < before && start * 1000 >= from && start * 1000 < to);
    return { events: events.slice(0, 2), next: events.length > 2 ? events[1]?.id ?? null : null };
  },
  recordings: ({ from, to }) =>
    (firstPiece.start_time * 1000 < to && firstPiece.start_time * 1000 + 60_000 > from ? [firstPiece] : []),
};
const catalogue = uploadCatalogue(() => archive, '/nowhere');

describe('the catalogue, for who uploads', () => {
  it('has pieces of continuous recording as events that a manifest may hold, each under one id', () => {
    const [row] = catalogue.piecesAfter(0, 10);
    assert.equal(row?.seq, 7);
    assert.doesNotThrow(() => manifestSchema.parse({ version: 1, event: row.event, producer: 'tyto' }));
    assert.deepEqual(catalogue.find(row.event.id), row.event);
  });

  it('finds events that have ended, and no others', () => {
    assert.deepEqual(
      [catalogue.find(endedEvent(1).id), catalogue.find(endedEvent(2).id), catalogue.find(endedEvent(3).id)],
      [endedEvent(1), undefined, undefined],
    );
  });

  it('has all of a time, page by page, oldest first, without stars', () => {
    const span = { from: millis(endedEvent(2).start_time * 1000 + 1), to: millis(endedEvent(5).start_time * 1000) };
    const piece = catalogue.piecesAfter(0, 1)[0]?.event;
    assert.deepEqual(catalogue.within(span, 100), [piece, endedEvent(2), endedEvent(3), endedEvent(4)]);
    assert.equal(catalogue.within(span, 2).length, 2);
  });
});
