/** A device's folder that is brought in step as at its start, and what may have happened to it before. */
import { mkdir, readFile, rename, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Archive } from '../../device/archive/archive.ts';
import { bootScan, scanLater, type BootReport } from '../../device/archive/boot-scan.ts';
import { pathOf, type Recover } from '../../device/archive/index-file.ts';
import { openArchive } from '../../device/archive/open-archive.ts';
import { mediaFileName } from '../../device/contract/names.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis, seconds } from '../../device/core/units.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from './events.ts';

/** What nobody ends. */
export const never = new AbortController().signal;
/** What a start reports that finds nothing to do. */
export const none: BootReport = { recovered: 0, lost: 0, ended: 0, pictures: 0, problems: [] };

/** A device's folder. In place of video, a clip's file has a letter a second; `!` is a torn end. */
export class Device implements Disposable {
  readonly media: string;
  readonly archive: Archive;
  /** Replaced by who wants a clip to be beyond repair. */
  recover: Recover = async (file) => {
    const text = await readFile(file, 'utf8');
    const length = text.replace(/!.*/, '').length;
    if (length === 0) return { playable: false, reason: 'nothing in it', movedTo: await this.#setAside(file) };
    await truncate(file, length);
    return {
      playable: true, bytes: length, sha256: 'b'.repeat(64), duration: seconds(length), codec: 'avc1.64001f',
      size: { width: 160, height: 120 }, encrypted: false, cutBytes: text.length - length, savedTail: undefined,
    };
  };
  constructor(folder: string) {
    this.media = path.join(folder, 'media');
    this.archive = openArchive(path.join(folder, 'archive.db'), dawn, silentLog);
  }
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(path.dirname(pathOf(this.media, name)), { recursive: true });
    await writeFile(pathOf(this.media, name), content);
  }
  /** A device that ran well: an event with clip and picture. */
  async recorded(second: number): Promise<{ clip: string; picture: string }> {
    const recording = recordingAt(second);
    const picture = pictureAt(second);
    await this.write(recording.name, 'v'.repeat(10));
    await this.write(picture, JPEG);
    this.archive.openRecording(recording);
    this.archive.closeRecording(recording);
    this.archive.putEvent({
      ...eventAt(second, { lasted: 5, clip: recording.clip }),
      has_snapshot: true, snapshot: { name: picture, bytes: JPEG.byteLength, sha256: 'c'.repeat(64) },
    });
    return { clip: recording.name, picture };
  }
  /** Starts as a device does: the scan, then what it left for later. */
  async start(log = silentLog): Promise<BootReport> {
    const scan = { archive: this.archive, mediaFolder: this.media, recover: this.recover, log };
    const { report, later: rest } = await bootScan(scan);
    const later = await scanLater(scan, rest, never);
    return {
      recovered: report.recovered + later.recovered, lost: report.lost + later.lost, ended: report.ended + later.ended,
      pictures: report.pictures + later.pictures, problems: [...report.problems, ...later.problems],
    };
  }
  [Symbol.dispose](): void { this.archive[Symbol.dispose](); }
  async #setAside(file: string): Promise<string> {
    const place = path.join(this.media, 'lost+found', path.basename(file));
    await mkdir(path.dirname(place), { recursive: true });
    await rename(file, place);
    return place;
  }
}

export const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]);
export const pictureAt = (second: number): string =>
  mediaFileName({
    at: millis(dawn + second * 1000), device: 'barn', camera: 'yard', eventId: idAt(second), extension: 'jpg',
  });

/** Plays on a device that is gone afterwards. */
export const onDevice = async (play: (device: Device) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using device = new Device(folder.path);
  await play(device);
};
