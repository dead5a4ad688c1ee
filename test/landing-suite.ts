/**
 * What every landing store must do, whatever it is made of. Each adapter's test opens a
 * house of its own and runs all of this.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { BugError, ConfigError, describeError, RemoteError, TytoError } from '../device/core/errors.ts';
import type { Checkpoint, Delivery, LandingLister, LandingReader, LandingWriter } from '../device/landing/port.ts';
import { StopRequest } from '../device/runtime/shutdown.ts';
import type { CutLine } from './fixtures/cut-line.ts';

export interface LandingHouse extends AsyncDisposable {
  /**
   * Each call gives a new client, as after a start. The device `yard` with as few rights as the guide
   * gives it; by `line`, if there is one.
   */
  device(): LandingWriter & Partial<LandingReader>;
  fleet(): LandingReader & LandingWriter;
  readonly line: CutLine | undefined;
  /** Credentials that are none, and what must never be told of them. */
  readonly stranger?: { readonly client: LandingWriter; readonly secret: string };
  /** Most bytes of a large object that may go a second time after a cut; undefined where uploads begin anew. */
  readonly againBytes: number | undefined;
  /** A token as it is when the store has forgotten the upload that it is of. */
  readonly forgotten?: (token: string) => string;
  /** Whether the device may put another object where one lies; where not, that waits until the first was taken. */
  readonly deviceReplaces: boolean;
  /** Most entries of a page of its lists; 1,000 without. */
  readonly pageEntries?: number;
  /** What the device must not be able to do, beside reading and deleting: keys that it may not put. */
  readonly forbiddenKeys: readonly string[];
}

const never = new AbortController().signal;
const MIB = 1024 * 1024;

export const deliveryOf = (data: Uint8Array, contentType = 'image/jpeg'): Delivery => ({
  content: { data }, bytes: data.byteLength, contentType, sha256: createHash('sha256').update(data).digest('hex'),
});
const textDelivery = (text: string): Delivery => deliveryOf(Buffer.from(text), 'application/json');

/** A checkpoint whose token is kept as a device keeps it. */
export class KeptToken {
  token: string | undefined;
  saves = 0;
  get checkpoint(): Checkpoint {
    return { token: this.token, save: (token) => { this.token = token; this.saves++; } };
  }
}

async function allKeys(landing: LandingLister, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await landing.list(prefix, cursor, never);
    assert.ok(page.entries.length <= 1000);
    keys.push(...page.entries.map(({ key }) => key));
    cursor = page.next;
  } while (cursor !== undefined);
  return keys;
}

/** @param open - Called once; returning a text skips everything and says it. */
export function describeLanding(title: string, open: () => Promise<LandingHouse | string>): void {
  describe(title, () => {
    let house: LandingHouse;
    let folder: string;
    before(async function () {
      const opened = await open();
      if (typeof opened === 'string') {
        console.log(`    skipped: ${opened}`);
        return this.skip();
      }
      house = opened;
      folder = await mkdtemp(path.join(tmpdir(), 'tyto-suite-'));
    });
    after(async () => {
      if (house === undefined) return;
      await house[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });
    const read = async (key: string): Promise<Buffer | undefined> => {
      const object = await house.fleet().open(key, never);
      return object === undefined ? undefined : buffer(object.body);
    };
    async function clipOf(
      bytes: number,
    ): Promise<{ readonly data: Buffer; readonly file: string; readonly delivery: Delivery }> {
      const data = randomBytes(bytes);
      const file = path.join(folder, `${randomBytes(6).toString('hex')}.mp4`);
      await writeFile(file, data);
      return { data, file, delivery: { ...deliveryOf(data, 'video/mp4'), content: { file } } };
    }

    it('keeps what a device puts until the fleet removes it', async () => {
      const key = 'yard/2026/11/21/a.jpg';
      await house.device().put(key, textDelivery('picture'), never);
      const { entries } = await house.fleet().list('yard/2026/11/21/', undefined, never);
      assert.deepEqual(entries.map((entry) => [entry.key, entry.bytes]), [[key, 7]]);
      assert.ok(Math.abs((entries[0]?.modifiedAt ?? 0) - Date.now()) < 120_000);
      assert.equal((await house.fleet().open(key, never))?.bytes, 7);
      assert.equal(String(await read(key)), 'picture');
      await house.fleet().remove(key, never);
      await house.fleet().remove(key, never);
      assert.equal(await read(key), undefined);
    });

    it('carries the empty objects by which the fleet tells a device something', async () => {
      const key = 'yard/answers/1795256130.123000-k3x9ab.taken.00';
      await house.fleet().put(key, deliveryOf(Buffer.alloc(0)), never);
      assert.deepEqual(
        (await house.device().list('yard/answers/', undefined, never)).entries.map((entry) => [entry.key, entry.bytes]),
        [[key, 0]],
      );
      assert.equal((await read(key))?.byteLength, 0);
    });

    it('takes an empty object of a device', async () => {
      await house.device().put('yard/reports/empty.json', deliveryOf(Buffer.alloc(0)), never);
      assert.deepEqual(await allKeys(house.device(), 'yard/reports/'), ['yard/reports/empty.json']);
    });

    it('lists keys in order, below any text that they begin with', async () => {
      for (const name of ['list/b.x', 'list/a-b.x', 'list/a/c.x', 'list/ab.x', 'listed.x'])
        await house.fleet().put(`yard/${name}`, textDelivery('x'), never);
      assert.deepEqual(await allKeys(house.device(), 'yard/list'), [
        'yard/list/a-b.x', 'yard/list/a/c.x', 'yard/list/ab.x', 'yard/list/b.x', 'yard/listed.x',
      ]);
      assert.deepEqual(
        await allKeys(house.device(), 'yard/list/a'), ['yard/list/a-b.x', 'yard/list/a/c.x', 'yard/list/ab.x'],
      );
      assert.deepEqual(await allKeys(house.device(), 'yard/nothing/'), []);
    });

    it('lists in pages', async () => {
      const { pageEntries = 1000 } = house;
      const keys = Array.from({ length: pageEntries + 3 }, (_, n) => `yard/many/${String(n).padStart(5, '0')}.x`);
      const client = house.fleet();
      await Promise.all(Array.from({ length: 8 }, async (_, lane) => {
        for (let n = lane; n < keys.length; n += 8) await client.put(keys[n] ?? '', deliveryOf(Buffer.alloc(0)), never);
      }));
      const first = await house.device().list('yard/many/', undefined, never);
      assert.equal(first.entries.length, pageEntries);
      assert.deepEqual(await allKeys(house.device(), 'yard/many/'), keys);
    });

    it('takes several at once into a folder that was not there', async () => {
      const client = house.fleet();
      const keys = Array.from({ length: 12 }, (_, n) => `yard/at-once/${String(n).padStart(2, '0')}.x`);
      await Promise.all(keys.map((key) => client.put(key, textDelivery(key), never)));
      assert.deepEqual(await allKeys(client, 'yard/at-once/'), keys);
      for (const key of keys) assert.equal(String(await read(key)), key);
    });

    it('puts the same again after a crash', async () => {
      for (let time = 0; time < 2; time++) await house.device().put('yard/again.jpg', textDelivery('same'), never);
      assert.equal(String(await read('yard/again.jpg')), 'same');
    });

    it('replaces an object, or says that it waits for the fleet to take the first', async () => {
      await house.device().put('yard/report.json', textDelivery('first'), never);
      const second = house.device().put('yard/report.json', textDelivery('second'), never);
      if (house.deviceReplaces) await second;
      else await assert.rejects(second, { name: 'RemoteError', code: 'landing.occupied' });
      await house.fleet().put('yard/report.json', textDelivery('third'), never);
      assert.equal(String(await read('yard/report.json')), 'third');
    });

    it('takes a large file with a checkpoint and without, and tells how far it is', async () => {
      const { data, delivery } = await clipOf(9 * MIB);
      const kept = new KeptToken();
      const told: number[] = [];
      await house.device().put(
        'yard/large/with.mp4', delivery, never, { checkpoint: kept.checkpoint, onBytes: (sent) => told.push(sent) },
      );
      await house.device().put('yard/large/without.mp4', delivery, never);
      assert.equal(told.at(-1), data.byteLength);
      assert.equal(kept.token, undefined);
      for (const name of ['with', 'without']) assert.ok((await read(`yard/large/${name}.mp4`))?.equals(data), name);
    });

    it('asks its pace for every byte that it sends, in small pieces', async () => {
      const { delivery } = await clipOf(100 * 1024);
      const asked: number[] = [];
      await house.device().put('yard/paced.mp4', delivery, never, { pace: async (bytes) => void asked.push(bytes) });
      assert.equal(asked.reduce((sum, bytes) => sum + bytes, 0), delivery.bytes);
      assert.ok(Math.max(...asked) <= 16 * 1024);
    });

    it('never stores what is not as it was announced', async () => {
      const { file, delivery } = await clipOf(1000);
      const kept = new KeptToken();
      const { file: largeFile, delivery: large } = await clipOf(9 * MIB);
      await writeFile(file, randomBytes(1000));
      await writeFile(largeFile, randomBytes(9 * MIB));
      const changed = { name: 'DeviceError', code: 'landing.source-changed' };
      await assert.rejects(house.device().put('yard/bad/a.mp4', delivery, never), changed);
      await assert.rejects(house.device().put('yard/bad/b.mp4', { ...delivery, bytes: 999 }, never), changed);
      await assert.rejects(
        house.device().put('yard/bad/c.mp4', large, never, { checkpoint: kept.checkpoint }), changed,
      );
      await rm(file);
      await assert.rejects(house.device().put('yard/bad/d.mp4', delivery, never), { code: 'landing.source-missing' });
      assert.deepEqual(await allKeys(house.fleet(), 'yard/bad/'), []);
      assert.equal(kept.token, undefined);
    });

    it('breaks off when it is told to, and shows nothing of it', async () => {
      const { delivery } = await clipOf(12 * MIB);
      const stop = new AbortController();
      const reason = new StopRequest('enough');
      const pace = async (): Promise<void> => { await new Promise(setImmediate); };
      const onBytes = (sent: number): void => { if (sent > MIB) stop.abort(reason); };
      await assert.rejects(house.device().put('yard/stopped.mp4', delivery, stop.signal, { pace, onBytes }), (error) =>
        error === reason);
      assert.deepEqual(await allKeys(house.fleet(), 'yard/stopped'), []);
    });

    it('goes on where the line was cut, by the token that another process kept', async function () {
      const { line, againBytes } = house;
      if (line === undefined || againBytes === undefined) return this.skip();
      const { data, delivery } = await clipOf(20 * MIB);
      const kept = new KeptToken();
      for (const cutAfter of [11 * MIB, 4 * MIB]) {
        line.cutAfter(cutAfter);
        await assert.rejects(
          house.device().put('yard/cut.mp4', delivery, never, { checkpoint: kept.checkpoint }), RemoteError,
        );
        assert.deepEqual(await allKeys(house.fleet(), 'yard/cut'), []);
      }
      line.sentBytes = 0;
      const told: number[] = [];
      await landed(() =>
        house.device().put(
          'yard/cut.mp4', delivery, never, { checkpoint: kept.checkpoint, onBytes: (sent) => told.push(sent) },
        ));
      assert.ok(
        line.sentBytes < data.byteLength - 11 * MIB + againBytes + 64 * 1024,
        `${line.sentBytes} bytes went a second time`,
      );
      assert.equal(told.at(-1), data.byteLength);
      assert.equal(kept.token, undefined);
      assert.ok((await read('yard/cut.mp4'))?.equals(data));
    });

    it('begins anew with a token of other content, or one that makes no sense', async () => {
      const { line } = house;
      const kept = new KeptToken();
      const { delivery: older } = await clipOf(12 * MIB);
      if (line !== undefined) {
        line.cutAfter(10 * MIB);
        await assert.rejects(house.device().put('yard/anew.mp4', older, never, { checkpoint: kept.checkpoint }));
      }
      for (const [name, token] of [['anew', kept.token], ['rubbish', 'rubbish']] as const) {
        const { data, delivery } = await clipOf(9 * MIB);
        kept.token = token;
        await landed(() => house.device().put(`yard/${name}.mp4`, delivery, never, { checkpoint: kept.checkpoint }));
        assert.ok((await read(`yard/${name}.mp4`))?.equals(data));
      }
    });

    it('begins anew where the store has forgotten the upload', async function () {
      const { line, forgotten } = house;
      if (line === undefined || forgotten === undefined) return this.skip();
      const { data, delivery } = await clipOf(12 * MIB);
      const kept = new KeptToken();
      line.cutAfter(10 * MIB);
      await assert.rejects(
        house.device().put('yard/forgotten.mp4', delivery, never, { checkpoint: kept.checkpoint }), RemoteError,
      );
      assert.notEqual(kept.token, forgotten(kept.token ?? ''));
      kept.token = forgotten(kept.token ?? '');
      await house.device().put('yard/forgotten.mp4', delivery, never, { checkpoint: kept.checkpoint });
      assert.equal(kept.token, undefined);
      assert.ok((await read('yard/forgotten.mp4'))?.equals(data));
    });

    it('says that the server is gone, and works once it is back', async function () {
      const { line } = house;
      if (line === undefined) return this.skip();
      line.down();
      await assert.rejects(house.device().put('yard/gone.jpg', textDelivery('x'), never), (error) =>
        error instanceof RemoteError && error.code.endsWith('.unreachable'));
      await assert.rejects(house.device().list('yard/', undefined, never), RemoteError);
      line.up();
      await house.device().put('yard/gone.jpg', textDelivery('x'), never);
      assert.equal(String(await read('yard/gone.jpg')), 'x');
    });

    it('says that credentials are refused, and never what they are', async function () {
      const { stranger } = house;
      if (stranger === undefined) return this.skip();
      for (const action of [() => stranger.client.put('yard/a.jpg', textDelivery('x'), never), () =>
        stranger.client.list('yard/', undefined, never)]) {
        await assert.rejects(action, (error) => {
          assert.ok(error instanceof ConfigError && error.code.endsWith('.credentials-refused'), describeError(error));
          assert.ok(!describeError(error).includes(stranger.secret));
          return true;
        });
      }
    });

    it('lets a device put, and list, and nothing else', async function () {
      const { forbiddenKeys } = house;
      const device = house.device();
      await house.fleet().put('yard/theirs.jpg', textDelivery('x'), never);
      const refused = (error: unknown): boolean => error instanceof TytoError && !(error instanceof BugError);
      for (const key of forbiddenKeys) await assert.rejects(device.put(key, textDelivery('x'), never), refused, key);
      for (const key of forbiddenKeys) assert.equal(await read(key), undefined, key);
      if (house.line === undefined) return this.skip(); // a folder has no rights but those of its files
      const { open: openIt, remove } = device;
      if (openIt !== undefined) await assert.rejects(openIt.call(device, 'yard/theirs.jpg', never), refused);
      if (remove !== undefined) await assert.rejects(remove.call(device, 'yard/theirs.jpg', never), refused);
      assert.equal(String(await read('yard/theirs.jpg')), 'x');
    });

    it('takes only keys of our own form', async () => {
      for (const key of ['', '/a', 'yard/', 'yard//b', '../a', 'yard/../b', 'yard/a b', 'yard/a.part']) {
        await assert.rejects(house.device().put(key, textDelivery('x'), never), BugError, key);
      }
    });
  });
}

/** What a server was in the midst of when its line was cut may be locked for a moment: it is tried until it goes. */
async function landed(put: () => Promise<void>): Promise<void> {
  for (let left = 600; ; left--) {
    try {
      return await put();
    } catch (error) {
      if (left === 0 || !(error instanceof RemoteError)) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }
}
