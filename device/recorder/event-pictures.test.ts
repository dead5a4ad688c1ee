import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventId, parseMediaFileName } from '../contract/names.ts';
import { silentLog, type Log } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { maskPicture } from '../media/mask-picture.ts';
import { runTool } from '../media/run-tool.ts';
import { hashFile } from '../media/walk-clip.ts';
import { makeFootage, type Footage } from '../../test/recording/footage.ts';
import { dawn, id, withStage as playOnStage, type Stage } from '../../test/recording/stage.ts';
import type { RecorderPlan } from './recorder-plan.ts';

describe('pictures of an event', () => {
  let footage: Footage;
  before(async () => { footage = await makeFootage(30); });
  const withStage = (play: (stage: Stage) => Promise<void>, plan: Partial<RecorderPlan> = {}): Promise<void> =>
    playOnStage(footage, play, plan);

  /** Mean brightness of a JPEG, as a stream time in milliseconds: see `makeFootage`. */
  async function timeShown(jpeg: Uint8Array): Promise<number> {
    const { output } = await runTool({
      tool: 'ffmpeg',
      args: ['-v', 'error', '-f', 'jpeg_pipe', '-i', 'pipe:0', '-pix_fmt', 'gray', '-f', 'rawvideo', 'pipe:1'],
      input: jpeg,
    });
    const mean = output.reduce((sum, value) => sum + value, 0) / output.byteLength;
    return (mean * 219 / 255 + 16 - 17) / 4 * 1000; // a JPEG uses all values, video from 16 on; its texture adds 1
  }

  it('shows the moment asked for, out of memory, and is durable under the event\'s one name', () =>
    withStage(async (stage) => {
      stage.playTo(20_000);
      const early = await stage.recorder.snapshot(id, millis(11_000));
      const late = await stage.recorder.snapshot(id, millis(17_800));
      const shown = await Promise.all([early, late].map((picture) => timeShown(picture?.jpeg ?? new Uint8Array())));
      assert.ok(Math.abs((shown[0] ?? 0) - 11_000) < 250
        && Math.abs((shown[1] ?? 0) - 17_800) < 250, `${shown.join(' ')} ms`);
      assert.equal(early?.file?.name, late?.file?.name);
      assert.deepEqual(
        new Uint8Array(await readFile(stage.file(late?.file?.name))), new Uint8Array(late?.jpeg ?? []),
      );
      assert.equal(late?.file?.sha256, await hashFile(stage.file(late?.file?.name)));
      assert.equal(parseMediaFileName(late?.file?.name ?? '')?.eventId, id);
    }));

  it('takes a decoded picture of about that moment where one is at hand, with its thumbnail, until a mask is drawn', async () => {
    let mask: string | undefined;
    await withStage(async (stage) => {
      const { width, height } = footage.init.size;
      const hand = (at: number, light: number): void => {
        const pixels = new Uint8Array(width * height * 3 / 2).fill(128);
        stage.recorder.picture({ at: seconds(at), width, height, pixels: pixels.fill(light, 0, width * height) });
      };
      stage.playTo(20_000);
      stage.recorder.startEvent(id, seconds(16));
      hand(17, 36);
      hand(18, 196);
      const near = await stage.recorder.snapshot(id, millis(17_700));
      assert.ok(Math.abs(await timeShown(near?.jpeg ?? new Uint8Array()) - (196 - 17) / 4 * 1000) < 250);
      const { thumbnail } = await stage.recorder.summary(id, seconds(16), seconds(19));
      assert.equal(thumbnail?.bytes, near?.small?.byteLength);
      const far = await stage.recorder.snapshot(id, millis(11_000));
      assert.ok(Math.abs(await timeShown(far?.jpeg ?? new Uint8Array()) - 11_000) < 250);
      mask = maskPicture([[[0, 0], [1, 0], [1, 1], [0, 1]]]);
      const hidden = await stage.recorder.snapshot(id, millis(17_900));
      assert.ok(await timeShown(hidden?.jpeg ?? new Uint8Array()) < 250);
      await stage.recorder.endEvent(id, seconds(19));
    }, { pictureMask: () => mask });
  });

  it('tells once of each event that the disk refuses its picture, however often a better one comes', async () => {
    const errors: string[] = [];
    const log: Log = { ...silentLog, error: (message) => { errors.push(message); } };
    await withStage(async (stage) => {
      await writeFile(path.join(stage.folder, '2026-11-21'), 'no folder');
      stage.playTo(20_000);
      for (const at of [10, 11, 12]) assert.equal((await stage.recorder.snapshot(id, seconds(at)))?.file, null);
      assert.equal((await stage.recorder.snapshot(eventId(dawn, 0.1), seconds(13)))?.file, null);
    }, { log });
    assert.equal(errors.length, 2, errors.join('\n'));
  });

  it('waits for a moment whose video has not come yet', () => withStage(async (stage) => {
    stage.playTo(10_000);
    const picture = stage.recorder.snapshot(id, millis(10_700));
    stage.playTo(12_000);
    assert.ok(((await picture)?.jpeg.byteLength ?? 0) > 0);
  }));

  it('makes one at a time, and of each event only the latest wish', () => withStage(async (stage) => {
    stage.playTo(20_000);
    const wishes = [10, 11, 12, 13].map((second) => stage.recorder.snapshot(id, seconds(second)));
    const other = stage.recorder.snapshot(eventId(dawn, 0.1), seconds(14));
    const made = (await Promise.all(wishes)).map((picture) => picture !== undefined);
    assert.deepEqual([made.filter(Boolean).length <= 2, made.at(-1)], [true, true]);
    assert.notEqual(await other, undefined);
  }));

  it('has none of a moment that is no longer held', () => withStage(async (stage) => {
    stage.playTo(30_000);
    assert.equal(await stage.recorder.snapshot(id, millis(2000)), undefined);
  }));

  it('takes the last picture there is when the camera goes before the moment\'s video came', () =>
    withStage(async (stage) => {
      stage.playTo(10_000);
      const picture = stage.recorder.snapshot(id, millis(10_700));
      stage.recorder.interrupt();
      assert.equal(existsSync(stage.file((await picture)?.file?.name)), true);
    }));
});
