import type { Sqlite } from '../durable/sqlite.ts';
import { OPEN } from './queue-file.ts';
import type { Place } from './queue-item.ts';

/**
 * When the store is another than before, what has gone of an unfinished event goes again: an event lies whole in one
 * store. Finished ones stay where they are, as they were told last.
 */
export function changeStore(db: Sqlite, place: Place, name: string): void {
  const before = db.get('SELECT name FROM store WHERE place = ?', place)?.['name'];
  if (before === name) return;
  db.transaction(() => {
    db.run('INSERT OR REPLACE INTO store (place, name, answers) VALUES (?, ?, 0)', place, name);
    db.run(
      `UPDATE item SET state = settled, event = NULL, code = NULL, reason = NULL WHERE ${OPEN} AND settled IS NOT NULL AND place = ?`,
      place,
    );
    db.run(
      `UPDATE item SET stored = '', told = NULL, faulty = '', manifest = NULL, class = 0, place = NULL, next_at = 0 WHERE ${OPEN} AND place = ?`,
      place,
    );
    db.run(
      "UPDATE item SET place = NULL, manifest = NULL WHERE state IN ('stored', 'acknowledged') AND place = ?", place,
    );
    db.run(
      "UPDATE item SET stored = '', told = NULL, faulty = '', manifest = NULL, class = 0, place = NULL WHERE state = 'dead' AND place = ?",
      place,
    );
    db.run('DELETE FROM checkpoint WHERE place = ?', place);
  });
}
