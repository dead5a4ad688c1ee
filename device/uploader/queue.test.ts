import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endedEvent, ListedEvents } from '../../test/fixtures/ended-events.ts';
import type { FileRole } from '../contract/manifest.ts';
import { silentLog } from '../core/log.ts';
import { millis, minutes } from '../core/units.ts';
import { checkpointOf } from './checkpoints.ts';
import { CLASSES } from './plan.ts';
import { uploadPolicy } from './policy.ts';
import { Answers } from './answers.ts';
import { nextDueAt, nextItem } from './next-item.ts';
import { UploadQueue } from './queue.ts';
import type { QueueFailure, QueueItem } from './queue-item.ts';
import { QueueReader } from './queue-reader.ts';

const now = millis(1_795_000_000_000);
const longest = minutes(60);
const policy = uploadPolicy('events');
const wish = { classes: CLASSES, place: 0, mayBegin: true } as const;
const told = (stored: readonly FileRole[]) =>
  ({ stored, told: stored, faulty: [], place: 0, manifest: undefined } as const);
const done = { stored: 0, acknowledged: 0, dead: 0 };

/** As the first release of the queue made it. */
const QUEUE_OF_VERSION_1 = `
  CREATE TABLE item (
    event_id TEXT PRIMARY KEY, event TEXT, state TEXT NOT NULL CHECK (state IN ('pending', 'uploaded', 'refused')), stored TEXT NOT NULL DEFAULT '', told TEXT,
    attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER NOT NULL DEFAULT 0, value REAL NOT NULL, blame TEXT CHECK (blame IN ('event', 'store')), code TEXT, reason TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX open_by_value ON item (value DESC, next_at) WHERE state <> 'uploaded';
  CREATE INDEX open_by_tries ON item (attempts, value DESC, next_at) WHERE state <> 'uploaded';
  CREATE INDEX open_by_time ON item (next_at) WHERE state <> 'uploaded';
  CREATE INDEX by_state ON item (state);
  CREATE TABLE cursor (one INTEGER PRIMARY KEY CHECK (one = 1), generation TEXT NOT NULL, seq INTEGER NOT NULL) STRICT;
  CREATE TABLE store (one INTEGER PRIMARY KEY CHECK (one = 1), name TEXT NOT NULL) STRICT;
  PRAGMA user_version = 1;
`;

describe('upload queue', () => {
  let folder: string;
  let file: string;
  let queue: UploadQueue;
  const reopen = (): void => { queue[Symbol.dispose](); queue = UploadQueue.open(file, policy, silentLog); };
  const next = (first: 'newest' | 'least-tried' = 'newest', at = now): QueueItem | undefined =>
    nextItem(queue.db, { ...wish, now: at, longest, first });
  const nextId = (at = now): string | undefined => next('newest', at)?.event.id;
  const facts = ({ event, state, attempts, stored, told: named }: QueueItem) =>
    ({ event, state, attempts, stored, told: named });
  const failure = (change: Partial<QueueFailure>): QueueFailure =>
    ({
      state: 'pending', attempts: 1, strikes: 0, now, nextAt: now, blame: 'store', code: null, reason: null, ...change,
    });
  function theNext(): QueueItem {
    const item = next();
    assert.ok(item !== undefined);
    return item;
  }

  function finish(item: QueueItem): void {
    queue.progress(item, told(['snapshot', 'clip']));
    queue.stored(item, now);
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-'));
    file = path.join(folder, 'uploads.db');
    queue = UploadQueue.open(file, policy, silentLog);
  });
  afterEach(async () => {
    queue[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  it('remembers over a restart what came in, how far the catalogue was read, and how far an event has come', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    queue.progress(theNext(), told(['snapshot']));
    reopen();
    assert.deepEqual(queue.cursor('events'), { generation: 'first', seq: 2 });
    assert.deepEqual(facts(theNext()), {
      event: endedEvent(2), state: 'pending', attempts: 0, stored: ['snapshot'], told: ['snapshot'],
    });
  });

  it('counts what was deleted before it had gone, also over a restart', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    assert.equal(queue.goneCount, 0);
    queue.gone(endedEvent(1).id);
    queue.gone(endedEvent(2).id);
    reopen();
    assert.deepEqual([queue.goneCount, queue.counts().pending], [2, 0]);
  });

  it('gives the newest event first, and all of them in the end', () => {
    queue.add('events', ListedEvents.upTo(3).rows, 'first');
    const order: string[] = [];
    for (let item = next(); item !== undefined; item = next()) {
      order.push(item.event.id);
      finish(item);
    }
    assert.deepEqual(order, [3, 2, 1].map((n) => endedEvent(n).id));
    assert.deepEqual(queue.counts(), { ...done, pending: 0, stored: 3, refused: 0 });
  });

  it('takes an event in once, however often the catalogue tells it', () => {
    queue.add('events', ListedEvents.upTo(3).rows, 'first');
    finish(theNext());
    queue.add('events', ListedEvents.upTo(3).rows, 'second');
    assert.deepEqual(queue.counts(), { ...done, pending: 2, stored: 1, refused: 0 });
  });

  it('takes in what was added to an event that waits, and sends only that', () => {
    const whole = endedEvent(1);
    queue.add('events', [{ seq: 1, event: { ...whole, clip: null, has_clip: false } }], 'first');
    queue.progress(theNext(), told(['snapshot']));
    queue.add('events', [{ seq: 2, event: whole }], 'first');
    assert.deepEqual(facts(theNext()), {
      event: whole, state: 'pending', attempts: 0, stored: ['snapshot'], told: undefined,
    });
  });

  it('does not forget a clip that the catalogue lost before it was uploaded', () => {
    const whole = endedEvent(1);
    queue.add('events', [{ seq: 1, event: whole }], 'first');
    queue.add('events', [{ seq: 2, event: { ...whole, clip: null, has_clip: false } }], 'first');
    assert.deepEqual(theNext().event, whole);
  });

  it('opens an uploaded event again for a clip that was found later, and never for one that was lost later', () => {
    const whole = endedEvent(1);
    const poor = { ...whole, clip: null, has_clip: false };
    queue.add('events', [{ seq: 1, event: poor }], 'first');
    const item = theNext();
    queue.progress(item, told(['snapshot']));
    queue.stored(item, now);
    queue.add('events', [{ seq: 2, event: whole }], 'first');
    assert.deepEqual(facts(theNext()), {
      event: whole, state: 'pending', attempts: 0, stored: ['snapshot'], told: ['snapshot'],
    });
    finish(theNext());
    queue.add('events', [{ seq: 3, event: poor }], 'first');
    assert.deepEqual(queue.counts(), { ...done, pending: 0, stored: 1, refused: 0 });
  });

  it('lets one that waits for its time wait, and the others go', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    queue.failed(theNext(), failure({
      state: 'pending', attempts: 1, nextAt: millis(now + 5000), blame: 'store', code: null, reason: null,
    }));
    assert.equal(nextId(), endedEvent(1).id);
    assert.equal(nextId(millis(now + 5000)), endedEvent(2).id);
    assert.equal(nextDueAt(queue.db, wish), 0);
  });

  it('gives the least tried one first when asked for it', () => {
    queue.add('events', ListedEvents.upTo(3).rows, 'first');
    queue.failed(theNext(), failure({
      state: 'pending', attempts: 1, nextAt: now, blame: 'store', code: null, reason: null,
    }));
    assert.deepEqual([nextId(), next('least-tried')?.event.id], [endedEvent(3).id, endedEvent(2).id]);
  });

  it('waits for no time that a wrong clock has set', () => {
    queue.add('events', ListedEvents.upTo(1).rows, 'first');
    queue.failed(theNext(), failure({
      state: 'refused', attempts: 9, nextAt: millis(now + minutes(60)), blame: 'store', code: 'x', reason: 'y',
    }));
    assert.equal(nextId(), undefined);
    assert.equal(nextId(millis(now - minutes(1))), endedEvent(1).id);
  });

  it('counts an attempt before it is made, so that one which ends the process is not made again at once', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    queue.begin(theNext(), millis(now + 5000));
    reopen();
    assert.equal(nextId(), endedEvent(1).id);
    assert.equal(next('newest', millis(now + 5000))?.attempts, 1);
  });

  it('does not count an attempt that was broken off', () => {
    queue.add('events', ListedEvents.upTo(1).rows, 'first');
    const item = theNext();
    queue.begin(item, millis(now + 5000));
    queue.release(item);
    assert.deepEqual(theNext(), item);
  });

  it('shows what was refused, with the reason of the refusal, until it is uploaded', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    const item = theNext();
    queue.failed(item, failure({
      state: 'refused', attempts: 1, nextAt: millis(now + 5000), blame: 'event', code: 'landing.source-missing',
      reason: 'gone',
    }));
    queue.failed({ ...item, state: 'refused' }, failure({
      state: 'refused', attempts: 2, nextAt: millis(now + 9000), blame: 'store', code: null, reason: null,
    }));
    assert.deepEqual(queue.refusals(10), [
      { event: item.event.id, code: 'landing.source-missing', reason: 'gone', retry_at: now / 1000 + 9 },
    ]);
    assert.deepEqual(queue.counts(), { ...done, pending: 1, stored: 0, refused: 1 });
    queue.stored(item, now);
    assert.deepEqual(queue.refusals(10), []);
  });

  it('is brought up to date from the release before, with all that waits', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    queue.db.exec(`DROP INDEX noted_by_value;
      ALTER TABLE item DROP COLUMN revision; ALTER TABLE item DROP COLUMN settled;
      CREATE INDEX refused_by_value ON item (value DESC) WHERE state = 'refused'; PRAGMA user_version = 2;`);
    reopen();
    assert.deepEqual(queue.counts(), { ...done, pending: 2, refused: 0 });
    const behind = {
      state: 'pending', code: 'landing.occupied', reason: 'the first lies there', blame: 'event',
    } as const;
    queue.failed(theNext(), failure(behind));
    assert.deepEqual(queue.refusals(10).map(({ code }) => code), ['landing.occupied']);
  });

  it('forgives what failed with the store, and not what failed by itself', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    for (const blame of ['event', 'store'] as const) {
      queue.failed(theNext(), failure({
        state: 'pending', attempts: 1, nextAt: millis(now + 5000), blame, code: null, reason: null,
      }));
    }
    assert.equal(nextId(), undefined);
    queue.forgive(0);
    assert.equal(nextId(), endedEvent(1).id);
  });

  it('moves a broken file away and starts anew', () => {
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    queue[Symbol.dispose]();
    writeFileSync(file, 'no database at all, but long enough to be taken for the header of one'.repeat(100));
    const warnings: string[] = [];
    queue = UploadQueue.open(file, policy, { ...silentLog, warn: (message) => { warnings.push(message); } });
    assert.match(warnings.join(), /damaged/);
    assert.deepEqual(queue.cursor('events'), { generation: '', seq: 0 });
    assert.ok(readdirSync(folder).some((name) => name.startsWith('uploads.db.broken-')));
    queue.add('events', ListedEvents.upTo(2).rows, 'first');
    assert.equal(queue.counts().pending, 2);
  });

  it('says so when its file cannot be opened', () => {
    assert.throws(() => UploadQueue.open(path.join(folder, 'missing/uploads.db'), policy, silentLog), {
      name: 'DeviceError', code: 'queue.failed',
    });
  });

  it('takes over the queue of an earlier Tyto: what waits goes on, what was uploaded is not sent again', () => {
    queue[Symbol.dispose]();
    rmSync(file);
    const [one, two, three] = [1, 2, 3].map((n) => endedEvent(n));
    const before = new DatabaseSync(file);
    before.exec(QUEUE_OF_VERSION_1);
    const insert = before.prepare(
      'INSERT INTO item (event_id, event, state, stored, told, value, code, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    insert.run(one?.id ?? '', null, 'uploaded', 'snapshot,clip', 'snapshot,clip', one?.start_time ?? 0, null, null);
    insert.run(two?.id ?? '', JSON.stringify(two), 'pending', 'snapshot', 'snapshot', two?.start_time ?? 0, null, null);
    insert.run(three?.id ?? '', JSON.stringify(three), 'refused', '', null, (three?.start_time ?? 0) - 1e11, 'x', 'y');
    before.exec("INSERT INTO cursor VALUES (1, 'first', 3); INSERT INTO store VALUES (1, 'here')");
    before.close();
    queue = UploadQueue.open(file, policy, silentLog);
    queue.useStore(0, 'here');
    assert.deepEqual([queue.cursor('events'), queue.counts()], [
      { generation: 'first', seq: 3 }, { ...done, pending: 1, refused: 1, stored: 1 },
    ]);
    assert.deepEqual(facts(theNext()), {
      event: two, state: 'pending', attempts: 0, stored: ['snapshot'], told: ['snapshot'],
    });
    queue.stored(theNext(), now);
    assert.deepEqual([theNext().event.id, new Answers(queue).awaited(0)], [three?.id, false]);
    using reader = new QueueReader(file, 'acknowledged');
    assert.deepEqual([...reader.uploaded(one?.id ?? '', one?.id ?? '')], [one?.id]);
  });

  it('keeps where a large object goes on, for the same content at the same store alone', () => {
    queue.useStore(0, 'one');
    const item = endedEvent(1);
    queue.add('events', [{ seq: 1, event: item }], 'first');
    assert.ok(item.clip);
    const clip = { role: 'clip', file: item.clip } as const;
    checkpointOf(queue.db, item.id, clip, 0).save('part 3');
    reopen();
    assert.equal(checkpointOf(queue.db, item.id, clip, 0).token, 'part 3');
    assert.equal(checkpointOf(queue.db, item.id, clip, 1).token, undefined);
    assert.equal(
      checkpointOf(queue.db, item.id, { ...clip, file: { ...clip.file, sha256: 'f'.repeat(64) } }, 0).token, undefined,
    );
    queue.useStore(0, 'another');
    assert.equal(checkpointOf(queue.db, item.id, clip, 0).token, undefined);
  });
});
