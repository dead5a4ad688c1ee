/**
 * The catalogue of events and recordings, for its one writer. Media first, then their row: the files are the ground
 * truth.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ClipFile, TytoEvent } from '../contract/event.ts';
import { dayOfMediaFile, type SegmentKind } from '../contract/media-path.ts';
import { DeviceError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Millis } from '../core/units.ts';
import { SpareRoom } from '../durable/spare-room.ts';
import type { Sqlite } from '../durable/sqlite.ts';
import { isCorrupt } from '../durable/sqlite-fault.ts';
import { IS_HELD, Queries, type ArchiveView, type RecordingState } from './archive-view.ts';

export interface NewRecording {
  readonly name: string;
  readonly class: 'event' | SegmentKind;
  readonly camera: string;
  readonly eventId: string | null;
  /** Wall clock of the first picture. */
  readonly startedAt: Millis;
}

export interface FinishedRecording extends NewRecording {
  /** Null when nothing of it was kept. */
  readonly clip: ClipFile | null;
  /** Why it ended early; null when all is well. */
  readonly fault: { readonly message: string } | null;
  readonly lost: { readonly duration: Millis };
  /** Wall clock at which another one goes on from it without a hole; where none does, its own length tells the end. */
  readonly until?: Millis | null;
}

export interface Usage {
  readonly event: number;
  readonly continuous: number;
  readonly timelapse: number;
  readonly picture: number;
}

/** Stands beside a catalogue in which damage was found: the next start looks closely. */
export const suspectMark = (file: string): string => `${file}.suspect`;

/**
 * Every method is one durable commit, or none.
 * @throws {DeviceError} As `sqliteFault`; the media are not touched, and it may be called again.
 */
export class Archive implements Disposable {
  /** For what else of the archive is kept in the same file. */
  readonly db: Sqlite;
  readonly view: ArchiveView;
  readonly #spare: SpareRoom;
  constructor(db: Sqlite, log: Log) {
    this.db = db;
    this.#spare = new SpareRoom(path.join(path.dirname(db.file), 'archive.spare'));
    this.view = new Queries(db, log);
  }

  /**
   * Adds the event, or puts it in the place of the one with its id. One that has ended gets the next number of
   * `endedAfter`.
   *
   * @param held - It gets none as yet: its time is still to be set right. So it is until then, whoever puts it.
   */
  putEvent(event: TytoEvent, held = false): void {
    this.#commit(() => {
      if (held) this.hold(event.id);
      const seq = event.end_time === null || this.db.get(IS_HELD, event.id) !== undefined ? null : this.#nextSeq();
      this.db.run(
        `INSERT INTO events (id, camera, start_time, end_time, state, kinds, score, clip, picture, ended_seq, event)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET (camera, start_time, end_time, state, kinds, score, clip, picture, ended_seq, event)
           = (excluded.camera, excluded.start_time, excluded.end_time, excluded.state, excluded.kinds, excluded.score, excluded.clip,
              excluded.picture, excluded.ended_seq, excluded.event)`,
        event.id, event.camera, event.start_time, event.end_time,
        event.end_time === null ? 'open' : 'ended', event.kinds.join(','), event.top_score,
        event.clip?.name ?? null, event.snapshot?.name ?? null, seq, JSON.stringify(event));
    });
  }

  /** Its time is to be set right once it is known. */
  hold(subject: string): void {
    this.#commit(() => this.db.run('INSERT OR IGNORE INTO held (subject) VALUES (?)', subject));
  }

  /** Lets go of what is held, with the time that it has: events get their numbers. */
  release(): void {
    this.#commit(() => {
      const held = this.db.all('SELECT subject FROM held').map(({ subject }) => String(subject));
      this.db.run('DELETE FROM held');
      for (const subject of held) {
        const event = this.view.get(subject);
        if (event !== undefined && event.end_time !== null) this.putEvent(event);
      }
    });
  }

  /** A recording's file is there; its footage is on the way. */
  openRecording({ name, class: kind, camera, eventId, startedAt }: NewRecording): void {
    this.#commit(() => this.db.run(
      `INSERT OR IGNORE INTO recordings (name, class, state, camera, event_id, start_time) VALUES (?, ?, 'writing', ?, ?, ?)`,
      name, kind, camera, eventId, startedAt / 1000));
  }

  /** A recording is durable to its end. */
  closeRecording(recording: FinishedRecording): void {
    const { clip, fault, lost } = recording;
    if (clip === null)
      return this.#putRecording(recording, 'lost', null, fault?.message ?? 'no video came', lost.duration);
    this.#putRecording(recording, 'complete', clip, fault?.message ?? null, lost.duration);
  }

  /** What was found on the disk without a whole row. */
  putRecovered(recording: NewRecording, clip: ClipFile, reason: string): void {
    this.#putRecording(recording, 'recovered', clip, reason, 0);
  }

  /** A recording's file is gone; what was known of it stays. */
  markLost(name: string, reason: string): void {
    this.#commit(() => this.db.run(`UPDATE recordings SET state = 'lost', reason = ? WHERE name = ?`, reason, name));
  }

  /** Several changes as one commit; where nothing is changed the disk is not touched. */
  transaction<T>(work: () => T): T { return this.#commit(work); }

  /**
   * As `transaction`, of what leads to more room: another program may have left none, and spare room is given up for
   * it. Not inside another one, which what SQLite refuses may have ended.
   */
  makingRoom<T>(work: () => T): T {
    try {
      return this.#commit(work);
    } catch (error) {
      if (!(error instanceof DeviceError) || error.code !== 'archive.disk-full' || !this.#spare.giveUp()) throw error;
      return this.#commit(work);
    }
  }

  /** While there is room, some is laid aside for `makingRoom`. */
  keepSpareRoom(): void { this.#spare.keep(); }

  /** Events that have not ended, oldest first. */
  openEvents(): TytoEvent[] {
    return this.db.all(`SELECT id FROM events WHERE state = 'open' ORDER BY id`)
      .flatMap(({ id }) => this.view.get(String(id)) ?? []);
  }

  /** Recordings of the event, oldest first. */
  recordingsOf(eventId: string): string[] {
    return this.db.all('SELECT name FROM recordings WHERE event_id = ? ORDER BY name', eventId)
      .map(({ name }) => String(name));
  }

  /** Names of recordings under way. */
  writing(): string[] {
    return this.db.all(`SELECT name FROM recordings WHERE state = 'writing' ORDER BY name`)
      .map(({ name }) => String(name));
  }

  /** Bytes that are kept, by what they are. */
  usage(): Usage {
    const rows = this.db.all('SELECT class, bytes FROM usage');
    const of = (kind: string): number => Number(rows.find((row) => row['class'] === kind)?.['bytes'] ?? 0);
    return { event: of('event'), continuous: of('continuous'), timelapse: of('timelapse'), picture: of('picture') };
  }

  /** Whether any recording or picture is kept. */
  hasMedia(): boolean {
    return this.db.get(`SELECT 1 FROM recordings WHERE state IN ('complete', 'recovered') LIMIT 1`) !== undefined
      || this.db.get('SELECT 1 FROM events WHERE picture IS NOT NULL LIMIT 1') !== undefined;
  }

  /**
   * Days (`2026-11-21`) that have recordings or pictures, by their names; costs a look a
   * day, however much there is of each.
   */
  mediaDays(): readonly string[] {
    const days = new Set<string>();
    for (const sql of [
      'SELECT min(name) AS name FROM recordings WHERE name >= ?',
      'SELECT min(picture) AS name FROM events WHERE picture >= ?',
    ]) {
      for (let from = ''; ;) {
        const name = this.db.get(sql, from)?.['name'];
        const day = typeof name === 'string' ? dayOfMediaFile(name) : undefined;
        if (day === undefined) break;
        days.add(day);
        from = namesOn(day)[1];
      }
    }
    return [...days].sort();
  }

  /** Days that were found in step with the disk, and the stamps that their folders bore then. */
  comparedDays(): ReadonlyMap<string, string> {
    return new Map(this.db.all('SELECT day, stamp FROM days').map(({ day, stamp }) => [String(day), String(stamp)]));
  }

  markCompared(day: string, stamp: string): void {
    this.#commit(() => this.db.run('INSERT OR REPLACE INTO days (day, stamp) VALUES (?, ?)', day, stamp));
  }

  /** Recordings of a day and their states, by name. */
  recordingsOn(day: string): Map<string, RecordingState> {
    const rows = this.db.all('SELECT name, state FROM recordings WHERE name >= ? AND name < ?', ...namesOn(day));
    return new Map(rows.map(({ name, state }) => [String(name), String(state) as RecordingState]));
  }

  /** Pictures of a day, in large, in small and as previews, and the events they belong to. */
  picturesOn(day: string): Map<string, string> {
    const rows = [
      ...this.db.all('SELECT picture AS name, id FROM events WHERE picture >= ? AND picture < ?', ...namesOn(day)),
      ...this.db.all(
        `SELECT value AS name, events.id AS id FROM events, json_each(json_extract(event, '$.thumbnail.name', '$.preview.name'))
        WHERE events.id >= ? AND events.id < ? AND json_valid(event) AND value IS NOT NULL`,
        ...idsOn(day),
      ),
    ];
    return new Map(rows.map(({ name, id }) => [String(name), String(id)]));
  }

  [Symbol.dispose](): void { this.db[Symbol.dispose](); }

  #putRecording(
    recording: NewRecording & Pick<FinishedRecording, 'until'>, state: RecordingState, clip: ClipFile | null,
    reason: string | null, lostMs: number,
  ): void {
    const { name, class: kind, camera, eventId, startedAt, until } = recording;
    const start = startedAt / 1000;
    const end = until === undefined || until === null ? clip && start + clip.duration : until / 1000;
    this.#commit(() => this.db.run(
      `INSERT INTO recordings
         (name, class, state, camera, event_id, start_time, end_time, bytes, sha256, codec, width, height, lost_seconds, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET (class, state, camera, event_id, start_time, end_time, bytes, sha256, codec, width, height, lost_seconds, reason)
         = (excluded.class, excluded.state, excluded.camera, excluded.event_id, excluded.start_time, excluded.end_time, excluded.bytes,
            excluded.sha256, excluded.codec, excluded.width, excluded.height, excluded.lost_seconds, excluded.reason)`,
      name, kind, state, camera, eventId, start, end,
      clip && clip.bytes, clip && clip.sha256, clip && clip.codec,
      clip && clip.width, clip && clip.height, lostMs / 1000, reason));
  }

  /** The number that was given last; 0 before the first. */
  get lastSeq(): number {
    return Number(this.db.get("SELECT value FROM meta WHERE key = 'ended_seq'")?.['value'] ?? 0);
  }

  /** Counts on, also past events that are no more: a number is never given twice. */
  #nextSeq(): number {
    const row =
      this.db.get(`UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'ended_seq' RETURNING value`);
    return Number(row?.['value']);
  }

  #commit<T>(work: () => T): T {
    try {
      return this.db.transaction(work);
    } catch (error) {
      if (isCorrupt(error)) markSuspect(this.db.file);
      throw error;
    }
  }
}

/** Bounds of the names of media files of a day: they begin with its digits. */
function namesOn(day: string): readonly [from: string, to: string] {
  const digits = day.replaceAll('-', '');
  return [`${digits}T`, `${digits}U`];
}

/**
 * Bounds of the ids of events of a day, which tell its seconds: what is named after an id lies in the folder of its
 * day.
 */
function idsOn(day: string): readonly [from: string, to: string] {
  const start = Date.parse(`${day}T00:00:00Z`) / 1000;
  return [start, start + 86_400].map((time) => String(time).padStart(10, '0')) as [string, string];
}

function markSuspect(file: string): void {
  try {
    writeFileSync(suspectMark(file), '');
  } catch { /* the error that led here is told; the next start may still find the damage */ }
}
