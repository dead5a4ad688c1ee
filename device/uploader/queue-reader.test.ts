import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { silentLog } from '../core/log.ts';
import { minutes, millis } from '../core/units.ts';
import { CLASSES } from './plan.ts';
import { uploadPolicy } from './policy.ts';
import { QueueReader } from './queue-reader.ts';
import { Answers } from './answers.ts';
import { nextItem } from './next-item.ts';
import { UploadQueue } from './queue.ts';

const policy = uploadPolicy('events');

describe('reading the upload queue', () => {
  it('tells what has gone wholly, before there is a queue and after another one was begun', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-reader-'));
    try {
      const file = path.join(folder, 'uploads.db');
      using reader = new QueueReader(file, 'acknowledged');
      const gone = () => [...reader.uploaded(endedEvent(1).id, endedEvent(3).id)];
      assert.deepEqual([gone(), reader.hasFleet()], [[], true], 'nothing is known yet');
      {
        using queue = UploadQueue.open(file, policy, silentLog);
        queue.add('events', [1, 2, 3, 4].map((n) => ({ seq: n, event: endedEvent(n) })), 'first');
        for (let n = 0; n < 2; n++) {
          const item = nextItem(queue.db, {
            classes: CLASSES, place: 0, mayBegin: true, now: millis(0), longest: minutes(1), first: 'newest',
          });
          assert.ok(item);
          queue.stored(item, millis(0));
        }
        assert.deepEqual(gone(), [endedEvent(3).id], 'the fourth lies beyond');
      }
      await rename(file, `${file}.old`);
      using _ = UploadQueue.open(file, policy, silentLog);
      assert.deepEqual(gone(), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('takes for gone what the fleet has acknowledged, once a fleet has answered at all', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-reader-'));
    try {
      const file = path.join(folder, 'uploads.db');
      using queue = UploadQueue.open(file, policy, silentLog);
      queue.useStore(0, 'one');
      queue.add('events', [1, 2, 3].map((n) => ({ seq: n, event: endedEvent(n) })), 'first');
      const sha256 = (n: number): string => String(n).repeat(64);
      for (const n of [3, 2]) {
        const item = nextItem(queue.db, {
          classes: CLASSES, place: 0, mayBegin: true, now: millis(0), longest: minutes(1), first: 'newest',
        });
        assert.equal(item?.event.id, endedEvent(n).id);
        queue.progress(
          item, { stored: ['snapshot', 'clip'], told: ['snapshot', 'clip'], faulty: [], place: 0, manifest: sha256(n) },
        );
        queue.stored(item, millis(0));
      }
      using careful = new QueueReader(file, 'acknowledged');
      using content = new QueueReader(file, 'stored');
      const gone = (reader: QueueReader) => [...reader.uploaded(endedEvent(1).id, endedEvent(3).id)];
      const both = [2, 3].map((n) => endedEvent(n).id);
      assert.deepEqual([gone(careful), gone(content)], [both, both], 'nobody ever answered');
      assert.equal(careful.hasFleet(), false);
      new Answers(queue).heard({ event: endedEvent(3).id, verdict: 'taken', sha256: sha256(3), code: '' }, {
        place: 0, at: millis(0), now: millis(0), find: () => undefined,
      });
      assert.deepEqual([gone(careful), gone(content)], [[endedEvent(3).id], both]);
      assert.equal(careful.hasFleet(), true);
      assert.deepEqual([...careful.waiting(endedEvent(1).id, endedEvent(3).id)], [endedEvent(1).id, endedEvent(2).id]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
