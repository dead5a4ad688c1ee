/**
 * The folder `export`: clips and pictures once more, under names that other programs expect. They are second names of the same files
 * and take no room. The folder follows the catalogue: what ended events it has linked is noted with the row that it came from.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { MediaFile, TytoEvent } from '../contract/event.ts';
import { eventFileName, OWN_STYLE } from '../contract/event-file-name.ts';
import { describeError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Archive } from './archive.ts';
import { pathOf } from './index-file.ts';

export interface ExportParts {
  readonly archive: Archive;
  readonly mediaFolder: string;
  readonly folder: string;
  /** As `eventFileName` takes it; `tyto` for no such folder. */
  readonly style: string;
  readonly log: Log;
}

/** Events, or links, that one step deals with. */
const BATCH = 50;

export class Exports {
  readonly #parts: ExportParts;
  #isTold = false;
  constructor(parts: ExportParts) { this.#parts = parts; }

  /**
   * Goes a little way towards the folder as it should be; to be called again and again. What the disk refuses is told once, and holds up
   * nothing.
   * @throws {DeviceError} When the catalogue refuses.
   */
  step(): void {
    const { style } = this.#parts;
    const made = this.#made;
    if (style === OWN_STYLE && made === undefined) return;
    if (made === style) return this.#follow();
    this.#heedingDisk(() => { if (this.#clear()) this.#begin(); });
  }

  /** The event goes: its second names go before its files. @throws {Error} The system's error. */
  drop(eventId: string): void {
    const { archive } = this.#parts;
    const links = archive.db.all('SELECT link FROM exports WHERE event = ?', eventId).map(({ link }) => String(link));
    if (links.length === 0) return;
    for (const link of links) this.#unlink(link);
    archive.transaction(() => archive.db.run('DELETE FROM exports WHERE event = ?', eventId));
  }

  /** The style that the folder is made by; undefined while there is none. */
  get #made(): string | undefined {
    const made = this.#parts.archive.db.get(`SELECT value FROM meta WHERE key = 'export_style'`)?.['value'];
    return typeof made === 'string' && made !== '' ? made : undefined;
  }

  #note(key: 'export_style' | 'export_seq', value: string): void {
    this.#parts.archive.db.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
  }

  /** @returns Whether nothing of another style is left. */
  #clear(): boolean {
    const { archive, folder } = this.#parts;
    const rows = archive.db.all('SELECT name, link FROM exports LIMIT ?', BATCH);
    for (const { link } of rows) this.#unlink(String(link));
    archive.transaction(() => { for (const { name } of rows) archive.db.run('DELETE FROM exports WHERE name = ?', String(name)); });
    if (rows.length === BATCH) return false;
    if (this.#made === undefined && existsSync(folder)) removeSecondNames(folder); // of a catalogue that was lost
    return true;
  }

  #begin(): void {
    const { archive, style } = this.#parts;
    archive.transaction(() => {
      this.#note('export_seq', '0');
      this.#note('export_style', style === OWN_STYLE ? '' : style);
    });
  }

  #follow(): void {
    const { archive } = this.#parts;
    const seq = Number(archive.db.get(`SELECT value FROM meta WHERE key = 'export_seq'`)?.['value'] ?? 0);
    const next = archive.view.endedAfter(seq, BATCH);
    for (const { event } of next) this.#link(event);
    const last = next.at(-1);
    if (last !== undefined) archive.transaction(() => this.#note('export_seq', String(last.seq)));
  }

  #link(event: TytoEvent): void {
    for (const [file, extension] of [[event.clip, 'mp4'], [event.snapshot, 'jpg']] as const) {
      if (file !== null) this.#heedingDisk(() => this.#linkFile(event, file, extension));
    }
  }

  #heedingDisk(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (systemCode(error) === undefined) throw error;
      if (!this.#isTold) this.#parts.log.error(`the export folder is not complete: ${describeError(error)}; hard links must be possible there, and names of that length`, { folder: this.#parts.folder });
      this.#isTold = true;
    }
  }

  /** Noted first: a second name that nobody knows of would keep a file from ever leaving the disk. */
  #linkFile(event: TytoEvent, { name }: MediaFile, extension: 'mp4' | 'jpg'): void {
    const { archive, mediaFolder, folder, style } = this.#parts;
    const source = pathOf(mediaFolder, name);
    const wanted = eventFileName(style, event, extension);
    if (wanted === undefined || !existsSync(source)) return;
    const noted = archive.db.get('SELECT link FROM exports WHERE name = ?', name)?.['link'];
    const link = typeof noted === 'string' ? noted : this.#free(wanted, extension);
    if (noted === undefined) archive.transaction(() => archive.db.run('INSERT INTO exports (name, event, link) VALUES (?, ?, ?)', name, event.id, link));
    const target = path.join(folder, link);
    if (existsSync(target)) return;
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    linkSync(source, target);
  }

  /** `wanted`, or the same with a number, for what only its second tells apart. */
  #free(wanted: string, extension: string): string {
    const { archive, folder } = this.#parts;
    const isTaken = (link: string): boolean => archive.db.get('SELECT 1 FROM exports WHERE link = ?', link) !== undefined || existsSync(path.join(folder, link));
    if (!isTaken(wanted)) return wanted;
    for (let count = 2; ; count++) {
      const other = `${wanted.slice(0, -extension.length - 1)}-${count}.${extension}`;
      if (!isTaken(other)) return other;
    }
  }

  #unlink(link: string): void {
    const { folder } = this.#parts;
    rmSync(path.join(folder, link), { force: true });
    for (let parent = path.dirname(link); parent !== '.'; parent = path.dirname(parent)) if (!removeIfEmpty(path.join(folder, parent))) return;
    removeIfEmpty(folder);
  }
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemCode(error) ?? '')) return systemCode(error) === 'ENOENT';
    throw error;
  }
}

/** Takes away what has another name elsewhere; what has none is footage, and stays. */
function removeSecondNames(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      removeSecondNames(file);
      removeIfEmpty(file);
    } else if (entry.isFile() && statSync(file).nlink > 1) rmSync(file);
  }
}
