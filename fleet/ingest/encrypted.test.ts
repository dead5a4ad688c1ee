import assert from 'node:assert/strict';
import { decryptWhole } from '../../device/vault/encrypted-file.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { newKeyPair } from '../../device/vault/x25519.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import {
  clipFacts, encryptedClip, makeClip, makeFlakyClip, makePicture, type Footage,
} from '../../test/fleet/footage.ts';
import { land, uploadOf, type Upload } from '../../test/fleet/uploads.ts';
import { cipherFor } from '../../test/recording/cipher.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const fleet = newKeyPair();
const keys = new Keyring([fleet.privateKey]);

describe('ingest of encrypted uploads', () => {
  let footage: Footage;
  before(async () => { footage = { clip: await makeClip(2), picture: await makePicture() }; });

  const encrypted = (clip = footage.clip, picture = footage.picture, pair = fleet): Upload => uploadOf(
    { clip: encryptedClip(clip, cipherFor(pair)), picture: Buffer.from(cipherFor(pair).whole(picture)) },
    { at: NOON, facts: clipFacts(clip) });

  /** What ingest makes of `upload`, with the fleet's key or without any. */
  async function outcomeOf(upload: Upload, held: Keyring) {
    await using bench = await IngestBench.open({ keys: held });
    await land(bench.landing, upload.objects);
    await bench.runUntil();
    const library = new Map<string, Buffer>();
    for (const key of await bench.files('library')) library.set(key, await bench.read(`library/${key}`));
    const [row] = (await bench.parts.register.events({ limit: 1 })).rows;
    return { row, library, rejected: [...(await bench.rejected).values()], work: await bench.files('work') };
  }

  it('looks into them with the key, and keeps them as they came', async () => {
    const upload = encrypted();
    const { row, library, work } = await outcomeOf(upload, keys);
    assert.deepEqual([row?.event, row?.sealed, row?.damage], [upload.event, false, null]);
    for (const [key, data] of upload.objects) assert.ok(library.get(key)?.equals(data), key);
    assert.deepEqual(work, [], 'nothing decrypted is left');
    const [clip] = [...library].filter(([key]) => key.endsWith('.mp4'));
    assert.ok((await decryptWhole(clip?.[1] ?? assert.fail(), keys)).byteLength > 1000);
  });

  it('files them unseen without the key, and says so', async () => {
    const upload = encrypted();
    for (const held of [new Keyring([]), new Keyring([newKeyPair().privateKey])]) {
      const { row, library, rejected } = await outcomeOf(upload, held);
      assert.deepEqual([row?.event, row?.sealed, rejected], [upload.event, true, []]);
      assert.deepEqual([...library.keys()].sort(), [...upload.objects.keys()].sort());
    }
  });

  it('knows of damaged pictures within', async () => {
    const clip = await makeFlakyClip(2);
    const { row } = await outcomeOf(encrypted(clip), keys);
    assert.ok(row?.damage && row.damage.decoded_share < 1);
  });

  it('rejects what is encrypted and no footage', async () => {
    const noise = {
      clip: encryptedClip(footage.clip, cipherFor(fleet)),
      picture: Buffer.from(cipherFor(fleet).whole(new TextEncoder().encode('<script>'))),
    };
    assert.deepEqual(
      (await outcomeOf(uploadOf(noise, { at: NOON, facts: clipFacts(footage.clip) }), keys)).rejected.slice(-1),
      ['picture.not-jpeg'],
    );
  });

  it('rejects what was altered, with the key and without', async () => {
    const clip = encryptedClip(footage.clip, cipherFor(fleet));
    clip[clip.byteLength - 5000] = (clip[clip.byteLength - 5000] ?? 0) ^ 1;
    const upload = uploadOf({ clip }, { at: NOON, facts: clipFacts(footage.clip) });
    for (const held of [keys, new Keyring([])]) {
      const { row, rejected } = await outcomeOf(upload, held);
      assert.equal(row, undefined);
      const isAltered = rejected.every((code) => ['clip.altered', 'file.encryption'].includes(code));
      assert.ok(isAltered && rejected.length > 0, rejected.join());
    }
  });

  it('rejects what only pretends to be encrypted', async () => {
    const head = encryptedClip(footage.clip, cipherFor(fleet)).subarray(0, 16);
    for (const clip of [head, Buffer.concat([head, footage.clip]), Buffer.concat([head, Buffer.alloc(2000)])]) {
      const upload = uploadOf({ clip }, { at: NOON, facts: clipFacts(footage.clip) });
      assert.deepEqual((await outcomeOf(upload, new Keyring([]))).rejected.slice(-1), ['file.encryption']);
    }
  });

  it('holds what a sealed clip tells in the clear against its manifest', async () => {
    const upload = uploadOf({ clip: encryptedClip(footage.clip, cipherFor(fleet)) }, {
      at: NOON, facts: { ...clipFacts(footage.clip), duration: 60 },
    });
    assert.deepEqual((await outcomeOf(upload, new Keyring([]))).rejected.slice(-1), ['clip.wrong-duration']);
  });
});
