import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { readSeal, type Seal } from '../contract/seal.ts';
import { seconds } from '../core/units.ts';
import { testKey } from '../../test/recording/key.ts';
import { KEY_FILE, openDeviceKey } from './device-key.ts';
import { SealCheck, type SealVerdict } from './seal-check.ts';
import { Sealer } from './sealer.ts';

type Part = { readonly seal: Seal } | { readonly fragment: Uint8Array };

const facts = { device: 'barn', camera: 'yard', name: 'clip.mp4' };
const init = Uint8Array.of(1, 2, 3);

function seal(box: Uint8Array): Part {
  const read = readSeal(box);
  assert.ok(read);
  return { seal: read };
}

function sealed(fragments: readonly Uint8Array[]): readonly Part[] {
  const sealer = new Sealer(testKey, facts);
  return [
    seal(sealer.head(init)), ...fragments.flatMap((fragment) => [seal(sealer.fragment(fragment)), { fragment }]),
    seal(sealer.end()),
  ];
}

function verdictOn(parts: readonly Part[]): SealVerdict['state'] {
  const check = new SealCheck();
  check.init(init);
  const faults = parts.map((part) => ('seal' in part ? check.seal(part.seal) : check.fragment(part.fragment)));
  const { state } = check.verdict();
  assert.equal(faults.some((fault) =>
    fault !== undefined), state === 'altered', 'what is altered is named, and nothing else is');
  return state;
}

const fragments = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 2, maxLength: 6 });

describe('seals', () => {
  it('prove a clip that is as it was recorded', () => {
    fc.assert(fc.property(fragments, (video) => verdictOn(sealed(video)) === 'complete'), { numRuns: 30 });
  });

  it('prove a clip that ends too soon up to its end', () => {
    fc.assert(fc.property(fragments, fc.nat(5), (video, kept) => {
      const parts = sealed(video);
      return verdictOn(parts.slice(0, 1 + 2 * Math.min(kept, video.length))) === 'cut';
    }), { numRuns: 30 });
  });

  it('betray every part that is left out, doubled, moved or changed', () => {
    fc.assert(fc.property(fragments, fc.nat(), fc.constantFrom(
      'out', 'twice', 'moved', 'changed',
    ), (video, where, what) => {
      const parts = [...sealed(video)];
      const at = 1 + where % (parts.length - 2); // neither the head's seal nor the end's
      const part = parts[at];
      assert.ok(part);
      if (what === 'out') parts.splice(at, 1);
      else if (what === 'twice') parts.splice(at, 0, part);
      else if (what === 'moved') parts.splice(1 + (at + 1) % (parts.length - 2), 0, ...parts.splice(at, 1));
      else parts[at] = 'seal' in part
        ? { seal: { ...part.seal, hash: part.seal.hash.map((byte) => byte ^ 1) } }
        : { fragment: part.fragment.map((byte) => byte ^ 1) };
      return verdictOn(parts) === 'altered';
    }), { numRuns: 100 });
  });

  it('do not fit another clip of the same device', () => {
    const [one, other] = [sealed([Uint8Array.of(1), Uint8Array.of(2)]), sealed([Uint8Array.of(3), Uint8Array.of(2)])];
    assert.equal(verdictOn([...one.slice(0, 3), ...other.slice(3)]), 'altered');
  });

  it('say nothing of a clip that was never sealed', () => {
    assert.equal(verdictOn([{ fragment: Uint8Array.of(1) }]), 'none');
  });
});

describe('device key', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-key-')); });
  afterEach(() => rm(data, { recursive: true }));

  it('is made once, for the owner of the data folder alone', async () => {
    const first = await openDeviceKey(data, seconds(0), assert.fail);
    assert.equal((await openDeviceKey(data, seconds(0), assert.fail)).publicKey, first.publicKey);
    assert.equal((await stat(path.join(data, KEY_FILE))).mode & 0o777, 0o600);
    assert.match(await readFile(path.join(data, KEY_FILE), 'utf8'), /^-----BEGIN PRIVATE KEY-----/);
  });

  it('is put aside when it is damaged, which is said, and another made: the camera records', async () => {
    const asides: string[] = [];
    const opened = () => openDeviceKey(data, seconds(1_795_266_000), (place) => asides.push(path.basename(place)));
    for (const [index, damage] of ['', 'garbage'].entries()) {
      const before = await opened();
      await writeFile(path.join(data, KEY_FILE), damage);
      const after = await opened();
      assert.notEqual(after.publicKey, before.publicKey);
      assert.equal((await opened()).publicKey, after.publicKey);
      assert.deepEqual(
        [asides.length, await readFile(path.join(data, asides.at(-1) ?? ''), 'utf8')], [index + 1, damage],
      );
      assert.match(asides.at(-1) ?? '', /^device\.key\.broken-20261121T\d+/);
    }
  });
});
