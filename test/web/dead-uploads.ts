/** A queue in which uploads were put aside. */
import { silentLog } from '../../device/core/log.ts';
import { millis, minutes } from '../../device/core/units.ts';
import { CLASSES } from '../../device/uploader/plan.ts';
import { uploadPolicy } from '../../device/uploader/policy.ts';
import { nextItem } from '../../device/uploader/next-item.ts';
import { UploadQueue } from '../../device/uploader/queue.ts';
import { endedEvent } from '../fixtures/ended-events.ts';

/** @returns Their events, in the order in which they were put aside. */
export function setAside(file: string, count: number): readonly string[] {
  using queue = UploadQueue.open(file, uploadPolicy('events'), silentLog);
  return Array.from({ length: count }, (_, n) => {
    queue.add('events', [{ seq: n + 1, event: endedEvent(n + 1) }], 'first');
    const item = nextItem(queue.db, {
      classes: CLASSES, place: 0, mayBegin: true, now: millis(0), longest: minutes(60), first: 'newest',
    });
    if (item === undefined) throw new Error('nothing waits');
    queue.failed(item, {
      state: 'dead', attempts: 6, strikes: 6, now: millis(1000 * (n + 1)), nextAt: millis(0),
      blame: 'event', code: 'landing.object-refused', reason: 'the store takes no such object (HTTP 413)',
    });
    return item.event.id;
  });
}
