/** Recordings of known sizes, and what makes room among them: for tests of retention. */
import assert from 'node:assert/strict';
import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Archive } from '../../device/archive/archive.ts';
import { pathOf } from '../../device/archive/index-file.ts';
import { openArchive } from '../../device/archive/open-archive.ts';
import type { RetentionRules } from '../../device/archive/retention/plan.ts';
import { Retention } from '../../device/archive/retention/retention.ts';
import { segmentFileName } from '../../device/contract/media-path.ts';
import { eventFolder, manifestKey } from '../../device/contract/names.ts';
import { pieceNames } from '../../device/contract/piece-names.ts';
import { silentLog } from '../../device/core/log.ts';
import { millis } from '../../device/core/units.ts';
import { dawn, eventAt, idAt, recordingAt, temporaryFolder } from './events.ts';

const KIB = 1024;

/** What a device has recorded into a folder, and how it makes room there. Clips are of 100 KiB, segments of 50 KiB. */
export class RetainingDevice implements Disposable {
  readonly archive: Archive;
  readonly media: string;
  readonly landing: string;
  readonly uploaded = new Set<string>();
  readonly waiting = new Set<string>();
  uploads = false;
  fleet = true;
  now = millis(dawn + 3_600_000);
  clockIsBelieved = true;
  constructor(folder: string) {
    this.media = path.join(folder, 'media');
    this.landing = path.join(folder, 'landing');
    this.archive = openArchive(path.join(folder, 'archive.db'), dawn, silentLog);
  }
  async event(second: number): Promise<string> {
    const recording = recordingAt(second);
    const clip = { ...recording.clip, bytes: 100 * KIB };
    await this.#write(pathOf(this.media, recording.name), clip.bytes);
    this.archive.closeRecording({ ...recording, clip });
    this.archive.putEvent(eventAt(second, { lasted: 1, clip }));
    return pathOf(this.media, recording.name);
  }
  async segment(second: number): Promise<string> {
    const startedAt = millis(dawn + second * 1000);
    const name = segmentFileName({ kind: 'continuous', at: startedAt, device: 'barn', camera: 'yard' });
    await this.#write(pathOf(this.media, name), 50 * KIB);
    const { clip } = recordingAt(second);
    this.archive.closeRecording({
      name, class: 'continuous', camera: 'yard', eventId: null, startedAt,
      clip: { ...clip, name, bytes: 50 * KIB, start_time: startedAt / 1000 },
      fault: null, lost: { duration: millis(0) },
    });
    return pathOf(this.media, name);
  }
  /** The landing has the event's clip under a second name. */
  async land(second: number): Promise<string> {
    const name = path.join(this.landing, eventFolder(eventAt(second)), recordingAt(second).name);
    await mkdir(path.dirname(name), { recursive: true });
    await link(pathOf(this.media, recordingAt(second).name), name);
    this.uploaded.add(idAt(second));
    return name;
  }
  /** The second name of a segment's footage in the landing folder, and the manifest that tells of it. */
  async landSegment(second: number): Promise<readonly [clip: string, manifest: string]> {
    const at = millis(dawn + second * 1000);
    const name = segmentFileName({ kind: 'continuous', at, device: 'barn', camera: 'yard' });
    const piece = pieceNames(name);
    assert.ok(piece !== undefined);
    const clip = path.join(this.landing, eventFolder(piece), piece.clip);
    const manifest = path.join(this.landing, manifestKey(piece));
    await mkdir(path.dirname(clip), { recursive: true });
    await link(pathOf(this.media, name), clip);
    await writeFile(manifest, '{}');
    return [clip, manifest];
  }
  async keeps(rules: Partial<RetentionRules>, log = silentLog): Promise<Retention> {
    const retention = new Retention({
      archive: this.archive, mediaFolder: this.media, dataFolder: path.dirname(this.media),
      landing: this.landing, now: () => this.now, mayJudgeAge: () => this.clockIsBelieved, rate: () => 0, log,
      uploads: this.uploads
        ? { uploaded: () => this.uploaded, waiting: () => this.waiting, hasFleet: () => this.fleet }
        : undefined,
      rules: {
        maxBytes: 0, reserve: millis(0), minimumFree: 0,
        age: { event: millis(0), continuous: millis(0), timelapse: millis(0) }, pending: 'keep', ...rules,
      },
    });
    await retention.makeRoom();
    return retention;
  }
  get events(): number[] {
    return this.archive.view.page({ limit: 100 }).events.map(({ start_time: start }) => start - dawn / 1000).reverse();
  }
  [Symbol.dispose](): void { this.archive[Symbol.dispose](); }
  async #write(file: string, size: number): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, Buffer.alloc(size, 1));
  }
}

export const onRetainingDevice = async (play: (device: RetainingDevice) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using device = new RetainingDevice(folder.path);
  await play(device);
};
