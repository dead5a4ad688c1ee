import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MediaFile, TytoEvent } from '../contract/event.ts';
import { picturesOf } from '../contract/manifest.ts';
import { MEDIA_EXTENSIONS, ofEventName, type MediaExtension } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { dawn, eventAt, idAt, temporaryFolder } from '../../test/recording/events.ts';
import type { Archive } from './archive.ts';
import { bootScan, scanLater } from './boot-scan.ts';
import { pathOf } from './index-file.ts';
import { openArchive } from './open-archive.ts';
import type { PictureExtension } from './recovered-event.ts';
import { Removal } from './removal.ts';
import { Restamp } from './restamp.ts';

const SMALL = MEDIA_EXTENSIONS.filter((extension) => extension !== 'mp4');
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 0xff, 0xd9]);
const MP4 = Buffer.concat([Buffer.from([0, 0, 0, 16]), Buffer.from('ftypisom'), Buffer.alloc(4)]);
const contentOf = (extension: MediaExtension): Buffer => (extension === 'preview.mp4' ? MP4 : JPEG);
const SIZES = JPEG.byteLength * 2 + MP4.byteLength;

class Shelf implements Disposable {
  readonly mediaFolder: string;
  readonly archive: Archive;
  constructor(folder: string) {
    this.mediaFolder = path.join(folder, 'media');
    this.archive = openArchive(path.join(folder, 'archive.db'), dawn, silentLog);
  }
  fileOf(second: number, extension: PictureExtension): MediaFile {
    const name = ofEventName({ id: idAt(second), device: 'barn', camera: 'yard' }, extension);
    return { name, bytes: contentOf(extension).byteLength, sha256: extension.length.toString().padEnd(64, '0') };
  }
  async write(second: number): Promise<void> {
    for (const extension of SMALL) {
      const file = pathOf(this.mediaFolder, this.fileOf(second, extension).name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, contentOf(extension));
    }
  }
  eventWithAll(second: number): TytoEvent {
    return {
      ...eventAt(second, { lasted: 5 }), has_snapshot: true, snapshot: this.fileOf(second, 'jpg'),
      thumbnail: this.fileOf(second, 'thumb.jpg'), preview: this.fileOf(second, 'preview.mp4'),
    };
  }
  async scan() {
    const scan = { ...this, archive: this.archive, mediaFolder: this.mediaFolder, recover: () => {
      throw new Error('nothing is torn');
    }, log: silentLog };
    const { report, later } = await bootScan(scan);
    const rest = await scanLater(scan, later, new AbortController().signal);
    assert.deepEqual([...report.problems, ...rest.problems], []);
    return report.pictures + rest.pictures;
  }
  [Symbol.dispose](): void { this.archive[Symbol.dispose](); }
}

const onShelf = async (play: (shelf: Shelf) => Promise<void>): Promise<void> => {
  await using folder = await temporaryFolder();
  using shelf = new Shelf(folder.path);
  await play(shelf);
};

const endingsOf = (event: TytoEvent | undefined): string =>
  (event === undefined ? '-' : picturesOf(event).map(({ name }) => name.replace(/^.*-[a-z0-9]{6}\./, '')).join());

describe('picture, thumbnail and preview of an event', () => {
  it('are found again by a start that knows nothing of them, and the event with them', () => onShelf(async (shelf) => {
    await shelf.write(0);
    assert.equal(await shelf.scan(), 3);
    assert.equal(endingsOf(shelf.archive.view.get(idAt(0))), 'thumb.jpg,jpg,preview.mp4');
    assert.equal(await shelf.scan(), 0);
  }));

  it('are given to an event that a crash left without them', () => onShelf(async (shelf) => {
    await shelf.write(0);
    shelf.archive.putEvent(eventAt(0));
    await shelf.scan();
    const event = shelf.archive.view.get(idAt(0));
    assert.deepEqual([endingsOf(event), event?.end_time !== null], ['thumb.jpg,jpg,preview.mp4', true]);
  }));

  for (const gone of SMALL)
    it(`are promised no longer when their file is gone (${gone})`, () => onShelf(async (shelf) => {
      await shelf.write(0);
      shelf.archive.putEvent(shelf.eventWithAll(0));
      await rm(pathOf(shelf.mediaFolder, shelf.fileOf(0, gone).name));
      await shelf.scan();
      const event = shelf.archive.view.get(idAt(0));
      assert.equal(endingsOf(event), ['thumb.jpg', 'jpg', 'preview.mp4'].filter((ending) => ending !== gone).join());
      assert.equal(event?.has_snapshot, gone !== 'jpg');
    }));

  it('are left alone by a start that finds all in step, and drafts of them go', () => onShelf(async (shelf) => {
    await shelf.write(0);
    shelf.archive.putEvent(shelf.eventWithAll(0));
    const preview = pathOf(shelf.mediaFolder, shelf.fileOf(0, 'preview.mp4').name);
    const draft = `${preview}.01234567-89ab-cdef-0123-456789abcdef.tmp`;
    await writeFile(draft, '');
    assert.equal(await shelf.scan(), 0);
    assert.deepEqual(
      [endingsOf(shelf.archive.view.get(idAt(0))), existsSync(draft)], ['thumb.jpg,jpg,preview.mp4', false],
    );
  }));

  it('count, all of them, as pictures; what is replaced or removed counts no longer', () => onShelf(async (shelf) => {
    const { archive } = shelf;
    const used = (): number => archive.usage().picture;
    archive.putEvent(eventAt(0));
    archive.putEvent(shelf.eventWithAll(0));
    archive.putEvent(shelf.eventWithAll(0));
    archive.putEvent(shelf.eventWithAll(10));
    assert.equal(used(), 2 * SIZES);
    const { thumbnail: _gone, ...without } = shelf.eventWithAll(0);
    archive.putEvent(without);
    assert.equal(used(), 2 * SIZES - JPEG.byteLength);
    await new Removal({
      archive, mediaFolder: shelf.mediaFolder, landing: undefined,
    }).remove([{ subject: idAt(10), why: 'a test', untaken: false }]);
    assert.equal(used(), SIZES - JPEG.byteLength);
  }));

  it('go with their event', () => onShelf(async (shelf) => {
    await shelf.write(0);
    shelf.archive.putEvent(shelf.eventWithAll(0));
    await new Removal({
      archive: shelf.archive, mediaFolder: shelf.mediaFolder, landing: undefined,
    }).remove([{ subject: idAt(0), why: 'a test', untaken: false }]);
    for (const extension of SMALL)
      assert.equal(existsSync(pathOf(shelf.mediaFolder, shelf.fileOf(0, extension).name)), false);
    assert.equal(await shelf.scan(), 0);
  }));

  it('get the true time with it', () => onShelf(async (shelf) => {
    const { archive } = shelf;
    await shelf.write(0);
    archive.putEvent({ ...shelf.eventWithAll(0), clock: 'unsynced' }, true);
    await new Restamp(shelf).moveHeld(3 * 86_400_000);
    const [moved] = archive.view.page({ limit: 1 }).events;
    assert.ok(moved !== undefined && moved.start_time === (millis(dawn + 3 * 86_400_000)) / 1000);
    for (const { name } of picturesOf(moved))
      assert.ok(name.startsWith('20261124T') && existsSync(pathOf(shelf.mediaFolder, name)), name);
    assert.deepEqual([picturesOf(moved).length, await shelf.scan(), archive.usage().picture], [3, 0, SIZES]);
  }));
});
