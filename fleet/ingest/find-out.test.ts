import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { newKeyPair } from '../../device/vault/x25519.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { clipFacts, encryptedClip, makeClip, makePicture, type Footage } from '../../test/fleet/footage.ts';
import { land, uploadOf, withManifest, type Upload } from '../../test/fleet/uploads.ts';
import { cipherFor } from '../../test/recording/cipher.ts';
import { inspectSmall } from './inspect/inspect-media.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { FaceLooker, IngestParts } from './ports.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const BOX = [0.1, 0.1, 0.2, 0.2] as const;
const FACE = { box: BOX, score: 0.9, person: 'Anna', similarity: 0.8 };

describe('what the fleet finds out by itself', () => {
  let bench: IngestBench;
  let footage: Footage;
  let looks: number;
  const faces: FaceLooker = { look: () => { looks++; return Promise.resolve([FACE]); } };
  before(async () => { footage = { clip: await makeClip(3), picture: await makePicture('640x480') }; });
  beforeEach(async () => { bench = await IngestBench.open(); looks = 0; });
  afterEach(() => bench[Symbol.asyncDispose]());

  async function rowOf(upload: Upload, parts: Partial<IngestParts> = { findOut: { faces } }) {
    await land(bench.landing, upload.objects);
    await bench.runUntil(undefined, parts);
    return (await bench.parts.register.event('yard', upload.event.id)) ?? assert.fail('it was not taken in');
  }

  it('makes thumbnail and preview where the device sent none, and looks for faces; the event stays as the device told it', async () => {
    const upload = uploadOf(footage, { at: NOON });
    const { event, findings, folder } = await rowOf(upload);
    assert.deepEqual(event, upload.event);
    assert.deepEqual(findings?.faces, [{ ...FACE, time: upload.event.frame_time }]);
    const { thumbnail, preview } = findings ?? {};
    assert.ok(thumbnail && preview && findings?.failed === undefined, findings?.failed);
    assert.deepEqual(await bench.files('library'), [
      ...upload.objects.keys(), `${folder}fleet/${thumbnail.name}`, `${folder}fleet/${preview.name}`,
    ].sort());
    for (const one of [thumbnail, preview]) {
      const data = await bench.read(`library/${folder}fleet/${one.name}`);
      assert.deepEqual([one.bytes, one.sha256], [data.byteLength, createHash('sha256').update(data).digest('hex')]);
    }
    const small = [
      { role: 'thumbnail', file: `${bench.root}/library/${folder}fleet/${thumbnail.name}` },
      { role: 'preview', file: `${bench.root}/library/${folder}fleet/${preview.name}` },
    ] as const;
    assert.equal(
      (await inspectSmall(small, { thumbnail: false }, DEFAULT_LIMITS, new AbortController().signal)).ok, true,
    );
  });

  it('makes nothing that the device made, and does not look where it had looked', async () => {
    const whole = uploadOf({ ...footage, thumbnail: await makePicture('64x48'), preview: footage.clip }, { at: NOON });
    const { findings } = await rowOf(withManifest({
      ...whole.event, faces: [{ ...FACE, time: 1, person: null, similarity: null }],
    }, [...whole.objects].slice(0, -1)));
    assert.deepEqual([findings, looks], [undefined, 0]);
  });

  it('looks for no faces unless it is told to', async () => {
    const { findings } = await rowOf(uploadOf({ picture: footage.picture }, { at: NOON }), {
      findOut: { faces: undefined },
    });
    assert.deepEqual([Object.keys(findings ?? {}), looks], [['thumbnail'], 0]);
  });

  it('makes no preview of a piece of continuous recording', async () => {
    const { event, objects } = uploadOf({ clip: footage.clip }, { at: NOON });
    const { findings } = await rowOf(
      withManifest({ ...event, kinds: ['continuous'], label: 'continuous' }, [...objects].slice(0, 1)),
    );
    assert.equal(findings, undefined);
  });

  it('files what is sound also when looking fails, and says that it did', async () => {
    const broken: FaceLooker = { look: () => Promise.reject(new Error('the thread died')) };
    const { findings } = await rowOf(
      uploadOf({ picture: footage.picture }, { at: NOON }), { findOut: { faces: broken } },
    );
    assert.match(findings?.failed ?? '', /no faces were looked for: .*the thread died/);
    assert.ok(findings?.thumbnail);
  });

  it('makes nothing in the clear of what is encrypted', async () => {
    const pair = newKeyPair();
    const upload = uploadOf(
      {
        clip: encryptedClip(footage.clip, cipherFor(pair)),
        picture: Buffer.from(cipherFor(pair).whole(footage.picture)),
      },
      { at: NOON, facts: clipFacts(footage.clip) },
    );
    const { findings } = await rowOf(upload, { findOut: { faces }, keys: new Keyring([pair.privateKey]) });
    assert.deepEqual(
      [findings, looks, await bench.files('library')], [undefined, 0, [...upload.objects.keys()].sort()],
    );
  });

  it('keeps what it found when more of the event comes', async () => {
    const whole = uploadOf(footage, { at: NOON });
    const first = withManifest({ ...whole.event, clip: null, has_clip: false }, [...whole.objects].slice(0, 1));
    const before = await rowOf(first);
    const after = await rowOf(withManifest(whole.event, [...whole.objects].slice(1, 2)));
    assert.deepEqual(
      [after.findings?.thumbnail, after.findings?.faces], [before.findings?.thumbnail, before.findings?.faces],
    );
    assert.ok(after.findings?.preview);
  });
});
