import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { FragmentReader, rebaseFragment } from '../contract/mp4-fragment.ts';
import { eventId } from '../contract/names.ts';
import { silentLog } from '../core/log.ts';
import { bytes, millis, seconds } from '../core/units.ts';
import { decodeWhole } from '../media/decode-check.ts';
import { addTone, makeFootage, temporaryFolder, type Footage } from '../../test/recording/footage.ts';
import { testKey } from '../../test/recording/key.ts';
import { decodeSound } from '../../test/video/decode-sound.ts';
import { mediaFile } from './clip-writer.ts';
import { Recorder } from './recorder.ts';
import type { RecordingMode } from './recorder-plan.ts';
import { recoverClip } from './recover-clip.ts';
import { verifyClip } from './verify-clip.ts';

const dawn = millis(Date.UTC(2026, 10, 21, 6, 0, 0));
const id = eventId(millis(dawn + 5000), 0.5);
const RATE = 8000;

/** Of each tenth of a second whether a tone is heard: `T` or `.`. */
async function tonesIn(clip: Uint8Array): Promise<string> {
  const { samples, complaint } = await decodeSound(clip, RATE);
  assert.equal(complaint, '');
  const tenth = RATE / 10;
  return Array.from({ length: Math.floor(samples.length / tenth) }, (_, n) =>
    (samples.slice(n * tenth, (n + 1) * tenth).some((value) => Math.abs(value) > 3000) ? 'T' : '.')).join('');
}

describe('a clip with sound', () => {
  let footage: Footage;
  let whole: Buffer;
  before(async () => {
    footage = await addTone(await makeFootage(10));
    whole = Buffer.concat([
      footage.init.data, ...footage.fragments.map((fragment, index) => rebaseFragment(fragment, 0, index + 1)),
    ]);
  });

  async function record(mode: RecordingMode, play: (
    recorder: Recorder, playTo: (until: number) => void,
  ) => Promise<void>, look: (files: readonly string[]) => Promise<void>): Promise<void> {
    await using folder = await temporaryFolder();
    const recorder = new Recorder({
      mode, preRoll: seconds(2), maxLength: seconds(300), minimumFree: bytes(0),
      mediaFolder: folder.path, device: 'barn', camera: 'yard', key: testKey,
      listener: { opened() {}, closed() {} }, log: silentLog, limits: { segment: seconds(3) },
    });
    recorder.begin(footage.init);
    let next = 0;
    await play(recorder, (until) => {
      for (let fragment = footage.fragments[next]; fragment !== undefined
        && fragment.start < until; fragment = footage.fragments[++next]) {
        recorder.fragment(fragment, millis(dawn + fragment.start));
      }
    });
    await recorder.stop();
    await look((await readdir(folder.path, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile() && entry.name.endsWith('.mp4'))
      .map(({ name }) => mediaFile(folder.path, name)).sort());
  }

  it('begins with its pre-roll, in step, and is found intact', () => record('event', async (recorder, playTo) => {
    playTo(6000);
    recorder.startEvent(id, millis(5300));
    playTo(9000);
    await recorder.endEvent(id, millis(7900));
  }, async ([file = '', ...more]) => {
    assert.equal(more.length, 0);
    assert.match(await tonesIn(await readFile(file)), /^T{5,6}\.{4,5}T{5,6}\.{4,5}T{5,6}\.{4,5}T{5,6}\./);
    assert.deepEqual([(await verifyClip(file)).intact, await decodeWhole(file, 'mp4')], [true, { ok: true }]);
  }));

  it('of continuous recording goes on in the next, with the sound of each where it belongs', () =>
    record('continuous', (_, playTo) => {
      playTo(10_000);
      return Promise.resolve();
    }, async (files) => {
      assert.equal(files.length, 4);
      for (const file of files) {
        assert.match(await tonesIn(await readFile(file)), /^(?:T{5,6}\.{4,5})+$/);
        assert.equal((await verifyClip(file)).intact, true);
      }
    }));

  it('is cut back to its last whole fragment wherever it is cut, and plays with its sound', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4');
    for (let round = 0; round < 40; round++) {
      const cutAt = footage.init.data.byteLength
        + 1
        + (round * 2_654_435_761) % (whole.byteLength - footage.init.data.byteLength - 1);
      await writeFile(file, whole.subarray(0, cutAt));
      const found = await recoverClip(folder.path, file);
      const arrived = new FragmentReader().push(whole.subarray(0, cutAt)).length - 1;
      assert.equal(found.playable ? found.fragments : 0, arrived, `cut at ${cutAt}`);
      if (round % 10 === 0 && found.playable)
        assert.ok((await tonesIn(await readFile(file))).length >= arrived * 5 - 2);
    }
  });

  it('is cut back where a power cut left zeros in picture or sound', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, '20261121T101530.123Z_barn_camera_1795256130.123000-abc123.mp4');
    for (const zeros of [100, 10_000]) { // sound stands last
      await writeFile(file, Buffer.concat([whole.subarray(0, -zeros), new Uint8Array(zeros)]));
      const found = await recoverClip(folder.path, file);
      assert.equal(found.playable && found.fragments < footage.fragments.length, true, `${zeros} zeros`);
      assert.deepEqual(await decodeWhole(file, 'mp4'), { ok: true });
    }
  });
});
