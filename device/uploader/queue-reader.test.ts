import assert from 'node:assert/strict';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endedEvent } from '../../test/fixtures/ended-events.ts';
import { silentLog } from '../core/log.ts';
import { minutes, millis } from '../core/units.ts';
import { QueueReader } from './queue-reader.ts';
import { UploadQueue } from './queue.ts';

describe('reading the upload queue', () => {
  it('tells what has gone wholly, before there is a queue and after another one was begun', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-queue-reader-'));
    try {
      const file = path.join(folder, 'uploads.db');
      using reader = new QueueReader(file);
      const gone = () => [...reader.uploaded(endedEvent(1).id, endedEvent(3).id)];
      assert.deepEqual(gone(), []);
      {
        using queue = UploadQueue.open(file, silentLog);
        queue.add([1, 2, 3, 4].map((n) => ({ seq: n, event: endedEvent(n) })), 'first');
        for (let n = 0; n < 2; n++) {
          const item = queue.next(millis(0), minutes(1), 'newest');
          assert.ok(item);
          queue.uploaded(item);
        }
        assert.deepEqual(gone(), [endedEvent(3).id], 'the fourth lies beyond');
      }
      await rename(file, `${file}.old`);
      using _ = UploadQueue.open(file, silentLog);
      assert.deepEqual(gone(), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
