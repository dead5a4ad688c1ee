/**
 * Takes events and segments off the disk and out of the catalogue, so that a crash at any instant leaves
 * nothing half done: that they are doomed is durable first; then their files go, and that is durable; then
 * their rows. A start goes on with what is doomed. So no row promises a file that is gone for good, and no file
 * comes back as one that nobody knew.
 */
import { rmSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { TytoEvent } from '../contract/event.ts';
import { picturesOf } from '../contract/manifest.ts';
import { dayOfMediaFile } from '../contract/media-path.ts';
import { eventFolder, manifestKey } from '../contract/names.ts';
import { pieceNames } from '../contract/piece-names.ts';
import { DeviceError, systemCode } from '../core/errors.ts';
import { syncFolder } from '../durable/write-file.ts';
import type { Archive } from './archive.ts';
import { pathOf } from './index-file.ts';
import { Ledger } from './ledger/ledger.ts';

/** What is known of names for other programs. */
export interface SecondNames {
  /** Takes away those of an event. */
  drop(eventId: string): void;
  /** Where the file `name` should have one; undefined where it has none. */
  placeOf(name: string): string | undefined;
}

/** Code of the refusal of a file. */
export const CANNOT_DELETE = 'archive.cannot-delete';

export interface Doom {
  /** The event's id, or the segment's name. */
  readonly subject: string;
  /** For people, and for the ledger. */
  readonly why: string;
  /**
   * It had not gone elsewhere: whoever waits for it is told, and a second name in our own landing folder goes with it.
   */
  readonly untaken: boolean;
}

export interface RemovalParts {
  readonly archive: Archive;
  readonly mediaFolder: string;
  /** Where recordings have second names; undefined when there are none. */
  readonly landing: string | undefined;
  /** Where recordings have names for other programs. */
  readonly exports?: SecondNames | undefined;
}

const DAY = 86_400_000;
/** Tombstones older than this tell nobody anything any more. */
const TOMBSTONES_KEPT = 90 * DAY;

export class Removal {
  readonly #parts: RemovalParts;
  readonly #ledger: Ledger;
  constructor(parts: RemovalParts) {
    this.#parts = parts;
    this.#ledger = new Ledger(parts.archive.db);
  }

  /**
   * Durable when it resolves. @throws {DeviceError} When the disk refuses: what is doomed by then goes at the next
   * `finish`.
   */
  async remove(dooms: readonly Doom[]): Promise<void> {
    const { archive } = this.#parts;
    archive.makingRoom(() => {
      for (const { subject, why, untaken } of dooms) {
        archive.db.run(
          'INSERT OR REPLACE INTO doomed (subject, why, waited) VALUES (?, ?, ?)', subject, why, untaken ? 1 : 0,
        );
      }
    });
    await this.finish();
  }

  /**
   * Goes on with whatever is doomed; what the disk does not let go holds up nothing else.
   * @throws {DeviceError} As `remove`, once all the others are gone.
   */
  async finish(): Promise<void> {
    const dooms = this.#parts.archive.db.all('SELECT subject, why, waited FROM doomed')
      .map(({ subject, why, waited }): Doom => ({ subject: String(subject), why: String(why), untaken: waited === 1 }));
    if (dooms.length === 0) return;
    const { gone, refused } = await this.#removeFiles(dooms);
    this.#removeRows(gone);
    if (refused !== undefined) throw refused;
  }

  /** @returns What has gone, durably, and the first refusal of the disk. */
  async #removeFiles(
    dooms: readonly Doom[],
  ): Promise<{ readonly gone: readonly Doom[]; readonly refused: DeviceError | undefined }> {
    const folders = new Set<string>();
    const gone: Doom[] = [];
    let refused: DeviceError | undefined;
    for (const doom of dooms) {
      try {
        this.#unlinkAll(doom, folders);
        gone.push(doom);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        refused ??= error;
      }
    }
    for (const folder of folders) await settleFolder(folder, this.#parts.mediaFolder);
    return { gone, refused };
  }

  #unlinkAll({ subject, untaken }: Doom, folders: Set<string>): void {
    const { archive, mediaFolder, landing } = this.#parts;
    const unlink = (file: string): void => {
      try {
        rmSync(file, { force: true });
      } catch (cause) {
        throw new DeviceError(
          CANNOT_DELETE, `${file} cannot be deleted; see that the disk works and may be written to`, { cause },
        );
      }
      folders.add(path.dirname(file));
    };
    const event = archive.view.get(subject);
    const names = namesOf(archive, subject, event);
    this.#dropExports(subject);
    // The manifest goes first: a reader of the landing must never find one whose files are gone.
    const piece = event === undefined ? pieceNames(subject) : undefined;
    const told = event ?? piece;
    if (untaken && landing !== undefined && told !== undefined) {
      unlink(path.join(landing, manifestKey(told)));
      for (const name of piece === undefined ? names : [piece.clip])
        unlink(path.join(landing, eventFolder(told), name));
    }
    for (const name of names) unlink(pathOf(mediaFolder, name));
  }

  #dropExports(subject: string): void {
    try {
      this.#parts.exports?.drop(subject);
    } catch (cause) {
      if (systemCode(cause) === undefined) throw cause;
      throw new DeviceError(
        CANNOT_DELETE, `the export folder cannot be changed; see that the disk works and may be written to`, { cause },
      );
    }
  }

  #removeRows(dooms: readonly Doom[]): void {
    const { archive } = this.#parts;
    const { db } = archive;
    const now = Date.now();
    archive.makingRoom(() => {
      for (const { subject, why, untaken } of dooms) {
        for (const name of [...archive.recordingsOf(subject), subject]) {
          const row = archive.view.recording(name);
          if (row?.end_time != null && row.state !== 'lost') {
            this.#ledger.add('deleted', row.camera, {
              from: Math.round(row.start_time * 1000), to: Math.round(row.end_time * 1000), state: 'deleted',
              reason: why,
            });
          }
          db.run('DELETE FROM recordings WHERE name = ?', name);
        }
        db.run('DELETE FROM events WHERE id = ?', subject);
        db.run('DELETE FROM exports WHERE event = ?', subject);
        if (untaken) db.run('INSERT OR REPLACE INTO gone (event, at, why) VALUES (?, ?, ?)', subject, now, why);
        db.run('DELETE FROM doomed WHERE subject = ?', subject);
      }
      db.run('DELETE FROM gone WHERE at < ?', now - TOMBSTONES_KEPT);
    });
  }
}

function namesOf(archive: Archive, subject: string, event: TytoEvent | undefined): readonly string[] {
  if (event === undefined) return dayOfMediaFile(subject) === undefined ? [] : [subject];
  return [...archive.recordingsOf(subject), ...picturesOf(event).map(({ name }) => name)];
}

/**
 * Makes what went durable, and takes a day's folder away with its last file: not that of a day which may be recorded
 * to.
 */
async function settleFolder(folder: string, mediaFolder: string): Promise<void> {
  try {
    await syncFolder(folder);
    const isOver = Date.parse(path.basename(folder)) < Date.now() - 2 * DAY;
    if (path.dirname(folder) === mediaFolder && isOver) await rmdir(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) throw error;
  }
}
