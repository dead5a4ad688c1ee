/**
 * Brings catalogue and disk together after a crash, a power cut, or the loss of either. The files are the ground truth:
 * a row without its file is marked lost, a file without a row is indexed, and what was under way is brought to its end.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TytoEvent } from '../contract/event.ts';
import { parseMediaFileName } from '../contract/names.ts';
import { describeError, DeviceError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { compareDay } from './compare-day.ts';
import { indexClip, indexPicture, pathOf, type Shelf } from './index-file.ts';
import { ended, withClip, withSnapshot } from './recovered-event.ts';

export interface Scan extends Shelf { readonly log: Log }

export interface BootReport {
  /** Clips brought into the catalogue, torn ends cut off. */
  readonly recovered: number;
  /** Recordings of which nothing can be played, or whose file is gone. */
  readonly lost: number;
  /** Events that were under way and are now ended. */
  readonly ended: number;
  /** Pictures brought into the catalogue. */
  readonly pictures: number;
  /** What could not be done; the rest was. Nothing is lost by it: the next start tries again. */
  readonly problems: readonly DeviceError[];
}

export interface BootScan {
  readonly report: BootReport;
  /** Files that are still to be indexed, with `indexFiles`: none but after the loss of the catalogue. Nobody waits for them. */
  readonly unlisted: readonly string[];
  /** Events that were under way and are now ended, oldest first, as they are in the catalogue. */
  readonly endedEvents: readonly TytoEvent[];
}

type Counts = { -readonly [K in keyof BootReport]: BootReport[K] extends readonly DeviceError[] ? DeviceError[] : number };

/**
 * Call it before the first recording is begun. Takes time only for what a crash left behind and for listing the folders;
 * what is large is left to `indexFiles`, beside the recording.
 */
export async function bootScan(scan: Scan): Promise<BootScan> {
  const counts: Counts = { recovered: 0, lost: 0, ended: 0, pictures: 0, problems: [] };
  const days = await attempt(counts, () => daysOnDisk(scan));
  if (days === undefined) return { report: counts, unlisted: [], endedEvents: [] };
  for (const name of scan.archive.writing()) await attempt(counts, () => settle(scan, counts, name));
  const unlisted: string[] = [];
  for (const day of new Set([...days, ...scan.archive.mediaDays()])) {
    unlisted.push(...await attempt(counts, () => scanDay(scan, counts, day)) ?? []);
  }
  const openEvents = new Set(scan.archive.openEvents().map(({ id }) => id));
  const isOfOpenEvent = (name: string): boolean => openEvents.has(eventOf(name));
  for (const name of unlisted.filter(isOfOpenEvent)) await attempt(counts, () => indexFile(scan, counts, name));
  const endedEvents = await attempt(counts, async () => endOpenEvents(scan)) ?? [];
  counts.ended += endedEvents.length;
  tell(scan, counts);
  return { report: counts, unlisted: unlisted.filter((name) => !isOfOpenEvent(name)), endedEvents };
}

/**
 * Indexes `files`, event by event, until done or `signal` aborts; what is left, the next start finds. An event ends, and so is
 * seen by the uploader, once all of its files are indexed.
 */
export async function indexFiles(scan: Scan, files: readonly string[], signal: AbortSignal): Promise<BootReport> {
  const counts: Counts = { recovered: 0, lost: 0, ended: 0, pictures: 0, problems: [] };
  for (const [eventId, names] of Map.groupBy(files, eventOf)) {
    for (const name of names) {
      if (!signal.aborted) await attempt(counts, () => indexFile(scan, counts, name));
    }
    if (signal.aborted) break;
    await attempt(counts, async () => { if (endEvent(scan, eventId) !== undefined) counts.ended++; });
  }
  tell(scan, counts);
  return counts;
}

/** Empty for what belongs to no event. */
const eventOf = (name: string): string => parseMediaFileName(name)?.eventId ?? '';

/** @throws {DeviceError} When the media folder cannot be read, or is empty although the catalogue lists files in it. */
async function daysOnDisk({ archive, mediaFolder }: Scan): Promise<string[]> {
  const days = (await namesIn(mediaFolder)).filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name));
  if (days.length > 0 || archive.mediaDays().length === 0) return days;
  throw new DeviceError('archive.media-missing',
    `${mediaFolder}: no recording is there, but the catalogue lists some; if they are on a disk of their own, mount it and restart`);
}

/** @returns The names in `folder`, none when it is not there. @throws {DeviceError} When it cannot be read. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return [];
    throw new DeviceError('archive.media-unreadable',
      `${folder}: the recordings cannot be listed; see that the disk works and that the user that runs Tyto may read there`, { cause });
  }
}

/** A recording that was under way when everything stopped. */
async function settle(scan: Scan, counts: Counts, name: string): Promise<void> {
  const folder = path.dirname(pathOf(scan.mediaFolder, name));
  if ((await namesIn(folder)).includes(name)) return await indexFile(scan, counts, name);
  scan.archive.markLost(name, 'its file was gone at the start');
  counts.lost++;
}

/** @returns Files to be indexed. */
async function scanDay({ archive, mediaFolder }: Scan, counts: Counts, day: string): Promise<readonly string[]> {
  const folder = path.join(mediaFolder, day);
  const difference = compareDay({ files: await namesIn(folder), recordings: archive.recordingsOn(day), pictures: archive.picturesOn(day) });
  if (difference.lostRecordings.length + difference.lostPictures.length > 0) archive.transaction(() => {
    for (const name of difference.lostRecordings) loseRecording(archive, name);
    for (const eventId of difference.lostPictures) losePicture(archive, eventId);
  });
  counts.lost += difference.lostRecordings.length;
  for (const draft of difference.drafts) await rm(path.join(folder, draft), { force: true });
  return difference.unlisted;
}

function loseRecording(archive: Shelf['archive'], name: string): void {
  archive.markLost(name, 'its file was gone at the start');
  const event = archive.view.get(eventOf(name));
  if (event?.clip?.name === name) archive.putEvent(withClip(event, null));
}

function losePicture(archive: Shelf['archive'], eventId: string): void {
  const event = archive.view.get(eventId);
  if (event !== undefined) archive.putEvent(withSnapshot(event, null));
}

async function indexFile(scan: Scan, counts: Counts, name: string): Promise<void> {
  if (name.endsWith('.jpg')) {
    if (await indexPicture(scan, name)) counts.pictures++;
    return;
  }
  const found = await indexClip(scan, name);
  if (!found.playable) {
    counts.lost++;
    return;
  }
  counts.recovered++;
  if (found.savedTail === undefined) return;
  scan.log.warn('a clip was damaged; it now ends before the damage, and what came after is kept beside it',
    { clip: name, cutBytes: found.cutBytes, kept: found.savedTail });
}

function endOpenEvents(scan: Scan): readonly TytoEvent[] {
  return scan.archive.transaction(() => scan.archive.openEvents().flatMap(({ id }) => endEvent(scan, id) ?? []));
}

/**
 * Ends what a crash left open. A clip that was complete before its event was told so is given to it.
 * @returns The event as it now is; undefined when there was nothing to end.
 */
function endEvent({ archive }: Scan, id: string): TytoEvent | undefined {
  const event = archive.view.get(id);
  if (event === undefined || event.end_time !== null) return undefined;
  const over = ended(event.clip === null ? withClip(event, clipOf(archive, id)) : event);
  archive.putEvent(over);
  return over;
}

function clipOf(archive: Shelf['archive'], eventId: string): Parameters<typeof withClip>[1] {
  for (const name of archive.recordingsOf(eventId)) {
    const row = archive.view.recording(name);
    if (row?.state !== 'complete' && row?.state !== 'recovered') continue;
    const { bytes, sha256, start_time, end_time, codec, width, height } = row;
    if (bytes === null || sha256 === null || end_time === null || codec === null || width === null || height === null) continue;
    return { name, bytes, sha256, start_time, duration: Math.round((end_time - start_time) * 1000) / 1000, codec, width, height };
  }
  return null;
}

async function attempt<T>(counts: Counts, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DeviceError) counts.problems.push(error);
    else if (systemCode(error) === undefined) throw error;
    else counts.problems.push(new DeviceError('archive.scan', `a recorded file cannot be read: ${describeError(error)}`, { cause: error }));
    return undefined;
  }
}

function tell({ log }: Scan, { problems, ...counts }: Counts): void {
  for (const problem of problems) log.error(describeError(problem), { code: problem.code });
  if (Object.values(counts).some((count) => count > 0)) log.warn('the catalogue was brought in step with the disk', counts);
}
