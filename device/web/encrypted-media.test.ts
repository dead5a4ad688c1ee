import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encryptedParts } from '../../test/recording/cipher.ts';
import { makeFootage, type Footage } from '../../test/recording/footage.ts';
import { call, openCall } from '../../test/http/client.ts';
import { sampleEvent } from '../../test/web/fake-device.ts';
import { PASSWORD, startWeb, type RunningWeb } from '../../test/web/start-web.ts';
import type { ClipFile, TytoEvent } from '../contract/event.ts';
import { concat } from '../contract/mp4-boxes.ts';
import { silentLog } from '../core/log.ts';
import { millis } from '../core/units.ts';
import { openEncryption, type Encryption } from '../vault/encryption.ts';
import { OWNER_KEYS_FILE } from '../vault/owner-keys.ts';
import { OwnerVault } from '../vault/owner-vault.ts';
import { newKeyPair } from '../vault/x25519.ts';

const START = 1_795_252_530;
const head = new TextEncoder().encode('ftyp and moov');
const parts = [1, 2, 3].map((fill) => new Uint8Array(400).fill(fill));
const plain = Buffer.from(concat([head, ...parts]));

describe('encrypted media over HTTP', () => {
  let web: RunningWeb;
  let cookie: string;
  let encryption: Encryption;
  beforeEach(async () => {
    web = await startWeb({ encrypts: true });
    encryption = await encryptionOf('');
    cookie = await web.owner();
  });
  afterEach(() => web[Symbol.asyncDispose]());

  const ownerKeys = () => path.join(web.folder, OWNER_KEYS_FILE);
  const encryptionOf = (fleetKey: string) =>
    openEncryption({ fleetKey, ownerKeys: ownerKeys(), now: () => millis(0), log: silentLog });
  const get = (route: string, headers: Record<string, string> = {}, method = 'GET') =>
    call(web.port, method, route, { headers: { cookie, ...headers } });

  /**
   * An event whose clip and picture are those bytes. `keys`: of which process; a restarted one by default holds none.
   */
  async function event(keys: OwnerVault = web.vault, by = encryption): Promise<TytoEvent> {
    const [clip, snapshot] = [path.join(web.folder, 'c.mp4'), path.join(web.folder, 'p.jpg')];
    await writeFile(clip, concat(encryptedParts(await by.begin(), head, parts)));
    await writeFile(snapshot, (await by.begin()).whole(new TextEncoder().encode('a jpeg')));
    const seen = sampleEvent(START, 4, {
      faces: [{ box: [0.4, 0.2, 0.1, 0.2], score: 0.9, time: START + 1, person: null, similarity: null }],
    });
    web.archive.put(seen, {
      clip: { path: clip, sha256: 'a'.repeat(64), keys }, snapshot: { path: snapshot, sha256: undefined, keys },
    });
    return seen;
  }
  const restarted = () =>
    new OwnerVault({ file: ownerKeys(), makes: true, cost: { N: 2, r: 1, p: 1 }, log: silentLog });

  it('is sent as if it were not encrypted, whole and in parts', async () => {
    const { id } = await event();
    const whole = await get(`/api/events/${id}/clip.mp4`);
    assert.deepEqual(
      [whole.status, whole.bytes, whole.headers['content-length']], [200, plain, String(plain.byteLength)],
    );
    for (const [range, first, last] of [
      ['bytes=0-9', 0, 9], ['bytes=5-500', 5, 500], ['bytes=-7', plain.byteLength - 7, plain.byteLength - 1],
    ] as const) {
      const { status, headers, bytes } = await get(`/api/events/${id}/clip.mp4`, { range });
      assert.deepEqual([status, headers['content-range']], [206, `bytes ${first}-${last}/${plain.byteLength}`]);
      assert.deepEqual(bytes, plain.subarray(first, last + 1));
    }
    assert.equal(
      (await get(`/api/events/${id}/clip.mp4`, {}, 'HEAD')).headers['content-length'], String(plain.byteLength),
    );
    assert.equal((await get(`/api/events/${id}/clip.mp4`, { range: 'bytes=9999-' })).status, 416);
    assert.equal((await get(`/api/events/${id}/snapshot.jpg`)).bytes.toString(), 'a jpeg');
  });

  it('is locked after a restart, although the session still holds, until the password is entered once more', async () => {
    const keys = restarted();
    const { id } = await event(keys);
    for (const file of ['clip.mp4', 'snapshot.jpg']) {
      const { status, code, bytes } = await get(`/api/events/${id}/${file}`);
      assert.deepEqual([status, code], [423, 'media.locked']);
      assert.equal(bytes.includes('jpeg'), false);
    }
    const naming = await call(web.port, 'POST', '/api/people', {
      headers: { cookie }, body: { name: 'Ada', event: id },
    });
    assert.deepEqual([naming.status, naming.code], [423, 'media.locked']);
    await keys.takePassword(PASSWORD);
    assert.equal((await get(`/api/events/${id}/clip.mp4`)).status, 200);
  });

  it('tells with the session that something is locked', async () => {
    assert.deepEqual((await get('/api/session')).body, { owner: true, signedIn: true, locked: false });
    assert.deepEqual((await call(web.port, 'GET', '/api/session')).body, {
      owner: true, signedIn: false, locked: false,
    });
  });

  it('opens after a change of the password, too', async () => {
    const { id } = await event();
    const changed = await call(web.port, 'PUT', '/api/owner', {
      headers: { cookie }, body: { password: PASSWORD, newPassword: 'lantern gutter 42' },
    });
    assert.equal(changed.status, 204);
    assert.equal((await get(`/api/events/${id}/clip.mp4`, { cookie: changed.cookie })).status, 200);
    const keys = restarted();
    await keys.takePassword('lantern gutter 42');
    assert.equal(await keys.isLocked(), false);
  });

  it('that was made for the fleet alone is refused, and it is said why', async () => {
    const fleet = await openEncryption({
      fleetKey: newKeyPair().publicKey, ownerKeys: path.join(web.folder, 'none'), now: () => millis(0), log: silentLog,
    });
    const { id } = await event(web.vault, fleet);
    const { status, code } = await get(`/api/events/${id}/clip.mp4`);
    assert.deepEqual([status, code], [403, 'media.sealed']);
  });

  it('that was altered is cut off where it was: what is altered is never sent', async () => {
    const { id } = await event();
    const file = concat(encryptedParts(await encryption.begin(), head, parts)).slice();
    file[file.byteLength - 500] = (file[file.byteLength - 500] ?? 0) ^ 1; // in the second part
    await writeFile(path.join(web.folder, 'c.mp4'), file);
    assert.deepEqual((await get(`/api/events/${id}/clip.mp4`, { range: 'bytes=0-400' })).bytes, plain.subarray(0, 401));
    await assert.rejects(get(`/api/events/${id}/clip.mp4`));
  });

  it('may be left in the middle', async () => {
    const { id } = await event();
    const large = Array.from({ length: 40 }, () => new Uint8Array(200_000));
    await writeFile(path.join(web.folder, 'c.mp4'), concat(encryptedParts(await encryption.begin(), head, large)));
    for (let n = 0; n < 5; n++)
      (await openCall(web.port, 'GET', `/api/events/${id}/clip.mp4`, { headers: { cookie } })).destroy();
    assert.equal((await get('/api/state')).status, 200);
  });

  describe('of a real camera', () => {
    let footage: Footage;
    before(async () => { footage = await makeFootage(3); });

    it('gives the picture of a moment, to name a face in', async () => {
      const cipher = await encryption.begin();
      const file = path.join(web.folder, 'c.mp4');
      await writeFile(file, concat([
        cipher.clipHead(footage.init), ...footage.fragments.map((fragment) => cipher.fragment(fragment.data, fragment)),
      ]));
      const clip: ClipFile = {
        name: 'c.mp4', bytes: 1, sha256: 'a'.repeat(64), start_time: START, duration: 3, codec: 'avc1', width: 160,
        height: 120,
      };
      const seen = sampleEvent(START, 4, {
        clip, faces: [{ box: [0.4, 0.2, 0.1, 0.2], score: 0.9, time: START + 1.6, person: null, similarity: null }],
      });
      web.archive.put(seen, { clip: { path: file, sha256: undefined, keys: web.vault } });
      const named = await call(web.port, 'POST', '/api/people', {
        headers: { cookie }, body: { name: 'Ada', event: seen.id },
      });
      assert.equal(named.status, 201);
      assert.deepEqual([...(web.people.pictures[0]?.jpeg.subarray(0, 2) ?? [])], [0xff, 0xd8]);
    });
  });
});
