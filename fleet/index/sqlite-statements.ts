/**
 * Each statement that the index asks of SQLite, once. Lists name their index: no other would do at ten million rows.
 */
import type { Shelf } from './list-events.ts';

const EVENT_COLUMNS = [
  'id', 'device', 'event', 'folder', 'ingested_at', 'damage', 'sealed', 'account', 'held', 'findings',
  'bytes', 'version', 'continuous', 'motion', 'clip',
] as const;

/**
 * Values: owner, list, id to end at, [device to end at], id to begin at, most. The columns
 * of hints follow those of the order.
 */
const placesIn = (source: string, owner: 'device' | 'account', list: string, hints = ''): string => `
  SELECT id, device${list === 'continuous' ? ', rowid' : ''} FROM ${source} WHERE ${owner} = ? AND ${list} = ?
    AND ${owner === 'device' ? 'id < ?' : '(id, device) < (?, ?)'} AND id >= ?${hints}
    ORDER BY id DESC${owner === 'device' ? '' : ', device DESC'} LIMIT ?`;
const eventHints = ({ clip, motion }: Shelf['hint']): string =>
  `${clip ? ' AND clip = 1' : ''}${motion ? ' AND motion = 1' : ''}`;

export const SQL = {
  eventsOfDevice: (hints: Shelf['hint']): string =>
    placesIn('events INDEXED BY events_of_device', 'device', 'continuous', eventHints(hints)),
  eventsOfAccount: (hints: Shelf['hint']): string =>
    placesIn('events INDEXED BY events_of_account', 'account', 'continuous', eventHints(hints)),
  labelsOfDevice: placesIn('labels', 'device', 'label'),
  labelsOfAccount: placesIn('labels INDEXED BY labels_of_account', 'account', 'label'),
  /** The first label of an account within a span: asked again behind it, it leaps from one to the next. */
  firstLabel: `SELECT label FROM labels INDEXED BY labels_of_account WHERE account = ? AND label > ? AND label < ?
    ORDER BY label LIMIT 1`,
  event: 'SELECT * FROM events WHERE id = ? AND device = ?',
  eventInRow: 'SELECT * FROM events WHERE rowid = ?',
  putEvent: `INSERT INTO events (${EVENT_COLUMNS.join(', ')}) VALUES (${EVENT_COLUMNS.map((name) => `:${name}`)
    .join(', ')})
    ON CONFLICT (id, device) DO UPDATE SET ${EVENT_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
  dropEvent: 'DELETE FROM events WHERE id = ? AND device = ?',
  addLabel: 'INSERT OR IGNORE INTO labels (device, label, id, account) VALUES (?, ?, ?, ?)',
  dropLabel: 'DELETE FROM labels WHERE device = ? AND label = ? AND id = ?',
  accounts: 'SELECT DISTINCT account FROM devices',
  devices: 'SELECT * FROM devices INDEXED BY devices_by_name WHERE device > ? ORDER BY device, account LIMIT ?',
  devicesOf: 'SELECT * FROM devices WHERE account = ? AND device > ? ORDER BY device LIMIT ?',
  device: 'SELECT 1 FROM devices WHERE device = ?',
  usage: 'SELECT total(events) AS events, total(bytes) AS bytes FROM devices WHERE account = ?',
  sawDevice: `INSERT INTO devices (account, device, first_seen, last_seen, events, bytes, last_event_at) VALUES (?, ?, ?, ?, 0, 0, ?)
    ON CONFLICT DO UPDATE SET last_seen = max(last_seen, excluded.last_seen), last_event_at = max(last_event_at, excluded.last_event_at)`,
  count: 'UPDATE devices SET events = events + ?, bytes = bytes + ? WHERE account = ? AND device = ?',
  isDeleted: 'SELECT 1 FROM deleted WHERE device = ? AND id = ?',
  addDeleted: 'INSERT OR REPLACE INTO deleted (device, id, at) VALUES (?, ?, ?)',
  forgetDeleted: 'DELETE FROM deleted WHERE at < ?',
  rejected: 'SELECT * FROM rejected WHERE number < ? ORDER BY number DESC LIMIT ?',
  unfinished: 'SELECT * FROM rejected WHERE key = ? AND finished = 0',
  rejection: 'SELECT * FROM rejected WHERE key = ?',
  addRejection: `INSERT INTO rejected (key, device, code, message, rejected_at, folder, objects, delivery, finished)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  forgetRejection: 'DELETE FROM rejected WHERE key = ?',
  finish: 'UPDATE rejected SET finished = 1 WHERE key = ?',
  news: 'SELECT * FROM news WHERE number > ? ORDER BY number LIMIT ?',
  newest: `SELECT id, (SELECT seq FROM sqlite_sequence WHERE name = 'news') AS last FROM generation`,
  addNews: 'INSERT INTO news (at, what, device, subject, first) VALUES (?, ?, ?, ?, ?)',
  forgetNews: 'DELETE FROM news WHERE number IN (SELECT number FROM news ORDER BY number LIMIT 10) AND at < ?',
} as const;
