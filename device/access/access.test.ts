import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { millis, minutes } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Access } from './access.ts';

const DAY = 86_400_000;
const GOOD = 'gutter lantern 41';
const NEXT = 'Zwei Meisen im Mai';
const cost = { N: 1024, r: 8, p: 1 };

describe('access of the owner', () => {
  let folder: string;
  let clock: VirtualClock;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-access-'));
    clock = new VirtualClock(millis(Date.parse('2026-11-21T10:00:00Z')));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const from = (address: string, token?: string) => ({ address, token });
  const open = (limits = { perAddress: 3, altogether: 8, within: minutes(10) }) =>
    Access.open({ folder, clock, limits, cost });

  it('begins with nobody; the first password makes the owner, once', async () => {
    const access = await open();
    assert.equal(access.hasOwner, false);
    await assert.rejects(access.signIn(GOOD, from('10.0.0.1')), { status: 409, code: 'access.no-owner' });
    assert.ok(access.session(await access.createOwner(GOOD)));
    await assert.rejects(access.createOwner(NEXT), { status: 409, code: 'access.has-owner' });
  });

  it('makes exactly one owner of many who come at the same moment', async () => {
    const access = await open();
    const tries = await Promise.allSettled([1, 2, 3, 4].map((n) => access.createOwner(`${GOOD} ${n}`)));
    assert.deepEqual(tries.map(({ status }) => status), ['fulfilled', 'rejected', 'rejected', 'rejected']);
    assert.ok(await access.signIn(`${GOOD} 1`, from('10.0.0.1')));
  });

  it('refuses a weak password before anything is written', async () => {
    const access = await open();
    assert.throws(() => access.createOwner('password123'), { status: 422, code: 'access.password-too-obvious' });
    assert.throws(() => access.createOwner('short'), { status: 422, code: 'access.password-too-short' });
    await assert.rejects(stat(path.join(folder, 'owner.json')), { code: 'ENOENT' });
  });

  it('keeps the hash and the key for its own user only, and never the password', async () => {
    await (await open()).createOwner(GOOD);
    for (const name of ['owner.json', 'session.key']) {
      assert.equal((await stat(path.join(folder, name))).mode & 0o777, 0o600, name);
      assert.ok(!(await readFile(path.join(folder, name), 'utf8')).includes('lantern'));
    }
  });

  it('takes the same letters from another keyboard, and no other password', async () => {
    const access = await open();
    await access.createOwner('Käuzchen im Gebälk');
    assert.ok(await access.signIn('Ka\u0308uzchen im Geba\u0308lk', from('10.0.0.1')));
    await assert.rejects(access.signIn('Kauzchen im Gebalk', from('10.0.0.1')), {
      status: 401, code: 'access.wrong-password',
    });
  });

  it('knows owner and sessions again after a restart', async () => {
    const token = await (await open()).createOwner(GOOD);
    const again = await open();
    assert.equal(again.hasOwner, true);
    assert.ok(again.session(token));
  });

  it('believes no token that was changed in a single character', async () => {
    const access = await open();
    const token = await access.createOwner(GOOD);
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      // The last character of a base64 text carries bits that mean nothing.
      if (at < token.length - 1) assert.equal(access.session(changed), undefined, `character ${at}`);
    }
    for (const junk of ['', '1....', 'a'.repeat(5000), undefined]) assert.equal(access.session(junk), undefined);
  });

  it('ends a session after thirty days without a visit, and renews one in use', async () => {
    const access = await open();
    const session = access.session(await access.createOwner(GOOD));
    assert.ok(session);
    await clock.advance(millis(DAY - 1000));
    assert.equal(access.renew(session), undefined);
    await clock.advance(millis(2000));
    const renewed = access.session(access.renew(session));
    await clock.advance(millis(29.5 * DAY));
    assert.equal(access.holds(session), false);
    assert.ok(renewed && access.holds(renewed));
    await clock.advance(millis(DAY));
    assert.equal(access.holds(renewed), false);
  });

  it('lets the owner in while the clock is not set yet', async () => {
    const access = await open();
    const token = await access.createOwner(GOOD);
    clock.setWall(millis(Date.parse('1970-01-01T00:00:10Z')));
    assert.ok(access.session(token));
  });

  it('takes a session back at sign-out, renewed copies and restarts included, and leaves others alone', async () => {
    const access = await open();
    const phone = access.session(await access.createOwner(GOOD));
    const laptop = access.session(await access.signIn(GOOD, from('10.0.0.2')));
    assert.ok(phone && laptop);
    await clock.advance(millis(2 * DAY));
    const copy = access.renew(phone);
    await access.signOut(phone);
    assert.equal(access.session(copy), undefined);
    assert.equal((await open()).holds(phone), false);
    assert.equal(access.holds(laptop), true);
  });

  it('forgets a signed-out session once it would have ended by itself', async () => {
    const access = await open();
    const sessions = [await access.createOwner(GOOD), await access.signIn(GOOD, from('10.0.0.2'))].map((token) =>
      access.session(token));
    for (const session of sessions) {
      if (session !== undefined) await access.signOut(session);
      await clock.advance(millis(31 * DAY));
    }
    assert.equal(
      (JSON.parse(await readFile(path.join(folder, 'owner.json'), 'utf8')) as { signedOut: [] }).signedOut.length, 1,
    );
  });

  it('ends every session when the password changes, and tells who listens', async () => {
    const access = await open();
    const before = await access.createOwner(GOOD);
    let told = 0;
    access.onSessionsEnded(() => { told += 1; });
    await assert.rejects(access.changePassword('not the password', NEXT, from('10.0.0.1')), { status: 401 });
    const after = await access.changePassword(GOOD, NEXT, from('10.0.0.1'));
    assert.deepEqual([told, access.session(before), access.session(after) !== undefined], [1, undefined, true]);
    await assert.rejects(access.signIn(GOOD, from('10.0.0.1')), { status: 401 });
    assert.ok(await access.signIn(NEXT, from('10.0.0.1')));
  });

  it('does not revive old sessions when the owner starts afresh', async () => {
    const token = await (await open()).createOwner(GOOD);
    await rm(path.join(folder, 'owner.json'));
    const access = await open();
    assert.equal(access.hasOwner, false);
    await access.createOwner(GOOD);
    assert.equal(access.session(token), undefined);
  });

  it('stops an address after too many wrong passwords, even many at once, and no other', async () => {
    const access = await open();
    await access.createOwner(GOOD);
    const tries = await Promise.allSettled([1, 2, 3, 4, 5].map(() =>
      access.signIn('wrong password', from('10.0.0.1'))));
    const codes = tries.map((one) => (one.status === 'rejected' ? (one.reason as { status: number }).status : 204));
    assert.deepEqual(codes.sort((a, b) => a - b), [401, 401, 401, 429, 429]);
    await assert.rejects(
      access.signIn(GOOD, from('::ffff:10.0.0.1')),
      (error: { status: number; retryAfter: number }) =>
        error.status === 429 && error.retryAfter > 500 && error.retryAfter <= 600,
    );
    assert.ok(await access.signIn(GOOD, from('10.0.0.2')));
  });

  it('counts an IPv6 subscriber as one address', async () => {
    const access = await open();
    await access.createOwner(GOOD);
    for (const host of ['1', '2', '3'])
      await assert.rejects(access.signIn('wrong password', from(`2001:db8:1:2::${host}`)), { status: 401 });
    await assert.rejects(access.signIn('wrong password', from('2001:db8:1:2:aaaa::9')), { status: 429 });
    await assert.rejects(access.signIn('wrong password', from('2001:db8:1:3::1')), { status: 401 });
  });

  it('stops everybody after too many wrong passwords from many addresses', async () => {
    const access = await open();
    await access.createOwner(GOOD);
    for (let n = 0; n < 8; n++)
      await assert.rejects(access.signIn('wrong password', from(`10.0.1.${n}`)), { status: 401 });
    await assert.rejects(access.signIn(GOOD, from('10.0.2.1')), { status: 429 });
  });

  describe('while strangers have used up the tries of all', () => {
    const flood = async (access: Access) => {
      for (let n = 0; n < 9; n++)
        await assert.rejects(access.signIn('wrong password', from(`10.0.1.${n}`)), { status: n < 8 ? 401 : 429 });
    };

    it('lets in who was let in from the same address before, however often', async () => {
      const access = await open();
      await access.createOwner(GOOD);
      await access.signIn(GOOD, from('10.0.0.1'));
      access.welcome('10.0.0.2');
      await flood(access);
      for (const address of ['10.0.0.1', '10.0.0.1', '::ffff:10.0.0.2'])
        assert.ok(await access.signIn(GOOD, from(address)));
      await assert.rejects(access.signIn(GOOD, from('10.0.0.3')), { status: 429 });
    });

    it('lets in a browser that was let in before, wherever it is, also after its session ended and after a restart', async () => {
      const token = await (await open()).createOwner(GOOD);
      const access = await open();
      await access.changePassword(GOOD, NEXT, from('10.0.0.1', token));
      assert.equal(access.session(token), undefined);
      await flood(access);
      assert.ok(await access.signIn(NEXT, from('10.0.0.9', token)));
      await assert.rejects(access.signIn(NEXT, from('10.0.0.3', `${token.slice(0, -4)}AAAA`)), { status: 429 });
    });

    it('still counts what these try themselves', async () => {
      const access = await open();
      const token = await access.createOwner(GOOD);
      access.welcome('10.0.0.1');
      await flood(access);
      for (const status of [401, 401, 401, 429])
        await assert.rejects(access.signIn('wrong password', from('10.0.0.1')), { status });
      const copied = [1, 2, 3, 4].map((n) =>
        access.signIn('wrong password', from(`10.0.3.${n}`, token)).catch(({ status }: { status: number }) => status));
      assert.deepEqual(
        await Promise.all(copied), [401, 401, 401, 429], 'a copy of a cookie does not help to try for ever',
      );
    });

    it('gives strangers nothing back for the right passwords of those who are known', async () => {
      const access = await open();
      await access.createOwner(GOOD);
      access.welcome('10.0.0.1');
      await flood(access);
      for (let n = 0; n < 5; n++) await access.signIn(GOOD, from('10.0.0.1'));
      await assert.rejects(access.signIn('wrong password', from('10.0.2.1')), { status: 429 });
    });
  });

  it('does not count right passwords', async () => {
    const access = await open();
    await access.createOwner(GOOD);
    for (let n = 0; n < 12; n++) assert.ok(await access.signIn(GOOD, from('10.0.0.1')));
  });

  it('serves nobody when its files are damaged, and says what to do', async () => {
    await writeFile(path.join(folder, 'owner.json'), '{"version":1}');
    await assert.rejects(open(), {
      code: 'access.owner-file', message: /owner\.json.*remove it to set a new password/,
    });
    await writeFile(path.join(folder, 'owner.json'), 'not json');
    await assert.rejects(open(), { code: 'json.broken' });
    await rm(path.join(folder, 'owner.json'));
    await writeFile(path.join(folder, 'session.key'), 'short');
    await assert.rejects(open(), { code: 'access.session-key' });
  });
});
