/** Where large objects go on after a break, in the queue's file. */
import type { Sqlite } from '../durable/sqlite.ts';
import type { Checkpoint } from '../landing/port.ts';
import type { EventFile } from './plan.ts';
import type { Place } from './queue-item.ts';

/** Of the same content, at the same store, it goes on; of any other it begins anew. */
export function checkpointOf(db: Sqlite, eventId: string, { role, file }: EventFile, place: Place): Checkpoint {
  const token = db.get(
    'SELECT token FROM checkpoint WHERE event_id = ? AND role = ? AND place = ? AND sha256 = ?',
    eventId, role, place, file.sha256,
  )?.['token'];
  return {
    token: typeof token === 'string' ? token : undefined,
    save: (next) => {
      if (next === undefined) return db.run('DELETE FROM checkpoint WHERE event_id = ? AND role = ?', eventId, role);
      db.run(
        'INSERT OR REPLACE INTO checkpoint (event_id, role, place, sha256, token) VALUES (?, ?, ?, ?, ?)',
        eventId, role, place, file.sha256, next,
      );
    },
  };
}
