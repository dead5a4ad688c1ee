import assert from 'node:assert/strict';
import type { TytoEvent } from '../../device/contract/event.ts';
import { manifestKey } from '../../device/contract/names.ts';
import { millis } from '../../device/core/units.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { makeClip, makeFlakyClip, makePicture, type Footage } from '../../test/fleet/footage.ts';
import { land, mediaOf, uploadOf, withManifest } from '../../test/fleet/uploads.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('ingest', () => {
  let footage: Footage;
  let bench: IngestBench;
  before(async () => { footage = { clip: await makeClip(2), picture: await makePicture() }; });
  beforeEach(async () => { bench = await IngestBench.open(); });
  afterEach(() => bench[Symbol.asyncDispose]());

  it('takes a sound event into library and index, and leaves the landing empty', async () => {
    const upload = uploadOf(footage, { at: NOON });
    await land(bench.landing, upload.objects);
    await bench.runUntil();
    assert.deepEqual(await bench.accepted, [`yard ${upload.event.id}`]);
    assert.deepEqual((await bench.parts.register.events({ limit: 1 })).rows[0]?.event, upload.event);
    assert.deepEqual(await bench.files('library'), [...upload.objects.keys()].sort());
    for (const [key, data] of upload.objects) assert.ok((await bench.read(`library/${key}`)).equals(data), key);
    assert.deepEqual([await bench.files('quarantine'), await bench.files('work')], [[], []]);
  });

  it('takes an event without clip, without picture, and without either', async () => {
    const uploads = [
      uploadOf({ picture: footage.picture }, { at: NOON }),
      uploadOf({ clip: footage.clip }, { at: NOON + 1000 }),
      uploadOf({}, { at: NOON + 2000 }),
    ];
    for (const upload of uploads) await land(bench.landing, upload.objects);
    await bench.runUntil();
    assert.deepEqual(await bench.accepted, uploads.map(({ event }) => `yard ${event.id}`).reverse());
  });

  it('takes in what a camera on a bad line sent, and keeps with it how much of that is sound', async () => {
    const upload = uploadOf({ clip: await makeFlakyClip(2) }, { at: NOON });
    await land(bench.landing, upload.objects);
    await bench.runUntil();
    assert.deepEqual([...await bench.rejected], []);
    const { damage, event } = (await bench.parts.register.events({ limit: 1 })).rows[0] ?? {};
    assert.deepEqual(event, upload.event);
    assert.ok(damage && damage.decoded_share > 0 && damage.decoded_share < 1, JSON.stringify(damage));
    assert.match(damage.reason, /pictures decode without fault/);

    const { event: more, objects } = uploadOf({ clip: await makeFlakyClip(2), picture: footage.picture }, { at: NOON });
    await land(bench.landing, objects);
    await bench.runUntil();
    const [row] = (await bench.parts.register.events({ limit: 9 })).rows;
    assert.deepEqual([row?.event, row?.damage], [more, damage], 'the picture that came later takes nothing back');
  });

  it('waits for files that come after their manifest', async () => {
    const upload = uploadOf(footage, { at: NOON });
    const [manifest] = [...upload.objects].filter(([key]) => key.endsWith('.json'));
    assert.ok(manifest);
    await land(bench.landing, [manifest]);
    let landed: Promise<void> | undefined;
    await bench.runUntil(async () => {
      landed ??= land(bench.landing, mediaOf(upload));
      await landed;
      return bench.isEmpty();
    });
    assert.deepEqual([(await bench.accepted).length, (await bench.rejected).size], [1, 0]);
  });

  it('gives up on files that do not come, and takes the event when it is delivered again', async () => {
    await using patient = await IngestBench.open({ limits: { wait: millis(150) } });
    const upload = uploadOf(footage, { at: NOON });
    const [picture, ...rest] = upload.objects;
    assert.ok(picture);
    await land(patient.landing, rest);
    await patient.runUntil();
    assert.deepEqual([...await patient.rejected], [[manifestKey(upload.event), 'file.missing']]);
    assert.equal((await patient.files('quarantine')).length, 3, 'clip, manifest and reason');
    await land(patient.landing, upload.objects);
    await patient.runUntil();
    assert.deepEqual([(await patient.accepted).length, (await patient.rejected).size], [1, 0]);
    assert.deepEqual(await patient.files('quarantine'), []);
  });

  it('has one row for an event that is delivered again, and sets another one of the same id aside', async () => {
    const upload = uploadOf(footage, { at: NOON });
    const other = withManifest({ ...upload.event, top_score: 0.9 }, mediaOf(upload));
    for (const delivery of [upload, upload, other]) {
      await land(bench.landing, delivery.objects);
      await bench.runUntil();
    }
    assert.equal((await bench.accepted).length, 1);
    assert.equal((await bench.parts.register.events({ limit: 1 })).rows[0]?.event.top_score, 0.8);
    assert.deepEqual([...(await bench.rejected).values()], ['event.conflict']);
    assert.deepEqual(await bench.files('library'), [...upload.objects.keys()].sort(), 'what was accepted stays');
  });

  it('takes in thumbnail and preview, also when they come later, and the same once more', async () => {
    const [thumbnail, preview] = [await makePicture('160x120'), await makeClip(1, '160x120')];
    const whole = uploadOf({ ...footage, thumbnail, preview }, { at: NOON });
    const { preview: _preview, thumbnail: _thumbnail, ...without } = whole.event;
    const part = withManifest(without, mediaOf(uploadOf(footage, { at: NOON })));
    const some = withManifest(
      { ...without, thumbnail: whole.event.thumbnail ?? assert.fail() },
      mediaOf(whole).filter(([key]) => !key.endsWith('.preview.mp4')),
    );
    for (const { objects } of [part, some, whole, some, whole]) {
      await land(bench.landing, objects);
      await bench.runUntil();
    }
    assert.deepEqual((await bench.parts.register.events({ limit: 9 })).rows.map(({ event }) => event), [whole.event]);
    assert.deepEqual(await bench.files('library'), [...whole.objects.keys()].sort());
    assert.deepEqual([await bench.files('landing'), [...await bench.rejected]], [[], []]);
  });

  it('takes no thumbnail or preview that is something else, and says which', async () => {
    const page = Buffer.from('<html><script>alert(1)</script></html>');
    const [thumbnail, preview] = [await makePicture('160x120'), await makeClip(1, '160x120')];
    for (const [index, small] of [
      { thumbnail: page, preview }, { thumbnail, preview: page }, { thumbnail, preview: thumbnail },
    ].entries()) {
      await land(bench.landing, uploadOf({ ...footage, ...small }, { at: NOON + index * 1000 }).objects);
    }
    await bench.runUntil();
    assert.deepEqual([[...(await bench.rejected).values()].sort(), await bench.files('library')], [
      ['clip.not-mp4', 'clip.not-mp4', 'picture.not-jpeg'], [],
    ]);
  });

  it('says to update the fleet when a device tells what it does not know', async () => {
    const upload = withManifest({ ...uploadOf({}, { at: NOON }).event, mood: 'sunny' } as TytoEvent, []);
    await land(bench.landing, upload.objects);
    await bench.runUntil();
    const [record] = (await bench.parts.register.rejected({ limit: 1 })).rows;
    assert.match(record?.message ?? '', /mood.*its device is newer than this tyto-fleet, update that/);
  });

  it('takes in the rest of an event that a device could not send at first', async () => {
    const whole = uploadOf(footage, { at: NOON });
    const part = withManifest({ ...whole.event, clip: null, has_clip: false }, mediaOf(whole).slice(0, 1));
    const rest = withManifest(whole.event, mediaOf(whole).slice(1));
    const other = withManifest({ ...part.event, top_score: 0.9 }, mediaOf(whole).slice(0, 1));
    for (const { objects } of [part, rest, other]) {
      await land(bench.landing, objects);
      await bench.runUntil();
    }
    assert.deepEqual((await bench.parts.register.events({ limit: 9 })).rows.map(({ event }) => event), [rest.event]);
    assert.deepEqual(await bench.files('library'), [...whole.objects.keys()].sort());
    assert.deepEqual(
      [...(await bench.rejected).values()],
      ['event.conflict'],
      'the first once more, with other facts, is not believed',
    );
  });

  it('keeps what it has of an event when the rest is unsound', async () => {
    const whole = uploadOf(footage, { at: NOON });
    const part = withManifest({ ...whole.event, clip: null, has_clip: false }, mediaOf(whole).slice(0, 1));
    const rest = withManifest(
      whole.event,
      mediaOf(whole)
        .slice(1)
        .map(([key, data]) => [key, data.map((byte) => byte ^ 1)]),
    );
    for (const { objects } of [part, rest]) {
      await land(bench.landing, objects);
      await bench.runUntil();
    }
    assert.deepEqual((await bench.parts.register.events({ limit: 9 })).rows.map(({ event }) => event), [part.event]);
    assert.deepEqual(await bench.files('library'), [...part.objects.keys()].sort());
    assert.deepEqual([...(await bench.rejected).values()], ['file.wrong-hash']);
  });

  it('does not lose a manifest that is put in the place of the one it is working on', async () => {
    const whole = uploadOf(footage, { at: NOON });
    const part = withManifest({ ...whole.event, clip: null, has_clip: false }, mediaOf(whole).slice(0, 1));
    await land(bench.landing, part.objects);
    let replaced = false;
    const { landing } = bench.parts;
    await bench.runUntil(async () =>
      (await bench.parts.register.events({ limit: 1 })).rows[0]?.event.has_clip === true, {
      landing: {
        list: (...args) => landing.list(...args),
        open: (...args) => landing.open(...args),
        put: (...args) => landing.put(...args),
        async remove(...args) {
          if (!replaced) await land(bench.landing, [...whole.objects].slice(1));
          replaced = true;
          await landing.remove(...args);
        },
      },
    });
    assert.deepEqual([replaced, (await bench.rejected).size], [true, 0]);
  });

  it('does not bring back what somebody deleted, when it is delivered once more', async () => {
    const upload = uploadOf({ picture: footage.picture }, { at: NOON });
    await land(bench.landing, upload.objects);
    await bench.runUntil();
    await bench.parts.register.remove('yard', upload.event.id, millis(NOON));
    await land(bench.landing, upload.objects);
    await bench.runUntil();
    assert.deepEqual([await bench.accepted, (await bench.rejected).size], [[], 0]);
  });

  it('leaves no media of what somebody deletes while more of it comes', async () => {
    const whole = uploadOf({ picture: footage.picture }, { at: NOON });
    const part = withManifest({ ...whole.event, snapshot: null, has_snapshot: false }, []);
    await land(bench.landing, part.objects);
    await bench.runUntil();
    await land(bench.landing, whole.objects);
    const { library, register } = bench.parts;
    await bench.runUntil(undefined, {
      library: {
        remove: (key) => library.remove(key),
        put: async (key, file) => {
          await library.put(key, file);
          await register.remove('yard', whole.event.id, millis(NOON)); // what it had before lay in the library no more
        },
      },
    });
    assert.deepEqual([await bench.accepted, await bench.files('library')], [[], []]);
  });

  it('tries again what a store could not take, and loses nothing meanwhile', async () => {
    const upload = uploadOf(footage, { at: NOON });
    await land(bench.landing, upload.objects);
    let failures = 0;
    const library = {
      put: () => { failures++; return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' })); },
      remove: () => Promise.resolve(),
    };
    await bench.runUntil(() => failures > 0, { library });
    assert.deepEqual(await bench.files('landing'), [...upload.objects.keys()].sort());
    await bench.runUntil();
    assert.equal((await bench.accepted).length, 1);
  });

  it('stops at once, also in the middle of a long decode', async () => {
    await using slow = await IngestBench.open();
    const upload = uploadOf({ clip: await makeClip(60, '640x480') }, { at: NOON });
    await land(slow.landing, upload.objects);
    await slow.runUntil(async () => (await slow.files('work')).length > 0);
    assert.deepEqual([await slow.accepted, (await slow.rejected).size], [[], 0]);
    assert.equal((await slow.files('landing')).length, 2);
  });
});
