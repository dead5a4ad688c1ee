/** What may be asked of the catalogue. */
import { z } from 'zod';
import type { KeptEvent, LedgerView } from '../contract/device-api.ts';
import { eventSchema, type EventKind, type TytoEvent } from '../contract/event.ts';
import { SEGMENT_KINDS, type SegmentKind } from '../contract/media-path.ts';
import type { Log } from '../core/log.ts';
import { millis, type Millis } from '../core/units.ts';
import type { Sqlite, SqliteRow } from '../durable/sqlite.ts';
import { account } from './ledger/account.ts';
import { factsBetween } from './ledger/facts.ts';
import { searchIds } from './search-ids.ts';

/** What is asked for together must all be true of an event. */
export interface EventQuery {
  readonly limit: number;
  /** Only events older than the one of this id: `next` of the page before. */
  readonly before?: string;
  /** Only events that began at or after this, wall clock. */
  readonly from?: Millis;
  /** Only events that began before this, wall clock. */
  readonly to?: Millis;
  readonly camera?: string;
  readonly kind?: EventKind;
  /** Only events in which something entered the zone of this name. */
  readonly zone?: string;
  /** Only those that may never be deleted. */
  readonly starred?: true;
  /** Only those with a clip. */
  readonly clip?: true;
}

/** Newest first. */
export interface EventPage {
  readonly events: readonly KeptEvent[];
  /**
   * `before` of the next page; null when there is none. A page may hold fewer events than asked for, even none, and
   * still have a next one: where matches are rare, the work for a page ends before it is full.
   */
  readonly next: string | null;
}

export interface EndedEvent { readonly seq: number; readonly event: TytoEvent }

export type RecordingState = 'writing' | 'complete' | 'recovered' | 'lost';

const recordingRow = z.object({
  name: z.string(),
  class: z.enum(['event', ...SEGMENT_KINDS]),
  state: z.enum(['writing', 'complete', 'recovered', 'lost']),
  camera: z.string(),
  event_id: z.string().nullable(),
  start_time: z.number(),
  end_time: z.number().nullable(),
  bytes: z.number().nullable(),
  sha256: z.string().nullable(),
  codec: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  lost_seconds: z.number(),
  reason: z.string().nullable(),
});
/** A clip, times in Unix seconds. What is not known is null: all of a clip's facts while it is being written. */
export type RecordingRow = Readonly<z.infer<typeof recordingRow>>;

export interface RecordingQuery {
  readonly class: 'event' | SegmentKind;
  readonly limit: number;
  /** Only recordings that began at or after this, wall clock. */
  readonly from?: Millis;
  /**
   * Those, too, that began up to this much before `from` and end after it; what is being written is
   * taken to last as long. 0 unless told.
   */
  readonly reach?: Millis;
  /** Only recordings that began before this, wall clock. */
  readonly to?: Millis;
}

export interface NumberedPiece { readonly seq: number; readonly piece: RecordingRow }

export interface ArchiveView {
  /** Costs the same whether there are a hundred events or a million. */
  page(query: EventQuery): EventPage;
  get(id: string): TytoEvent | undefined;
  kept(id: string): KeptEvent | undefined;
  /**
   * Ended events in the order in which they ended, after number `seq` (0 for all). An ended event that changes comes
   * again under a new number. Numbers hold within one `generation`.
   */
  endedAfter(seq: number, limit: number): EndedEvent[];
  /**
   * Pieces of continuous recording that are complete, in the order in which they were begun, after number `seq` (0 for
   * all). None is passed over: what follows one that is still being written, or waits for the clock, comes after it.
   */
  piecesAfter(seq: number, limit: number): NumberedPiece[];
  /**
   * Names the catalogue: another one when it had to be made anew, so that numbers start
   * again. Empty while there is none.
   */
  generation(): string;
  /** Recordings, oldest first; none of which nothing came. */
  recordings(query: RecordingQuery): RecordingRow[];
  recording(name: string): RecordingRow | undefined;
  /**
   * Every second of the time asked for and what became of it.
   * @param uploaded - Of the events with ids from one to the other, those that have gone wholly.
   */
  ledger(span: { readonly from: Millis; readonly to: Millis }, uploaded: (
    from: string, to: string,
  ) => ReadonlySet<string>): LedgerView;
  /** Why an event that was to be uploaded is no more; undefined where nobody deleted it. */
  whyGone(id: string): string | undefined;
}

/** Answers as long as there is no catalogue yet. */
export const emptyView: ArchiveView = {
  page: () => ({ events: [], next: null }), get: () => undefined, kept: () => undefined,
  endedAfter: () => [], piecesAfter: () => [], generation: () => '', recordings: () => [], recording: () => undefined,
  ledger: (span) => account([], span), whyGone: () => undefined,
};

/** Sorts after every id. */
const AFTER_ALL = '~';

/** A row where the time of what is asked for, an event or a segment, is still to be set right. */
export const IS_HELD = 'SELECT 1 FROM held WHERE subject = ?1 UNION ALL SELECT 1 FROM restamps WHERE subject = ?1';

export class Queries implements ArchiveView {
  readonly #db: Sqlite;
  readonly #log: Log;
  constructor(db: Sqlite, log: Log) { this.#db = db; this.#log = log; }

  page({ limit, before = AFTER_ALL, from, to, ...wanted }: EventQuery): EventPage {
    const end = to === undefined ? AFTER_ALL : idAt(to);
    const bounds = { before: end < before ? end : before, from: from === undefined ? '' : idAt(from) };
    const tags = this.#tags(tagsOf(wanted));
    if (tags === undefined) return { events: [], next: null };
    const { ids, next } = searchIds(this.#db, { tags, ...bounds, limit });
    return { events: ids.flatMap((id) => this.kept(id) ?? []), next };
  }

  get(id: string): TytoEvent | undefined {
    const row = this.#db.get('SELECT event FROM events WHERE id = ?', id);
    return row && this.#event(row);
  }

  kept(id: string): KeptEvent | undefined {
    const row = this.#db.get('SELECT event, starred FROM events WHERE id = ?', id);
    const event = row && this.#event(row);
    return event && { ...event, starred: row['starred'] === 1 };
  }

  endedAfter(seq: number, limit: number): EndedEvent[] {
    const rows = this.#db.all(
      'SELECT ended_seq, event FROM events WHERE ended_seq > ? ORDER BY ended_seq LIMIT ?', seq, limit,
    );
    return rows.flatMap((row) => {
      const event = this.#event(row);
      return event === undefined ? [] : [{ seq: Number(row['ended_seq']), event }];
    });
  }

  piecesAfter(seq: number, limit: number): NumberedPiece[] {
    // The catalogue may have lost all of its rows, and counts from the beginning then.
    const last = Number(this.#db.get('SELECT max(rowid) AS last FROM recordings')?.['last'] ?? 0);
    const rows =
      this.#db.all(`SELECT rowid AS seq, * FROM recordings WHERE rowid > ? AND class = 'continuous' AND state <> 'lost'
      ORDER BY rowid LIMIT ?`, seq > last ? 0 : seq, limit);
    const open = rows.findIndex(({ state, name }) =>
      state === 'writing' || this.#db.get(IS_HELD, String(name)) !== undefined);
    return (open === -1 ? rows : rows.slice(0, open)).map((row) =>
      ({ seq: Number(row['seq']), piece: recordingRow.parse(row) }));
  }

  generation(): string {
    return String(this.#db.get('SELECT value FROM meta WHERE key = ?', 'generation')?.['value'] ?? '');
  }

  recordings({
    class: kind, limit, from = millis(0), reach = millis(0), to = millis(Number.MAX_SAFE_INTEGER),
  }: RecordingQuery): RecordingRow[] {
    const [start, most] = [from / 1000, reach / 1000];
    return this.#db.all(
      `SELECT * FROM recordings WHERE class = ? AND start_time >= ? AND start_time < ? AND state <> 'lost'
      AND (start_time >= ? OR coalesce(end_time, start_time + ?) > ?) ORDER BY start_time LIMIT ?`,
      kind, start - most, to / 1000, start, most, start, limit,
    ).map((row) => recordingRow.parse(row));
  }

  recording(name: string): RecordingRow | undefined {
    const row = this.#db.get('SELECT * FROM recordings WHERE name = ?', name);
    return row && recordingRow.parse(row);
  }

  ledger({ from, to }: { readonly from: Millis; readonly to: Millis }, uploaded: (
    from: string, to: string,
  ) => ReadonlySet<string>): LedgerView {
    const span = { from, to: Math.min(to, Date.now()) };
    return account(factsBetween(this.#db, { ...span, now: Date.now() }, uploaded), span);
  }

  whyGone(id: string): string | undefined {
    const row = this.#db.get('SELECT why FROM gone WHERE event = ?', id);
    return row && String(row['why']);
  }

  /** Numbers of tags by their names; undefined when no event ever had one of them. */
  #tags(names: readonly string[]): readonly number[] | undefined {
    const numbers = names.map((name) => this.#db.get('SELECT id FROM tags WHERE name = ?', name)?.['id']);
    return numbers.includes(undefined) ? undefined : numbers.map(Number);
  }

  /** An event that a newer Tyto wrote in a form unknown here is left out, and said so. */
  #event(row: SqliteRow): TytoEvent | undefined {
    const parsed = storedEvent.safeParse(JSON.parse(String(row['event'])));
    if (parsed.success) return parsed.data;
    this.#log.error('an event in the catalogue cannot be read', { event: String(row['event']).slice(0, 80) });
    return undefined;
  }
}

/** Fields that a newer Tyto added are passed over. */
const storedEvent = z.object(eventSchema.shape);

/** As `tags_of_events` in the schema names them. */
function tagsOf({
  camera, kind, zone, starred, clip,
}: Omit<EventQuery, 'limit' | 'before' | 'from' | 'to'>): readonly string[] {
  const named = Object.entries({ camera, kind, zone })
    .flatMap(([what, name]) => (name === undefined ? [] : [`${what}:${name}`]));
  return [...named, ...(starred ? ['starred'] : []), ...(clip ? ['clip'] : [])];
}

/** The smallest id of an event that begins at `at`. */
function idAt(at: Millis): string {
  const micros = Math.max(0, Math.round(at * 1000));
  return `${String(Math.floor(micros / 1e6)).padStart(10, '0')}.${String(micros % 1e6).padStart(6, '0')}`;
}
