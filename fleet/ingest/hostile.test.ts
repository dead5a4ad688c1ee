import assert from 'node:assert/strict';
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { millis } from '../../device/core/units.ts';
import type { Attack } from '../../test/fleet/attacker.ts';
import { makeAttacks } from '../../test/fleet/attacks.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { makeClip, makePicture, type Footage } from '../../test/fleet/footage.ts';
import { hostileObjects } from '../../test/fleet/hostile-objects.ts';
import { land, uploadOf } from '../../test/fleet/uploads.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

const PATIENCE_MS = 240_000; // a decode for each, on a machine that may be busy

describe('ingest among hostile uploads', function () {
  this.timeout(2 * PATIENCE_MS);
  let footage: Footage;
  let attacks: readonly Attack[];
  before(async () => {
    footage = { clip: await makeClip(2), picture: await makePicture() };
    attacks = await makeAttacks(footage);
  });

  it('shows none of them, gives each a reason, and takes all the good ones around them', async () => {
    await using bench = await IngestBench.open({ limits: { wait: millis(300), orphansAfter: millis(300) } });
    const good = [0, 1, 2].flatMap((n) =>
      ['yard', 'evil-0', 'evil-1'].map((device) => uploadOf(footage, { device, at: NOON - 3_600_000 + n * 7_200_000 })),
    );
    for (const upload of good.slice(0, 5)) await land(bench.landing, upload.objects);
    for (const { objects, extra } of attacks) {
      await land(bench.landing, objects);
      await extra?.(bench.landing);
    }
    for (const upload of good.slice(5)) await land(bench.landing, upload.objects);

    await bench
      .runUntil(async () =>
        (await bench.accepted).length >= good.length && (await bench.rejected).size >= attacks.length, {}, PATIENCE_MS)
      .catch(async (error: unknown) => {
        const judged = await bench.rejected;
        const unjudged = attacks.filter(({ key }) => !judged.has(key)).map(({ title }) => title);
        throw new Error(
          `not judged: ${unjudged.join(', ')}; ${(await bench.accepted).length} of ${good.length} accepted`,
          { cause: error },
        );
      });
    await bench.runUntil(async () => (await plainFiles(bench)).length === 0);

    assert.deepEqual([...(await bench.accepted)].sort(), good.map(({ event }) => `${event.device} ${event.id}`).sort());
    const rejected = await bench.rejected;
    assert.deepEqual(
      Object.fromEntries(attacks.map(({ title, key }) => [title, rejected.get(key)])),
      Object.fromEntries(attacks.map(({ title, code }) => [title, code])),
    );
    assert.equal(rejected.size, attacks.length, 'nothing else was rejected');
    assert.deepEqual(await bench.files('library'), good.flatMap(({ objects }) => [...objects.keys()]).sort());
    assert.deepEqual(await bench.files('work'), []);
    for (const { key, code, message, folder } of (await bench.parts.register.rejected({ limit: 1000 })).rows) {
      const told = JSON.parse((await bench.read(`quarantine/${folder}reason.json`)).toString()) as {
        key: string;
        code: string;
        message: string;
      };
      assert.deepEqual([told.key, told.code, told.message], [key, code, message]);
      assert.ok(message.length > 10 && message.length <= 300 && !message.includes(bench.root), message);
    }
  });

  it('are any that a seed draws, and none becomes visible', async () => {
    await using bench = await IngestBench.open({ limits: { wait: millis(1), orphansAfter: millis(1) } });
    const small = { clip: await makeClip(1, '160x120'), picture: await makePicture('160x120') };
    const good = uploadOf(small, { device: 'yard', at: NOON });
    const hostile = [...hostileObjects(small, 'yard', 42, 7)];
    for (const { objects } of hostile) await land(bench.landing, objects);
    await land(bench.landing, good.objects);
    await bench.runUntil(undefined, {}, PATIENCE_MS);
    assert.deepEqual(await bench.accepted, [`yard ${good.event.id}`]);
    assert.deepEqual(await bench.files('library'), [...good.objects.keys()].sort());
    assert.ok((await bench.rejected).size >= hostile.length, 'each has a reason');
  });

  it('are some fifty', () => assert.ok(attacks.length >= 50, String(attacks.length)));
});

/** What is left in the landing, besides what ingest passes over: links, pipes, hidden files. */
async function plainFiles(bench: IngestBench): Promise<readonly string[]> {
  const files = await bench.files('landing');
  const stats = await Promise.all(files.map((file) => lstat(path.join(bench.landing, file)).catch(() => undefined)));
  return files.filter((file, index) => stats[index]?.isFile() === true && !path.basename(file).startsWith('.'));
}
