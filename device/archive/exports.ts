/**
 * The folder `export`: clips and pictures once more, under names that other programs expect. They are second
 * names of the same files and take no room. The folder follows the catalogue: what ended events it has linked is
 * noted with the row that it came from.
 */
import { existsSync, linkSync, opendirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { TytoEvent } from '../contract/event.ts';
import { eventFileName, OWN_STYLE } from '../contract/event-file-name.ts';
import { describeError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { makeFolderSync } from '../durable/make-folder.ts';
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

/** Events, links, or files that one step deals with: it must not hold up what is recorded meanwhile. */
const BATCH = 50;
/** Steps, about an hour of them, from one vain try with what the disk refused to the next. */
const REST = 1800;

interface SecondName { readonly name: string; readonly link: string }

export class Exports {
  readonly #parts: ExportParts;
  #isTold = false;
  /** What is left of a catalogue that was lost, while it is taken away. */
  #remains: Generator<void> | undefined;
  /** Up to which event, by the row of ended ones, what the disk refused has been tried again. */
  #triedUntil: number | undefined;
  #restFor = 0;
  constructor(parts: ExportParts) { this.#parts = parts; }

  /**
   * Goes a little way towards the folder as it should be; to be called every few seconds. What the disk refuses is told
   * once, tried again now and then, and holds up nothing.
   * @throws {DeviceError} When the catalogue refuses.
   */
  step(): void {
    const { style } = this.#parts;
    const made = this.#made;
    if (style === OWN_STYLE && made === undefined) return;
    if (made === style) return this.#follow() ? undefined : this.#tryAgain();
    this.#refusalOf(() => { if (this.#clear()) this.#begin(); });
  }

  /**
   * The event goes: its second names go before its files, and what is noted of them with its rows.
   * @throws {Error} The system's error.
   */
  drop(eventId: string): void {
    for (const { link } of this.#parts.archive.db.all('SELECT link FROM exports WHERE event = ?', eventId))
      this.#unlink(String(link));
  }

  /** Where the file `name` should have its second name; undefined where it has none. */
  placeOf(name: string): string | undefined {
    const { archive, folder } = this.#parts;
    const link = archive.db.get('SELECT link FROM exports WHERE name = ?', name)?.['link'];
    return typeof link === 'string' ? path.join(folder, link) : undefined;
  }

  /** The style that the folder is made by; undefined while there is none. */
  get #made(): string | undefined {
    const made = this.#parts.archive.db.get(`SELECT value FROM meta WHERE key = 'export_style'`)?.['value'];
    return typeof made === 'string' && made !== '' ? made : undefined;
  }

  #note(key: 'export_style' | 'export_seq' | 'export_refused', value: string): void {
    this.#parts.archive.db.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
  }

  /**
   * `export_seq`: the latest event that was dealt with; `export_refused`: the first of which the disk refused
   * something.
   */
  #noted(key: 'export_seq' | 'export_refused'): number {
    return Number(this.#parts.archive.db.get('SELECT value FROM meta WHERE key = ?', key)?.['value'] ?? 0);
  }

  /** @returns Whether nothing of another style is left. */
  #clear(): boolean {
    const { archive, folder } = this.#parts;
    const rows = archive.db.all('SELECT name, link FROM exports LIMIT ?', BATCH);
    for (const { link } of rows) this.#unlink(String(link));
    archive.transaction(() => {
      for (const { name } of rows) archive.db.run('DELETE FROM exports WHERE name = ?', String(name));
    });
    if (rows.length === BATCH) return false;
    return this.#made !== undefined || !existsSync(folder) || this.#clearRemains();
  }

  #clearRemains(): boolean {
    const remains = this.#remains ?? secondNamesRemoved(this.#parts.folder);
    this.#remains = undefined; // one that fails is begun anew
    for (let count = 0; count < BATCH; count++) if (remains.next().done === true) return true;
    this.#remains = remains;
    return false;
  }

  #begin(): void {
    const { archive, style } = this.#parts;
    archive.transaction(() => {
      this.#note('export_seq', '0');
      this.#note('export_refused', '0');
      this.#note('export_style', style === OWN_STYLE ? '' : style);
    });
  }

  /** @returns Whether there was something new. */
  #follow(): boolean {
    const { archive } = this.#parts;
    const next = archive.view.endedAfter(this.#noted('export_seq'), BATCH);
    const last = next.at(-1);
    if (last === undefined) return false;
    const refused = this.#link(next.map(({ event }) => event), () => true);
    const first = next.find(({ event }) => refused.has(event.id))?.seq;
    archive.transaction(() => {
      this.#note('export_seq', String(last.seq));
      if (first !== undefined && this.#noted('export_refused') === 0) this.#note('export_refused', String(first));
    });
    return true;
  }

  /**
   * Links what the disk refused, until it refuses again. What is noted was linked: who has moved
   * that away does not want it there.
   */
  #tryAgain(): void {
    if (this.#restFor > 0) {
      this.#restFor--;
      return;
    }
    const { archive } = this.#parts;
    const from = this.#noted('export_refused');
    if (from === 0) return;
    const next = archive.view.endedAfter(this.#triedUntil ?? from - 1, BATCH);
    const refused = this.#link(next.map(({ event }) => event), (name) => this.placeOf(name) === undefined);
    const first = next.find(({ event }) => refused.has(event.id))?.seq;
    this.#triedUntil = first === undefined ? next.at(-1)?.seq : undefined;
    if (this.#triedUntil !== undefined) return;
    this.#restFor = REST;
    if (first !== from) archive.transaction(() => this.#note('export_refused', String(first ?? 0)));
  }

  /**
   * Noted first, and together, for each commit waits for the disk: a second name that nobody knows of would
   * keep a file from ever leaving it.
   * @returns The events of which the disk refused what it may take another time; nothing is noted of that any more.
   */
  #link(events: readonly TytoEvent[], isWanted: (name: string) => boolean): ReadonlySet<string> {
    const { archive } = this.#parts;
    const planned = archive.transaction(() => events.flatMap((event) => this.#plan(event, isWanted)));
    const tried = planned.map((secondName) =>
      ({ ...secondName, refusal: this.#refusalOf(() => this.#linkFile(secondName)) }));
    const refused = tried.filter(({ refusal }) => refusal !== undefined);
    if (refused.length > 0) archive.transaction(() => {
      for (const { name } of refused) archive.db.run('DELETE FROM exports WHERE name = ?', name);
    });
    return new Set(refused.filter(({ refusal }) => refusal !== 'ENAMETOOLONG').map(({ event }) => event));
  }

  #plan(event: TytoEvent, isWanted: (name: string) => boolean): readonly (SecondName & { readonly event: string })[] {
    const { archive, mediaFolder, style } = this.#parts;
    return ([[event.clip, 'mp4'], [event.snapshot, 'jpg']] as const).flatMap(([file, extension]) => {
      const wanted = file === null ? undefined : eventFileName(style, event, extension);
      if (file === null || wanted === undefined || !isWanted(file.name) || !existsSync(pathOf(mediaFolder, file.name)))
        return [];
      const noted = archive.db.get('SELECT link FROM exports WHERE name = ?', file.name)?.['link'];
      const link = typeof noted === 'string' ? noted : this.#free(wanted, extension);
      if (noted === undefined)
        archive.db.run('INSERT INTO exports (name, event, link) VALUES (?, ?, ?)', file.name, event.id, link);
      return [{ event: event.id, name: file.name, link }];
    });
  }

  #linkFile({ name, link }: SecondName): void {
    const { mediaFolder, folder } = this.#parts;
    const target = path.join(folder, link);
    if (existsSync(target)) return;
    makeFolderSync(path.dirname(target), 0o700);
    linkSync(pathOf(mediaFolder, name), target);
  }

  /** @returns The system's code for what the disk refused; undefined when it is done. */
  #refusalOf(work: () => void): string | undefined {
    try {
      work();
      return undefined;
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined) throw error;
      if (!this.#isTold)
        this.#parts.log.error(`the export folder is not complete: ${describeError(error)}; `
          + 'hard links must be possible there, and names of that length', { folder: this.#parts.folder });
      this.#isTold = true;
      return code;
    }
  }

  /** `wanted`, or the same with a number, for what only its second tells apart. */
  #free(wanted: string, extension: string): string {
    const { archive, folder } = this.#parts;
    const isTaken = (link: string): boolean =>
      archive.db.get('SELECT 1 FROM exports WHERE link = ?', link) !== undefined || existsSync(path.join(folder, link));
    if (!isTaken(wanted)) return wanted;
    for (let count = 2; ; count++) {
      const other = `${wanted.slice(0, -extension.length - 1)}-${count}.${extension}`;
      if (!isTaken(other)) return other;
    }
  }

  #unlink(link: string): void {
    const { folder } = this.#parts;
    rmSync(path.join(folder, link), { force: true });
    for (let parent = path.dirname(link); parent !== '.'; parent = path.dirname(parent))
      if (!removeIfEmpty(path.join(folder, parent))) return;
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

/** Takes away, file by file, what has another name elsewhere; what has none is footage, and stays. */
function* secondNamesRemoved(folder: string): Generator<void> {
  using entries = opendirSync(folder);
  for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      yield* secondNamesRemoved(file);
      removeIfEmpty(file);
    } else if (entry.isFile() && statSync(file).nlink > 1) rmSync(file);
    yield;
  }
}
