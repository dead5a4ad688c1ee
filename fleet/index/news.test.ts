import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hours, millis } from '../../device/core/units.ts';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import type { News, Rejection } from './port.ts';
import { SqliteIndex } from './sqlite-index.ts';

const NOON = millis(1_795_262_400_000);

const rejection = (key: string): Rejection => ({
  key, device: 'yard', code: 'file.wrong-hash', message: 'not what was announced', rejectedAt: NOON,
  folder: 'yard/x/', objects: [], delivery: 'abc',
});
const said = (news: readonly News[]): readonly string[] =>
  news.map((one) => (one.what === 'rejected' ? `rejected ${one.rejection.key}`
    : `${one.what} ${one.row.event.id}${one.isFirst ? ' first' : ''}`));

describe('news of the index', () => {
  let folder: string;
  let index: SqliteIndex;
  const file = (): string => path.join(folder, 'index.db');
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-news-'));
    index = SqliteIndex.open(file());
  });
  afterEach(async () => {
    index[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });
  const accept = (n: number, { at = NOON, sealed = false, version = 0 } = {}): Promise<void> => index.accept({
    event: endedEvent(n), folder: 'x/', ingestedAt: millis(at), damage: null, sealed,
  }, [`key-${n}`], version);
  const id = (n: number): string => endedEvent(n).id;

  it('come in the order in which they happened, a page at a time, over a restart', async () => {
    assert.deepEqual((await index.since('', 10)).news, []);
    await accept(2);
    await index.reject(rejection('a.json'));
    await accept(1);
    const first = await index.since('', 2);
    assert.deepEqual([said(first.news), first.more], [[`accepted ${id(2)} first`, 'rejected a.json'], true]);
    index[Symbol.dispose]();
    index = SqliteIndex.open(file());
    const second = await index.since(first.cursor, 2);
    assert.deepEqual([said(second.news), second.more], [[`accepted ${id(1)}`], false]);
    assert.deepEqual(await index.since(second.cursor, 2), { news: [], cursor: second.cursor, more: false });
    assert.equal(await index.latest(), second.cursor);
  });

  it('tell of an event that became more, and not of one that came again', async () => {
    await accept(1);
    await accept(1);
    await accept(1, { sealed: true, version: 1 });
    assert.deepEqual(said((await index.since('', 10)).news), [`accepted ${id(1)} first`, `updated ${id(1)}`]);
  });

  it('leave out a rejection that was taken back', async () => {
    await index.reject(rejection('key-1'));
    await accept(1);
    assert.deepEqual(said((await index.since('', 10)).news), [`accepted ${id(1)} first`]);
  });

  it('begin anew for the cursor of another index', async () => {
    await accept(1);
    const { cursor } = await index.since('', 10);
    using other = SqliteIndex.open(path.join(folder, 'other.db'));
    await other.reject(rejection('b.json'));
    assert.deepEqual(said((await other.since(cursor, 10)).news), ['rejected b.json']);
    assert.deepEqual(said((await other.since('nonsense', 10)).news), ['rejected b.json']);
  });

  it('are remembered for a week, and then no longer than they must', async () => {
    await accept(1);
    await accept(2, { at: millis(NOON + hours(7 * 24)) });
    assert.equal((await index.since('', 10)).news.length, 2);
    await accept(3, { at: millis(NOON + hours(9 * 24)) });
    assert.deepEqual(said((await index.since('', 10)).news), [`accepted ${id(2)}`, `accepted ${id(3)}`]);
  });
});
