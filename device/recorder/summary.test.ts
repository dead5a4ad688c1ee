import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { MediaFile } from '../contract/event.ts';
import { boxesIn, fourCharacters } from '../contract/mp4-boxes.ts';
import { keyPictureOf } from '../contract/mp4-key-pictures.ts';
import { eventId, parseMediaFileName } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { bytes, millis, seconds } from '../core/units.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { maskPicture } from '../media/mask-picture.ts';
import { previewOf } from '../media/preview.ts';
import { probeFile } from '../../test/recording/probe-file.ts';
import { makeFootage, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';
import { mediaFile } from './clip-writer.ts';
import { KeyPictures } from '../media/key-pictures.ts';
import { Recorder } from './recorder.ts';
import type { RecorderPlan } from './recorder-plan.ts';
import { SummaryMaker } from './summary.ts';

const dawn = millis(Date.UTC(2026, 10, 21, 6, 0, 0));
const id = eventId(millis(dawn + 5000), 0.5);

const plan: Omit<RecorderPlan, 'mediaFolder'> = {
  mode: 'event', preRoll: seconds(2), maxLength: seconds(300), minimumFree: bytes(0),
  device: 'barn', camera: 'yard', key: testKey, listener: { opened() {}, closed() {} }, log: silentLog,
};

describe('what stands for an event', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(20); });

  /** An event from 5 s to 15 s of the footage, summed up. */
  async function summedUp(special: Partial<RecorderPlan>, look: (
    made: Awaited<ReturnType<Recorder['summary']>>, file: (of: MediaFile | undefined) => string, folder: string,
  ) => Promise<void>) {
    await using folder = await temporaryFolder();
    const recorder = new Recorder({ ...plan, ...special, mediaFolder: folder.path });
    recorder.begin(footage.init);
    for (const fragment of footage.fragments) {
      recorder.fragment(fragment, millis(dawn + fragment.start));
      if (fragment.start <= 5000 && fragment.start + fragment.duration > 5000) recorder.startEvent(id, millis(5000));
    }
    await recorder.snapshot(id, seconds(10));
    await recorder.endEvent(id, seconds(15));
    const made = await recorder.summary(id, seconds(5), seconds(15));
    recorder.forget(id);
    assert.deepEqual(await recorder.summary(id, seconds(5), seconds(15)), {});
    await look(made, (of) => mediaFile(folder.path, of?.name ?? assert.fail('it was not made')), folder.path);
    await recorder.stop();
  }

  it('is its picture in small and a short MP4 that any player shows, under names of their own', () =>
    summedUp({}, async ({ thumbnail, preview }, file) => {
      assert.deepEqual([thumbnail, preview].map((one) =>
        parseMediaFileName(one?.name ?? '')), ['thumb.jpg', 'preview.mp4'].map((extension) =>
        ({ at: dawn + 5000, device: 'barn', camera: 'yard', eventId: id, extension })));
      for (const one of [thumbnail, preview]) {
        const data = await readFile(file(one));
        assert.deepEqual([one?.bytes, one?.sha256], [data.byteLength, createHash('sha256').update(data).digest('hex')]);
      }
      assert.deepEqual(await decodeWhole(file(thumbnail), 'jpeg_pipe'), { ok: true });
      assert.deepEqual(await decodeWhole(file(preview), 'mp4'), { ok: true });
      const { codec, pixels, pictures, duration } = await probeFile(file(preview));
      assert.deepEqual([codec, pixels, pictures], ['h264', 'yuv420p', 11]);
      assert.ok(duration > 4 && duration < 4.5, `${duration} s`);
      const whole = await readFile(file(preview));
      assert.ok(whole.indexOf('moov') < whole.indexOf('mdat'), 'it begins to play before all of it is there');
    }));

  it('is made of decoded pictures where these are at hand, with no program and none of the video', async () => {
    await using folder = await temporaryFolder();
    const recorder = new Recorder({ ...plan, mediaFolder: folder.path });
    const { width, height } = footage.init.size;
    const hand = (at: number): void => recorder.picture({
      at: seconds(at), width, height, pixels: new Uint8Array(width * height * 3 / 2).fill(8 * at),
    });
    recorder.begin(footage.init);
    for (let at = 2; at <= 6; at += 1) hand(at);
    recorder.startEvent(id, seconds(5));
    for (let at = 7; at <= 15; at += 1) hand(at);
    const { preview } = await recorder.summary(id, seconds(5), seconds(15));
    const file = mediaFile(folder.path, preview?.name ?? assert.fail('it was not made'));
    const { codec, pixels, pictures, duration } = await probeFile(file);
    assert.deepEqual([codec, pixels, pictures], ['h264', 'yuv420p', 11]);
    assert.ok(duration > 4 && duration < 4.5, `${duration} s`);
    await recorder.stop();
  });

  it('is none of what was drawn black since: the decoded pictures show it', async () => {
    await using folder = await temporaryFolder();
    const drawn: string[] = [];
    const recorder = new Recorder({ ...plan, mediaFolder: folder.path, pictureMask: () => drawn[0] });
    const { width, height } = footage.init.size;
    recorder.begin(footage.init);
    for (let at = 4; at <= 9; at += 1) {
      recorder.picture({ at: seconds(at), width, height, pixels: new Uint8Array(width * height * 3 / 2) });
      if (at === 5) recorder.startEvent(id, seconds(5));
    }
    drawn.push(maskPicture([[[0, 0], [1, 0], [1, 1], [0, 1]]]) ?? assert.fail());
    assert.deepEqual(await recorder.summary(id, seconds(5), seconds(9)), {});
    await recorder.stop();
  });

  it('is black where a mask lies', () =>
    summedUp({
      pictureMask: () => maskPicture([[[0, 0], [1, 0], [1, 1], [0, 1]]]),
    }, async ({ thumbnail, preview }, file) => {
      for (const one of [thumbnail, preview]) assert.ok((await probeFile(file(one))).brightness <= 17, one?.name);
    }));

  it('is no preview while the device cannot keep up', () =>
    summedUp({ isBusy: () => true }, async ({ thumbnail, preview }) => {
      assert.deepEqual([thumbnail !== undefined, preview], [true, undefined]);
    }));

  it('never lies in the clear on a disk on its way there: encrypted, it is made in memory or not at all', async () => {
    await using folder = await temporaryFolder();
    const keys = new KeyPictures(footage.init);
    for (const fragment of footage.fragments) keys.take(fragment);
    const clip = keys.clip(seconds(0), seconds(20)) ?? assert.fail();
    const nowhere = path.join(folder.path, 'no memory here');
    const [signal, mask] = [new AbortController().signal, undefined];
    assert.ok(
      (await previewOf(clip, { mask, signal, isSecret: false, lowPriority: true, memory: nowhere })).byteLength > 0,
    );
    await assert.rejects(previewOf(clip, { mask, signal, isSecret: true, lowPriority: true, memory: nowhere }), {
      code: 'media.preview-place',
    });
    assert.ok(
      (await previewOf(clip, { mask, signal, isSecret: true, lowPriority: true, memory: folder.path })).byteLength > 0,
    );
  });

  it('takes away what a kill left of those before, and nothing of one that is being made', async () => {
    await using folder = await temporaryFolder();
    const keys = new KeyPictures(footage.init);
    for (const fragment of footage.fragments) keys.take(fragment);
    for (const name of ['tyto-preview-old', 'tyto-preview-new', 'tyto-other'])
      await mkdir(path.join(folder.path, name));
    for (const name of ['tyto-preview-old', 'tyto-other']) await utimes(path.join(folder.path, name), 1, 1);
    await previewOf(keys.clip(seconds(0), seconds(20)) ?? assert.fail(), {
      signal: new AbortController().signal, isSecret: true, lowPriority: true, memory: folder.path,
    });
    assert.deepEqual((await readdir(folder.path)).sort(), ['tyto-other', 'tyto-preview-new']);
  });

  it('is nothing where nothing is recorded', () => summedUp({ mode: 'off' }, async (made, _file, folder) => {
    assert.deepEqual([made, await readdir(folder)], [{}, []]);
  }));

  it('is not waited for once the recorder has stopped', async () => {
    await using folder = await temporaryFolder();
    const maker = new SummaryMaker({
      mediaFolder: folder.path, device: 'barn', camera: 'yard', mask: () => undefined, isBusy: () => false,
      log: silentLog,
    });
    await maker.stop(seconds(1));
    assert.deepEqual(await maker.make({ eventId: id, picture: new Uint8Array(3), clip: new Uint8Array(3) }), {});
  });

  it('is left out where nothing can be made of what there is, or too many wait', async () => {
    await using folder = await temporaryFolder();
    const maker = new SummaryMaker({
      mediaFolder: folder.path, device: 'barn', camera: 'yard', mask: () => undefined, isBusy: () => false,
      log: silentLog,
    });
    const asked = Array.from({ length: 6 }, () =>
      maker.make({ eventId: id, picture: new Uint8Array(3), clip: new Uint8Array(3) }));
    assert.deepEqual(await Promise.all(asked), asked.map(() => ({})));
    assert.deepEqual(await readdir(folder.path), []);
  });

  it('leaves nothing but finished files behind', () => summedUp({}, async (_made, _file, folder) => {
    const names = await readdir(path.join(folder, '2026-11-21'));
    assert.deepEqual(names.map((name) => name.slice(name.indexOf('.', -4) + 1).replace(/^.*-[a-z0-9]{6}\./, ''))
      .sort(), ['jpg', 'mp4', 'preview.mp4', 'thumb.jpg']);
  }));

  describe('is made of keyframes', () => {
    const shown = (keys: KeyPictures, from: number, until: number): number =>
      [...boxesIn(keys.clip(seconds(from), seconds(until)) ?? assert.fail())].filter(({ data }) =>
        fourCharacters(data, 4) === 'moof').length;

    it('that are few and evenly spread, however long it lasts', () => {
      const keys = new KeyPictures(footage.init);
      const [first] = footage.fragments;
      assert.ok(first !== undefined && keyPictureOf(first) !== undefined);
      for (let second = 0; second < 3600; second++) keys.take({ ...first, start: seconds(second) });
      const quarters = [0, 1, 2, 3].map((quarter) => shown(keys, quarter * 900, quarter * 900 + 899));
      assert.ok(quarters.every((count) => count >= 3 && count <= 6), `${quarters.join()} in each quarter of an hour`);
      assert.equal(shown(keys, 0, 3600), 12);
    });

    it('that take no more memory than they may', () => {
      const [first] = footage.fragments;
      const size = (first && keyPictureOf(first)?.byteLength) ?? 0;
      const keys = new KeyPictures(footage.init, bytes(size * 4));
      for (let second = 0; second < 100; second++)
        if (first !== undefined) keys.take({ ...first, start: seconds(second) });
      const held = shown(keys, 0, 100);
      assert.ok(held >= 2 && held <= 4, `${held}`);
    });

    it('of the event itself where there are enough, or else of all there is', () => {
      const keys = new KeyPictures(footage.init);
      for (const fragment of footage.fragments) keys.take(fragment);
      const length = (from: number, until: number): number => keys.clip(seconds(from), seconds(until))?.byteLength ?? 0;
      assert.ok(length(5, 8) < length(5, 12) && length(5.1, 5.2) > length(5, 12));
      assert.equal(new KeyPictures(footage.init).clip(seconds(0), seconds(9)), undefined);
    });
  });
});
