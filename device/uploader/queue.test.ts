import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent, ListedEvents } from '../../test/fixtures/ended-events.ts';
import { silentLog } from '../core/log.ts';
import { millis, minutes } from '../core/units.ts';
import { UploadQueue, type QueueItem } from './queue.ts';

const now = millis(1_795_000_000_000);
const longest = minutes(60);

describe('upload queue', () => {
  let folder: string;
  let file: string;
  let queue: UploadQueue;
  const reopen = (): void => { queue[Symbol.dispose](); queue = UploadQueue.open(file, silentLog); };
  const nextId = (at = now): string | undefined => queue.next(at, longest, 'newest')?.event.id;
  function nextItem(): QueueItem {
    const item = queue.next(now, longest, 'newest');
    assert.ok(item !== undefined);
    return item;
  }

  function finish(item: QueueItem): void {
    queue.progress(item, { stored: ['snapshot', 'clip'], told: ['snapshot', 'clip'] });
    queue.uploaded(item);
  }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-'));
    file = path.join(folder, 'uploads.db');
    queue = UploadQueue.open(file, silentLog);
  });
  afterEach(async () => {
    queue[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  it('remembers over a restart what came in, how far the catalogue was read, and how far an event has come', () => {
    queue.add(ListedEvents.upTo(2).rows, 'first');
    queue.progress(nextItem(), { stored: ['snapshot'], told: ['snapshot'] });
    reopen();
    assert.deepEqual(queue.cursor, { generation: 'first', seq: 2 });
    assert.deepEqual(nextItem(), { event: endedEvent(2), state: 'pending', attempts: 0, stored: ['snapshot'], told: ['snapshot'] });
  });

  it('gives the newest event first, and all of them in the end', () => {
    queue.add(ListedEvents.upTo(3).rows, 'first');
    const order: string[] = [];
    for (let item = queue.next(now, longest, 'newest'); item !== undefined; item = queue.next(now, longest, 'newest')) {
      order.push(item.event.id);
      finish(item);
    }
    assert.deepEqual(order, [3, 2, 1].map((n) => endedEvent(n).id));
    assert.deepEqual(queue.counts(), { pending: 0, uploaded: 3, refused: 0 });
  });

  it('takes an event in once, however often the catalogue tells it', () => {
    queue.add(ListedEvents.upTo(3).rows, 'first');
    finish(nextItem());
    queue.add(ListedEvents.upTo(3).rows, 'second');
    assert.deepEqual(queue.counts(), { pending: 2, uploaded: 1, refused: 0 });
  });

  it('takes in what was added to an event that waits, and sends only that', () => {
    const whole = endedEvent(1);
    queue.add([{ seq: 1, event: { ...whole, clip: null, has_clip: false } }], 'first');
    queue.progress(nextItem(), { stored: ['snapshot'], told: ['snapshot'] });
    queue.add([{ seq: 2, event: whole }], 'first');
    assert.deepEqual(nextItem(), { event: whole, state: 'pending', attempts: 0, stored: ['snapshot'], told: undefined });
  });

  it('does not forget a clip that the catalogue lost before it was uploaded', () => {
    const whole = endedEvent(1);
    queue.add([{ seq: 1, event: whole }], 'first');
    queue.add([{ seq: 2, event: { ...whole, clip: null, has_clip: false } }], 'first');
    assert.deepEqual(nextItem().event, whole);
  });

  it('opens an uploaded event again for a clip that was found later, and never for one that was lost later', () => {
    const whole = endedEvent(1);
    const poor = { ...whole, clip: null, has_clip: false };
    queue.add([{ seq: 1, event: poor }], 'first');
    const item = nextItem();
    queue.progress(item, { stored: ['snapshot'], told: ['snapshot'] });
    queue.uploaded(item);
    queue.add([{ seq: 2, event: whole }], 'first');
    assert.deepEqual(nextItem(), { event: whole, state: 'pending', attempts: 0, stored: [], told: undefined });
    finish(nextItem());
    queue.add([{ seq: 3, event: poor }], 'first');
    assert.deepEqual(queue.counts(), { pending: 0, uploaded: 1, refused: 0 });
  });

  it('lets one that waits for its time wait, and the others go', () => {
    queue.add(ListedEvents.upTo(2).rows, 'first');
    queue.failed(nextItem(), { state: 'pending', attempts: 1, nextAt: millis(now + 5000), blame: 'store', code: null, reason: null });
    assert.equal(nextId(), endedEvent(1).id);
    assert.equal(nextId(millis(now + 5000)), endedEvent(2).id);
    assert.equal(queue.nextDueAt(), 0);
  });

  it('gives the least tried one first when asked for it', () => {
    queue.add(ListedEvents.upTo(3).rows, 'first');
    queue.failed(nextItem(), { state: 'pending', attempts: 1, nextAt: now, blame: 'store', code: null, reason: null });
    assert.deepEqual([nextId(), queue.next(now, longest, 'least-tried')?.event.id], [endedEvent(3).id, endedEvent(2).id]);
  });

  it('waits for no time that a wrong clock has set', () => {
    queue.add(ListedEvents.upTo(1).rows, 'first');
    queue.failed(nextItem(), { state: 'refused', attempts: 9, nextAt: millis(now + minutes(60)), blame: 'store', code: 'x', reason: 'y' });
    assert.equal(nextId(), undefined);
    assert.equal(nextId(millis(now - minutes(1))), endedEvent(1).id);
  });

  it('counts an attempt before it is made, so that one which ends the process is not made again at once', () => {
    queue.add(ListedEvents.upTo(2).rows, 'first');
    queue.begin(nextItem(), millis(now + 5000));
    reopen();
    assert.equal(nextId(), endedEvent(1).id);
    assert.equal(queue.next(millis(now + 5000), longest, 'newest')?.attempts, 1);
  });

  it('does not count an attempt that was broken off', () => {
    queue.add(ListedEvents.upTo(1).rows, 'first');
    const item = nextItem();
    queue.begin(item, millis(now + 5000));
    queue.release(item);
    assert.deepEqual(nextItem(), item);
  });

  it('shows what was refused, with the reason of the refusal, until it is uploaded', () => {
    queue.add(ListedEvents.upTo(2).rows, 'first');
    const item = nextItem();
    queue.failed(item, { state: 'refused', attempts: 1, nextAt: millis(now + 5000), blame: 'event', code: 'landing.source-missing', reason: 'gone' });
    queue.failed({ ...item, state: 'refused' }, { state: 'refused', attempts: 2, nextAt: millis(now + 9000), blame: 'store', code: null, reason: null });
    assert.deepEqual(queue.refusals(10), [{ event: item.event.id, code: 'landing.source-missing', reason: 'gone', retry_at: now / 1000 + 9 }]);
    assert.deepEqual(queue.counts(), { pending: 1, uploaded: 0, refused: 1 });
    queue.uploaded(item);
    assert.deepEqual(queue.refusals(10), []);
  });

  it('forgives what failed with the store, and not what failed by itself', () => {
    queue.add(ListedEvents.upTo(2).rows, 'first');
    for (const blame of ['event', 'store'] as const) {
      queue.failed(nextItem(), { state: 'pending', attempts: 1, nextAt: millis(now + 5000), blame, code: null, reason: null });
    }
    assert.equal(nextId(), undefined);
    queue.forgive();
    assert.equal(nextId(), endedEvent(1).id);
  });

  it('moves a broken file away and starts anew', () => {
    queue.add(ListedEvents.upTo(2).rows, 'first');
    queue[Symbol.dispose]();
    writeFileSync(file, 'no database at all, but long enough to be taken for the header of one'.repeat(100));
    const warnings: string[] = [];
    queue = UploadQueue.open(file, { ...silentLog, warn: (message) => { warnings.push(message); } });
    assert.match(warnings.join(), /damaged/);
    assert.deepEqual(queue.cursor, { generation: '', seq: 0 });
    assert.ok(readdirSync(folder).some((name) => name.startsWith('uploads.db.broken-')));
    queue.add(ListedEvents.upTo(2).rows, 'first');
    assert.equal(queue.counts().pending, 2);
  });

  it('says so when its file cannot be opened', () => {
    assert.throws(() => UploadQueue.open(path.join(folder, 'missing/uploads.db'), silentLog), { name: 'DeviceError', code: 'queue.failed' });
  });
});
