import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import type { TytoEvent } from '../contract/event.ts';
import { silentLog } from '../core/log.ts';
import { millis, minutes } from '../core/units.ts';
import { Answers } from './answers.ts';
import { nextItem } from './next-item.ts';
import { CLASSES } from './plan.ts';
import { uploadPolicy } from './policy.ts';
import { UploadQueue } from './queue.ts';
import type { QueueItem } from './queue-item.ts';
import { QueueReader } from './queue-reader.ts';

const now = millis(1_795_000_000_000);
const done = { stored: 0, acknowledged: 0, dead: 0, refused: 0 };
const told = {
  stored: ['snapshot', 'clip'], told: ['snapshot', 'clip'], faulty: [], place: 0, manifest: undefined,
} as const;
const facts = ({ event, state, attempts, stored, told: names }: QueueItem) =>
  ({ event, state, attempts, stored, told: names });

describe('upload queue, when somebody in an uploaded event is renamed or forgotten,', () => {
  let folder: string;
  let file: string;
  let queue: UploadQueue;
  function theNext(): QueueItem {
    const wish = { classes: CLASSES, place: 0, mayBegin: true, first: 'newest' } as const;
    const item = nextItem(queue.db, { ...wish, now, longest: minutes(60) });
    assert.ok(item !== undefined);
    return item;
  }
  function finish(item: QueueItem): void {
    queue.progress(item, told);
    queue.stored(item, now);
  }
  const named = (person: string | null, revision?: number): TytoEvent => ({
    ...endedEvent(1),
    faces: [{ box: [0, 0, 0.1, 0.1], score: 0.9, time: 1, person, similarity: person === null ? null : 0.8 }],
    ...(revision === undefined ? {} : { revision }),
  });
  const tell = (event: TytoEvent): void => queue.add('events', [{ seq: 1, event }], 'first');
  const acknowledge = (item: QueueItem): void => {
    queue.progress(item, { ...told, manifest: 'a'.repeat(64) });
    queue.stored(item, now);
    new Answers(queue).heard(
      { event: item.event.id, verdict: 'taken', sha256: 'a'.repeat(64), code: '' },
      { place: 0, at: now, now, find: () => undefined },
    );
  };
  const uploaded = (): readonly string[] => {
    using reader = new QueueReader(file, 'acknowledged');
    return [...reader.uploaded(endedEvent(1).id, endedEvent(1).id)];
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-'));
    file = path.join(folder, 'uploads.db');
    queue = UploadQueue.open(file, uploadPolicy('events'), silentLog);
    queue.useStore(0, 'one');
    tell(named('Ada'));
  });
  afterEach(async () => {
    queue[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  it('sends its words once more and none of its files, once for each change', () => {
    finish(theNext());
    tell(named(null, 1));
    assert.deepEqual(facts(theNext()), {
      event: named(null, 1), state: 'pending', attempts: 0, stored: ['snapshot', 'clip'], told: undefined,
    });
    assert.equal(theNext().class, 'news');
    finish(theNext());
    for (const event of [named(null, 1), named('Ada')]) tell(event);
    assert.deepEqual(queue.counts(), { ...done, pending: 0, stored: 1 }, 'all of that is known');
    tell(named('Eve', 2));
    assert.equal(queue.counts().pending, 1);
  });

  it('does not take an older telling for what the store has when the change came while a file was under way', () => {
    const item = theNext();
    tell(named(null, 1));
    finish(item);
    assert.deepEqual(facts(theNext()), {
      event: named(null, 1), state: 'pending', attempts: 0, stored: ['snapshot', 'clip'], told: undefined,
    });
  });

  it('goes on to count its files as taken, whether the words have gone or not', () => {
    acknowledge(theNext());
    tell(named(null, 1));
    assert.deepEqual([queue.counts().pending, uploaded()], [1, [endedEvent(1).id]]);
    finish(theNext());
    assert.deepEqual(uploaded(), [endedEvent(1).id]);
  });

  it('lets it be when the fleet, which had taken the files, has let go of them', () => {
    acknowledge(theNext());
    tell(named(null, 1));
    const item = theNext();
    queue.progress(item, { ...told, manifest: 'b'.repeat(64) });
    queue.stored(item, now);
    new Answers(queue).heard(
      { event: item.event.id, verdict: 'refused', sha256: 'b'.repeat(64), code: 'file.missing' },
      { place: 0, at: now, now, find: () => undefined },
    );
    assert.deepEqual(queue.counts(), { ...done, pending: 0, acknowledged: 1 });
  });

  it('takes no file out of the words of a store that has it while the device has it no more', () => {
    const lost = (event: TytoEvent): TytoEvent => ({ ...event, clip: null, has_clip: false });
    finish(theNext());
    tell(lost(named(null, 1)));
    assert.deepEqual(queue.counts(), { ...done, pending: 0, stored: 1 }, 'nobody would put the words of both together');
  });

  it('tells a fleet, which keeps the files that it took, also when the device has one no more', () => {
    acknowledge(theNext());
    tell({ ...named(null, 1), clip: null, has_clip: false });
    assert.equal(theNext().event.faces[0]?.person, null);
  });

  it('leaves alone what lies in a store that uploads no longer go to', () => {
    acknowledge(theNext());
    tell(named(null, 1));
    queue.useStore(0, 'another');
    tell(named('Eve', 2));
    assert.deepEqual(queue.counts(), { ...done, pending: 0, acknowledged: 1 });
  });
});
