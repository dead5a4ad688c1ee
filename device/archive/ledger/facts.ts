/** What the catalogue knows of a span of time, for the account of it. */
import type { Sqlite } from '../../durable/sqlite.ts';
import type { Fact } from './account.ts';
import { Ledger } from './ledger.ts';

/** No recording is longer: what began before is over. */
const LONGEST = 2 * 3_600_000;

/** @param uploaded - Events that have gone wholly, of those with ids from the one given to the other. */
export function factsBetween(
  db: Sqlite, { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
  uploaded: (fromId: string, toId: string) => ReadonlySet<string>,
): Fact[] {
  const ledger = new Ledger(db);
  const watch = ledger.between('watch', from, to).map((found): Fact => ({ ...found, state: watchState(found.state) }));
  const deleted = ledger.between('deleted', from, to).map((found): Fact => ({ ...found, state: 'deleted' }));
  return [...watch, ...stillGoingOn(watch, now), ...deleted, ...recordings(db, { from, to, now }, uploaded)];
}

const watchState = (state: string): Fact['state'] => (state === 'watched' || state === 'off' ? state : 'lost');

/** The newest word is written once a minute, and holds until then. */
const HOLDS = 75_000;

function stillGoingOn(watch: readonly Fact[], now: number): Fact[] {
  const last = watch.at(-1);
  return last !== undefined && now > last.to && now - last.to < HOLDS ? [{ ...last, from: last.to, to: now }] : [];
}

function recordings(
  db: Sqlite, { from, to, now }: { readonly from: number; readonly to: number; readonly now: number },
  uploaded: (fromId: string, toId: string) => ReadonlySet<string>,
): Fact[] {
  const rows = ['event', 'continuous'].flatMap((kind) => db.all(
    `SELECT recordings.start_time, coalesce(recordings.end_time, events.end_time) AS end_time, recordings.state, recordings.event_id, recordings.reason
     FROM recordings LEFT JOIN events ON events.id = recordings.event_id
     WHERE recordings.class = ? AND recordings.start_time >= ? AND recordings.start_time < ?`,
     kind, (from - LONGEST) / 1000, to / 1000));
  const ids = rows.flatMap(({ event_id: id }) => (typeof id === 'string' ? [id] : [])).sort();
  const gone = uploaded(ids[0] ?? '', ids.at(-1) ?? '');
  return rows.map((row): Fact => {
    const start = Math.round(Number(row['start_time']) * 1000);
    const end = row['end_time'] === null
      ? (row['state'] === 'writing' ? now : start)
      : Math.round(Number(row['end_time']) * 1000);
    const span = { from: start, to: end };
    if (row['state'] === 'lost') return { ...span, state: 'lost', reason: String(row['reason'] ?? '') };
    return { ...span, state: gone.has(String(row['event_id'])) ? 'uploaded' : 'recorded', reason: '' };
  });
}
