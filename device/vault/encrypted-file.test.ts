import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encryptedFragment, readEncryptedBox, readHeadFacts } from '../contract/encrypted-box.ts';
import { concat } from '../contract/mp4-boxes.ts';
import { DeviceError } from '../core/errors.ts';
import { cipherFor, encryptedParts } from '../../test/recording/cipher.ts';
import { BoxPlaces, type Part } from './box-places.ts';
import { beginsEncrypted, decryptWhole, EncryptedFile, inMemory, type ReadAt } from './encrypted-file.ts';
import { Keyring } from './wrapped-key.ts';
import { newKeyPair } from './x25519.ts';

const own = newKeyPair();
const ring = new Keyring([own.privateKey]);
const plainParts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 });
const head = new TextEncoder().encode('ftyp and moov');

const opened = (file: Uint8Array): Promise<EncryptedFile> => EncryptedFile.open(inMemory(file), file.byteLength, ring);
const code = (wanted: string) => (error: unknown): boolean => error instanceof DeviceError && error.code === wanted;

/** What is given out before it ends, and how it ends. */
async function read(file: Uint8Array): Promise<{ readonly plain: Uint8Array; readonly fault: string | undefined }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of (await opened(file)).plain()) parts.push(part);
    return { plain: concat(parts), fault: undefined };
  } catch (error) {
    assert.ok(error instanceof DeviceError, String(error));
    return { plain: concat(parts), fault: error.code };
  }
}

describe('an encrypted file', () => {
  it('gives back any range of what went into it', async () => {
    await fc.assert(fc.asyncProperty(plainParts, fc.nat(), fc.nat(), async (parts, a, b) => {
      const plain = concat([head, ...parts]);
      const file = await opened(concat(encryptedParts(cipherFor(own), head, parts)));
      assert.equal(file.bytes, plain.byteLength);
      const [first, last] = [a % plain.byteLength, b % plain.byteLength].sort((x, y) => x - y) as [number, number];
      const got: Uint8Array[] = [];
      for await (const part of file.plain(first, last)) got.push(part);
      assert.deepEqual(concat(got), plain.slice(first, last + 1));
    }), { numRuns: 100 });
  });

  it('that was opened before is not walked over again: only what it has grown by is', async () => {
    const parts = Array.from({ length: 200 }, (_part, index) => new Uint8Array(300).fill(index));
    const boxes = encryptedParts(cipherFor(own), head, parts);
    const [whole, grown] = [concat(boxes.slice(0, 151)), concat(boxes)];
    const places = new BoxPlaces();
    const opening = async (content: Uint8Array): Promise<number> => {
      let reads = 0;
      const counted: ReadAt = (offset, count) => { reads += 1; return inMemory(content)(offset, count); };
      const file = await EncryptedFile.open(counted, content.byteLength, ring, places);
      const walked = reads;
      const got: Uint8Array[] = [];
      for await (const part of file.plain()) got.push(part);
      assert.deepEqual(concat(got), await decryptWhole(content, ring));
      return walked;
    };
    assert.ok(await opening(whole) > 100);
    assert.ok(await opening(whole) < 10);
    const more = await opening(grown);
    assert.ok(more > 25 && more < 70, `${more} reads`);
    assert.ok(await opening(whole) > 100, 'one that was cut since is walked over anew');
    const long = {
      parts: Array.from({ length: 29_990 }, (): Part => ({ offset: 0, bytes: 1, from: 0, plainBytes: 1 })), end: 1,
      boxes: 29_990,
    };
    places.keep(new Uint8Array(16), long);
    assert.ok(await opening(whole) > 100, 'what was asked for long ago is let go');
  });

  it('shows nothing of what went into it, and never the same twice', async () => {
    const secret = new TextEncoder().encode('nobody may read this sentence');
    const [once, again] = [1, 2].map(() =>
      Buffer.from(concat(encryptedParts(cipherFor(own), secret, [secret, secret]))));
    assert.equal(once?.includes(Buffer.from(secret.subarray(0, 8))), false);
    assert.equal(await beginsEncrypted(inMemory(once ?? secret)), true);
    assert.notDeepEqual(once, again);
  });

  it('opens for each of its recipients, and for nobody else', async () => {
    const other = newKeyPair();
    const file = cipherFor(own, other).whole(head);
    for (const pair of [own, other]) assert.deepEqual(await decryptWhole(file, new Keyring([pair.privateKey])), head);
    await assert.rejects(decryptWhole(file, new Keyring([newKeyPair().privateKey])), code('vault.no-key'));
  });

  it('is read as far as it goes when its end is missing, whole boxes only', async () => {
    await fc.assert(fc.asyncProperty(plainParts, fc.nat(), async (parts, cut) => {
      const boxes = encryptedParts(cipherFor(own), head, parts);
      const file = concat(boxes);
      const { plain, fault } = await read(file.subarray(0, cut % file.byteLength));
      const whole = concat([head, ...parts]);
      assert.deepEqual(plain, whole.slice(0, plain.byteLength));
      if ((cut % file.byteLength) < (boxes[0]?.byteLength ?? 0)) assert.equal(fault, 'vault.damaged');
    }), { numRuns: 100 });
  });

  it('never gives out what was altered: only what is whole before it', async () => {
    await fc.assert(fc.asyncProperty(plainParts, fc.nat(), fc.integer({
      min: 1, max: 255,
    }), async (parts, at, change) => {
      const file = concat(encryptedParts(cipherFor(own), head, parts)).slice();
      const where = at % file.byteLength;
      file[where] = (file[where] ?? 0) ^ change;
      const { plain, fault } = await read(file);
      const whole = concat([head, ...parts]);
      assert.deepEqual(plain, whole.slice(0, plain.byteLength));
      // What is left of a file that ends early is whole; nothing else passes. The brand of the ftyp
      // tells only that it is encrypted.
      if (fault === undefined && where >= 16) assert.ok(plain.byteLength < whole.byteLength);
    }), { numRuns: 300 });
  });

  it('says so of boxes that were moved, doubled, left out, or are of another file', async () => {
    const parts = [1, 2, 3].map((fill) => new Uint8Array(50).fill(fill));
    const cipher = cipherFor(own);
    const [first, a, b, c] = encryptedParts(cipher, head, parts) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const [foreignHead, foreign] = encryptedParts(cipherFor(own), head, parts) as [Uint8Array, Uint8Array];
    for (const boxes of [
      [first, b, a, c], [first, a, a, b], [first, b, c], [first, foreign, b, c], [foreignHead, a, b, c],
      [first, first, a], [first, a, foreignHead],
    ]) {
      assert.equal((await read(concat(boxes))).fault, 'vault.damaged', `${boxes.length}`);
    }
  });

  it('says so of lengths and facts that no device writes', async () => {
    const [first, a] = encryptedParts(cipherFor(own), head, [new Uint8Array(50)]) as [Uint8Array, Uint8Array];
    const withLength = (box: Uint8Array, at: number, value: number): Uint8Array => {
      const changed = box.slice();
      new DataView(changed.buffer).setUint32(at, value);
      return changed;
    };
    assert.equal((await read(concat([first, withLength(a, 0, 3), a]))).fault, 'vault.damaged');
    assert.equal((await read(concat([first, withLength(a, 0, 0xffff_ffff), a]))).fault, 'vault.damaged');
    assert.equal((await read(withLength(first, 16 + 45, 0x7fff_ffff))).fault, 'vault.damaged');
    assert.equal((await read(concat([new Uint8Array(8), first]))).fault, 'vault.damaged');
    assert.equal((await read(new Uint8Array(100_000))).fault, 'vault.damaged');
    assert.equal((await read(new Uint8Array())).fault, 'vault.damaged');
  });

  it('tells without a key what is needed to list, measure and mend it', () => {
    const [first, a, b] = encryptedParts(
      cipherFor(own), head, [new Uint8Array(50), new Uint8Array(50)],
    ) as [Uint8Array, Uint8Array, Uint8Array];
    const box = readEncryptedBox(first.subarray(16));
    const facts = box && readHeadFacts(box);
    assert.equal(facts?.content === 'clip' && facts.codec, 'avc1.64001f');
    const [one, two] = [a, b].map((data) => encryptedFragment(data, readEncryptedBox(data) ?? assert.fail(), 1000));
    assert.deepEqual([one?.start, one?.duration, one?.key, one?.samples], [0, 500, true, 12]);
    assert.deepEqual([two?.start, two?.key], [500, false]);
  });
});
