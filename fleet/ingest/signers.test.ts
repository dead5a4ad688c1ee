import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceKey } from '../../device/evidence/device-key.ts';
import { IngestBench } from '../../test/fleet/bench.ts';
import { makeClip, sealed } from '../../test/fleet/footage.ts';
import { land, uploadOf } from '../../test/fleet/uploads.ts';
import { testKey } from '../../test/recording/key.ts';
import { runTrust } from '../trust.ts';
import type { Drawer } from './shelf.ts';
import { Signers } from './signers.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');

function anotherKey(): DeviceKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
}

const bound = ({ parts: { signers: { drawer } } }: IngestBench): Drawer => ({
  put: (...args) => drawer.put(...args),
  open: (...args) => drawer.open(...args),
  remove: (...args) => drawer.remove(...args),
});

describe('the key that a device seals with', () => {
  let bench: IngestBench;
  let clip: Buffer;
  before(async () => { clip = await makeClip(1, '64x48'); });
  beforeEach(async () => { bench = await IngestBench.open(); });
  afterEach(() => bench[Symbol.asyncDispose]());

  /** Why the device's next clip is refused; `taken` when it is not. */
  async function next(n: number, footage: Buffer, device = 'yard'): Promise<string> {
    const { event, objects } = uploadOf({ clip: footage }, { at: NOON + n * 1000, device });
    await land(bench.landing, objects);
    await bench.runUntil();
    return new Map(await bench.answers()).get(event.id) ?? 'no answer';
  }

  it('is learnt from its first sealed clip, and no other is believed from then on, nor a clip without seals', async () => {
    const other = anotherKey();
    assert.equal(await next(1, clip), 'taken', 'nothing is known of it yet');
    assert.equal(await next(2, sealed(clip)), 'taken');
    assert.deepEqual(await bench.parts.signers.known('yard'), [testKey.publicKey]);
    assert.equal(await next(3, sealed(clip, other)), 'clip.wrong-signer');
    assert.equal(await next(4, clip), 'clip.wrong-signer');
    assert.equal(await next(5, sealed(clip)), 'taken');
    assert.equal(await next(6, sealed(clip, other), 'shed'), 'taken', 'another device has another key');
  });

  it('is believed beside the first when somebody says so', async () => {
    const other = anotherKey();
    await next(1, sealed(clip));
    const { rows: [refused] } = (await next(2, sealed(clip, other)), await bench.parts.register.rejected({ limit: 1 }));
    assert.ok(refused?.message.includes(other.publicKey), 'it tells which');
    await runTrust({ device: 'yard', key: other.publicKey, data: bench.root });
    assert.deepEqual([await next(3, sealed(clip, other)), await next(4, sealed(clip))], ['taken', 'taken']);
  });

  it('is one when two clips come first at the same time: the other is judged again', async () => {
    const { parts: { signers } } = bench;
    const root = path.join(bench.root, 'made');
    await mkdir(root);
    const [first, other] = [testKey.publicKey, anotherKey().publicKey];
    const learnt = await Promise.allSettled([first, other, first].map((key) => signers.learn('yard', key, root)));
    assert.deepEqual(learnt.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
    assert.deepEqual(await signers.known('yard'), [first]);
    await assert.rejects(signers.learn('yard', other, root), { code: 'ingest.raced' });
  });

  it('is learnt from nothing that is rejected', async () => {
    const { objects, event } = uploadOf({ clip: sealed(clip) }, {
      at: NOON, facts: { codec: 'avc1.640028', width: 64, height: 48, duration: 60 },
    });
    await land(bench.landing, objects);
    await bench.runUntil();
    assert.deepEqual(
      [await bench.answers(), await bench.parts.signers.known('yard')], [[[event.id, 'clip.wrong-duration']], []],
    );
  });

  it('is not guessed when what is known cannot be read', async () => {
    await land(path.join(bench.root, 'signers'), [['yard.json', Buffer.from('{')]]);
    await assert.rejects(bench.parts.signers.known('yard'), { code: 'ingest.signers' });
    await land(bench.landing, uploadOf({ clip: sealed(clip) }, { at: NOON }).objects);
    let asked = 0;
    const signers = new Signers({
      ...bound(bench), open: (key) => { asked++; return bench.parts.signers.drawer.open(key); },
    });
    await bench.runUntil(() => asked > 0, { signers });
    assert.deepEqual([await bench.accepted, (await bench.rejected).size], [[], 0]);
  });
});
