/**
 * What was recorded before the clock was set gets its true time once that is known: in its id, in the names of its
 * files and in all that is told of it, so that names go on to be unique and to sort by time. Until then the uploader is
 * not told of it, for what others have been told under one name must keep that name.
 *
 * A crash leaves nothing half done: which subjects move by how much is durable first; then their files are renamed, and
 * that is durable; then their rows change. A start goes on with what had begun.
 */
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { eventSchema, type MediaFile, type TytoEvent } from '../contract/event.ts';
import { picturesOf } from '../contract/manifest.ts';
import { parseSegmentFileName, segmentFileName } from '../contract/media-path.ts';
import { eventId, mediaFileName, parseMediaFileName } from '../contract/names.ts';
import { millis } from '../core/units.ts';
import { makeFolderSync } from '../durable/make-folder.ts';
import { syncFolder } from '../durable/write-file.ts';
import type { Archive } from './archive.ts';
import { pathOf } from './index-file.ts';

interface Move { readonly subject: string; readonly shiftMs: number }

export interface RestampParts {
  readonly archive: Archive;
  readonly mediaFolder: string;
  /**
   * Told as soon as an event or a segment has its new name, with what it was called: a late word by that name is to
   * find it, also while others are still moved, or cannot be.
   */
  readonly onMoved?: (subject: string, shiftMs: number) => void;
}

export class Restamp {
  readonly #parts: RestampParts;
  constructor(parts: RestampParts) { this.#parts = parts; }

  /**
   * Moves all that is held by `shiftMs`; durable when it resolves. @returns How many events and segments.
   * @throws {Error} What the disk or the catalogue refuses: the next `finish` goes on.
   */
  async moveHeld(shiftMs: number): Promise<number> {
    const { archive } = this.#parts;
    const shift = Math.round(shiftMs);
    archive.transaction(() => {
      archive.db.run('INSERT OR IGNORE INTO restamps (subject, shift_ms) SELECT subject, ? FROM held', shift);
      archive.db.run('DELETE FROM held');
    });
    return await this.finish();
  }

  /** Goes on with what had begun. What fails of one holds up no other, and is thrown when all others are done. */
  async finish(): Promise<number> {
    const moves = this.#parts.archive.db.all('SELECT subject, shift_ms FROM restamps')
      .map(({ subject, shift_ms: shiftMs }): Move => ({ subject: String(subject), shiftMs: Number(shiftMs) }));
    let failure: { readonly error: unknown } | undefined;
    for (const move of moves) {
      try {
        await this.#move(move);
        this.#parts.onMoved?.(move.subject, move.shiftMs);
      } catch (error) {
        failure = { error };
      }
    }
    if (failure !== undefined) throw failure.error;
    return moves.length;
  }

  async #move(move: Move): Promise<void> {
    const { archive } = this.#parts;
    const event = archive.view.get(move.subject);
    const names = event === undefined ? [move.subject]
      : [...archive.recordingsOf(event.id), ...picturesOf(event).map(({ name }) => name)];
    for (const name of names) await this.#rename(name, shiftedName(name, move.shiftMs));
    if (event !== undefined) await this.#moveStar(event.id, shiftedId(event.id, move.shiftMs));
    archive.transaction(() => {
      archive.db.run('DELETE FROM restamps WHERE subject = ?', move.subject);
      for (const name of names) this.#moveRecording(name, move.shiftMs);
      // While its files were renamed a face in it may have been named, or it was deleted.
      const latest = archive.view.get(move.subject);
      if (latest !== undefined) this.#moveEvent(latest, move.shiftMs);
    });
  }

  async #moveStar(from: string, to: string): Promise<void> {
    const folder = path.join(this.#parts.mediaFolder, 'starred');
    if (from === to || !existsSync(path.join(folder, from))) return;
    renameSync(path.join(folder, from), path.join(folder, to));
    await syncFolder(folder);
  }

  async #rename(from: string, to: string): Promise<void> {
    const { mediaFolder } = this.#parts;
    const [source, target] = [pathOf(mediaFolder, from), pathOf(mediaFolder, to)];
    if (source === target || !existsSync(source)) return;
    makeFolderSync(path.dirname(target));
    renameSync(source, target);
    await syncFolder(path.dirname(target));
    if (path.dirname(source) !== path.dirname(target)) await syncFolder(path.dirname(source));
    await syncFolder(mediaFolder);
  }

  #moveRecording(name: string, shiftMs: number): void {
    this.#parts.archive.db.run(
      `UPDATE recordings SET name = ?, event_id = ?, start_time = start_time + ?, end_time = end_time + ? WHERE name = ?`,
      shiftedName(name, shiftMs), parseMediaFileName(shiftedName(name, shiftMs))?.eventId ?? null,
      shiftMs / 1000, shiftMs / 1000, name);
  }

  #moveEvent(event: TytoEvent, shiftMs: number): void {
    const { archive } = this.#parts;
    const isStarred = archive.view.kept(event.id)?.starred === true;
    const moved = shiftedEvent(event, shiftMs);
    if (moved.id !== event.id) archive.db.run('DELETE FROM events WHERE id = ?', event.id);
    archive.putEvent(moved);
    if (isStarred) archive.db.run('UPDATE events SET starred = 1 WHERE id = ?', moved.id);
  }
}

/** The event as it would have been told with the right time; its clock counts as set. */
export function shiftedEvent(event: TytoEvent, shiftMs: number): TytoEvent {
  const by = <T extends number | null>(time: T): T =>
    (time === null ? time : Math.round((time + shiftMs / 1000) * 1e6) / 1e6) as T;
  const shifted = (file: MediaFile): MediaFile => ({ ...file, name: shiftedName(file.name, shiftMs) });
  return eventSchema.parse({
    ...event, id: shiftedId(event.id, shiftMs), start_time: by(event.start_time),
    end_time: by(event.end_time), frame_time: by(event.frame_time),
    tracks: event.tracks.map((track) => ({ ...track, start_time: by(track.start_time), end_time: by(track.end_time) })),
    crossings: event.crossings.map((crossing) => ({ ...crossing, time: by(crossing.time) })),
    faces: event.faces.map((face) => ({ ...face, time: by(face.time) })),
    objects: event.objects.map((thing) => ({ ...thing, time: by(thing.time) })),
    clip: event.clip
      && { ...event.clip, name: shiftedName(event.clip.name, shiftMs), start_time: by(event.clip.start_time) },
    snapshot: event.snapshot && shifted(event.snapshot),
    ...(event.thumbnail === undefined ? {} : { thumbnail: shifted(event.thumbnail) }),
    ...(event.preview === undefined ? {} : { preview: shifted(event.preview) }),
    clock: 'synced',
  });
}

/** The time moves, what tells events of one moment apart stays. */
function shiftedId(id: string, shiftMs: number): string {
  const at = millis(Math.round(Number.parseFloat(id) * 1000) + shiftMs);
  return eventId(at, 0).slice(0, -6) + id.slice(-6);
}

function shiftedName(name: string, shiftMs: number): string {
  const segment = parseSegmentFileName(name);
  if (segment !== undefined) return segmentFileName({ ...segment, at: millis(segment.at + shiftMs) });
  const media = parseMediaFileName(name);
  return media === undefined ? name
    : mediaFileName({ ...media, at: millis(media.at + shiftMs), eventId: shiftedId(media.eventId, shiftMs) });
}
