/**
 * Brings catalogue and disk together after a crash, a power cut, or the loss of either. The files are the ground truth:
 * a row without its file is marked lost, a file without a row is indexed, and what was under way is brought to its end.
 */
import { existsSync, statSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import type { TytoEvent } from '../contract/event.ts';
import { parseMediaFileName } from '../contract/names.ts';
import { describeError, DeviceError, systemCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { millis, type Millis } from '../core/units.ts';
import { compareDay } from './compare-day.ts';
import { changedDays, stampOf } from './changed-days.ts';
import { indexClip, indexPicture, pathOf, type Shelf } from './index-file.ts';
import { ended, withClip, withoutPicture } from './recovered-event.ts';

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
  /**
   * What is still to be looked at, with `scanLater`: nothing but after the loss of the catalogue or
   * of many files. Nobody waits for it.
   */
  readonly later: LaterScan;
  /** Events that were under way and are now ended, oldest first, as they are in the catalogue. */
  readonly endedEvents: readonly TytoEvent[];
}

export interface LaterScan {
  /** Wall clock: files made since are being recorded, and are let be. */
  readonly begun: Millis;
  readonly compared: readonly ComparedDay[];
  /** Days that have not been compared yet, newest first. */
  readonly days: readonly string[];
}

interface ComparedDay {
  readonly day: string;
  /** How its folder was when it was read: once its files are indexed, the catalogue is in step with that. */
  readonly stamp: string | undefined;
  /** Files that are still to be indexed. */
  readonly unlisted: readonly string[];
}

type Counts = { -readonly [K in keyof BootReport]: BootReport[K] extends readonly DeviceError[] ? DeviceError[]
  : number };

/**
 * Call it before the first recording is begun. Takes time only for what a crash left behind: of the days, only those
 * are read of which the folder has changed since it was last compared, which its time tells, and not even those beyond
 * the newest where very much changed. The rest is left to `scanLater`, beside the recording.
 */
export async function bootScan(scan: Scan): Promise<BootScan> {
  const counts: Counts = { recovered: 0, lost: 0, ended: 0, pictures: 0, problems: [] };
  const begun = millis(Date.now());
  const days = await attempt(counts, () => daysOnDisk(scan));
  if (days === undefined) return { report: counts, later: { begun, compared: [], days: [] }, endedEvents: [] };
  for (const name of scan.archive.writing()) await attempt(counts, () => settle(scan, counts, name));
  const changed = await attempt(counts, () => changedDays(scan, days)) ?? { now: [], later: [] };
  const openEvents = new Set(scan.archive.openEvents().map(({ id }) => id));
  const compared: ComparedDay[] = [];
  for (const day of changed.now) {
    const found = await attempt(counts, () => compare(scan, counts, day));
    if (found === undefined) continue;
    const [urgent, rest] = partition(found.unlisted, (name) => openEvents.has(eventOf(name)));
    for (const name of urgent) await attempt(counts, () => indexFile(scan, counts, name));
    compared.push({ ...found, unlisted: rest });
  }
  const endedEvents = await attempt(counts, async () => endOpenEvents(scan)) ?? [];
  counts.ended += endedEvents.length;
  tell(scan, counts);
  return { report: counts, later: { begun, compared, days: changed.later }, endedEvents };
}

/**
 * Compares and indexes what `bootScan` left, until done or `signal` aborts; what is left then, the next start finds. An
 * event ends, and so is seen by the uploader, once all of its files of that day are indexed.
 *
 * @param isFull - Whether room is needed just now: then the oldest day comes first, for only what is indexed can be
 * deleted,
 *   and the oldest is to go.
 */
export async function scanLater(
  scan: Scan, { begun, compared, days }: LaterScan, signal: AbortSignal, isFull: () => boolean = () => false,
): Promise<BootReport> {
  const counts: Counts = { recovered: 0, lost: 0, ended: 0, pictures: 0, problems: [] };
  const left: (ComparedDay | string)[] = [...compared, ...days];
  while (left.length > 0) {
    await otherWork();
    if (signal.aborted) break;
    const day = isFull() ? left.pop() : left.shift();
    const found = typeof day === 'string' ? await attempt(counts, () => compare(scan, counts, day, begun)) : day;
    if (found !== undefined) await indexDay(scan, counts, found, signal);
  }
  tell(scan, counts);
  return counts;
}

async function indexDay(
  scan: Scan, counts: Counts, { day, stamp, unlisted }: ComparedDay, signal: AbortSignal,
): Promise<void> {
  const problems = counts.problems.length;
  for (const [eventId, names] of Map.groupBy(unlisted, eventOf)) {
    for (const name of names) {
      if (!signal.aborted) await attempt(counts, () => indexFile(scan, counts, name));
    }
    if (signal.aborted) return;
    await attempt(counts, async () => { if (endEvent(scan, eventId) !== undefined) counts.ended++; });
  }
  if (stamp !== undefined && counts.problems.length === problems)
    await attempt(counts, async () => scan.archive.markCompared(day, stamp));
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Empty for what belongs to no event. */
const eventOf = (name: string): string => parseMediaFileName(name)?.eventId ?? '';

/** @throws {DeviceError} When the media folder cannot be read, or is empty although the catalogue lists files in it. */
async function daysOnDisk({ archive, mediaFolder }: Scan): Promise<string[]> {
  const days = (await namesIn(mediaFolder)).filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name));
  if (days.length > 0 || !archive.hasMedia()) return days;
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
      `${folder}: the recordings cannot be listed; see that the disk works and that the user that runs Tyto may read there`, {
        cause,
      });
  }
}

/** A recording that was under way when everything stopped. */
async function settle(scan: Scan, counts: Counts, name: string): Promise<void> {
  const folder = path.dirname(pathOf(scan.mediaFolder, name));
  if ((await namesIn(folder)).includes(name)) return await indexFile(scan, counts, name);
  scan.archive.markLost(name, 'its file was gone at the start');
  counts.lost++;
}

/** @param begun - As `LaterScan`. */
async function compare(
  { archive, mediaFolder }: Scan, counts: Counts, day: string, begun: Millis = millis(Infinity),
): Promise<ComparedDay> {
  const folder = path.join(mediaFolder, day);
  const stamp = await stampOf(mediaFolder, day);
  const files = await namesIn(folder);
  const difference = compareDay({ files, recordings: archive.recordingsOn(day), pictures: archive.picturesOn(day) });
  // it may have been made since the folder was read
  const isGone = (name: string): boolean => !existsSync(path.join(folder, name));
  const recordings = difference.lostRecordings.filter(isGone);
  const pictures = difference.lostPictures.filter(({ name }) => isGone(name));
  if (recordings.length + pictures.length > 0) archive.transaction(() => {
    for (const name of recordings) loseRecording(archive, name);
    for (const { event, name } of pictures) losePicture(archive, event, name);
  });
  counts.lost += recordings.length;
  for (const draft of difference.drafts)
    if (isOlder(path.join(folder, draft), begun)) await rm(path.join(folder, draft), { force: true });
  return { day, stamp, unlisted: difference.unlisted.filter((name) => isOlder(path.join(folder, name), begun)) };
}

/** File systems take the time of files from a clock that lags a little. */
const CLOCK_LAG = 1000;

const isOlder = (file: string, than: Millis): boolean =>
  than === Infinity || (statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? than) < than - CLOCK_LAG;

function loseRecording(archive: Shelf['archive'], name: string): void {
  archive.markLost(name, 'its file was gone at the start');
  const event = archive.view.get(eventOf(name));
  if (event?.clip?.name === name) archive.putEvent(withClip(event, null));
}

function losePicture(archive: Shelf['archive'], eventId: string, name: string): void {
  const event = archive.view.get(eventId);
  if (event !== undefined) archive.putEvent(withoutPicture(event, name));
}

async function indexFile(scan: Scan, counts: Counts, name: string): Promise<void> {
  if ((parseMediaFileName(name)?.extension ?? 'mp4') !== 'mp4') {
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
    if (bytes === null || sha256 === null || end_time === null || codec === null || width === null || height === null)
      continue;
    return {
      name, bytes, sha256, start_time, duration: Math.round((end_time - start_time) * 1000) / 1000, codec, width,
      height,
    };
  }
  return null;
}

async function attempt<T>(counts: Counts, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    // Whatever it is: a start that fails would fail again and again, and nothing would be recorded meanwhile.
    counts.problems.push(error instanceof DeviceError ? error
      : new DeviceError(
        'archive.scan',
        `something recorded cannot be taken into the catalogue: ${describeError(error)}`, { cause: error },
      ));
    return undefined;
  }
}

function tell({ log }: Scan, { problems, ...counts }: Counts): void {
  for (const problem of problems) log.error(describeError(problem), { code: problem.code });
  if (Object.values(counts).some((count) => count > 0))
    log.warn('the catalogue was brought in step with the disk', counts);
}
