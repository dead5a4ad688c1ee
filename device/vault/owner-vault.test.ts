import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { millis } from '../core/units.ts';
import { silentLog, type Log } from '../core/log.ts';
import { temporaryFolder } from '../../test/recording/footage.ts';
import { decryptWhole } from './encrypted-file.ts';
import { openEncryption, type Encryption } from './encryption.ts';
import { OWNER_KEYS_FILE, readOwnerKeys, writeOwnerKeys } from './owner-keys.ts';
import { OwnerVault } from './owner-vault.ts';
import { Password } from './password-box.ts';
import { Keyring } from './wrapped-key.ts';
import { newKeyPair, privateKeyBytes } from './x25519.ts';

const secret = new TextEncoder().encode('a picture');
const cost = { N: 2, r: 1, p: 1 };

/** A data folder: what records there, and what shows it. */
async function device({ fleetKey = '', makes = true } = {}) {
  const folder = await temporaryFolder();
  const file = path.join(folder.path, OWNER_KEYS_FILE);
  const told: string[] = [];
  const log: Log = {
    ...silentLog, warn: (message) => told.push(`warn ${message}`), error: (message) => told.push(`error ${message}`),
  };
  const encryption = (): Promise<Encryption> =>
    openEncryption({ fleetKey, ownerKeys: file, now: () => millis(0), log });
  return { folder, file, encryption, told, vault: () => new OwnerVault({ file, makes, log: silentLog, cost }) };
}
const recorded = async (encryption: Encryption): Promise<Uint8Array> => (await encryption.begin()).whole(secret);
const opens = async (file: Uint8Array, keys: OwnerVault | Keyring): Promise<boolean> =>
  await decryptWhole(file, keys).then((plain) => Buffer.compare(plain, secret) === 0, () => false);

/** How often a key is derived from a password, which takes a second and 32 MiB on a small device. */
async function derivations(work: () => Promise<void>): Promise<number> {
  let count = 0;
  const hook = createHook({ init: (_id, type) => { if (type === 'SCRYPTREQUEST') count += 1; } }).enable();
  await work();
  hook.disable();
  return count;
}

describe("the owner's keys", () => {
  it('open what was recorded before the password was set, and are locked by it from then on', async () => {
    const { folder, file, encryption, vault } = await device();
    await using _ = folder;
    const recorder = await encryption();
    const before = await recorded(recorder);
    const web = vault();
    assert.equal(await opens(before, web), false, 'nobody has signed in');
    await web.takePassword('first password');
    assert.equal(await opens(before, web), true);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await readFile(file, 'utf8')).includes('"open"'), false);
  });

  it('are replaced for what comes next when they once lay open, without a new start of who records', async () => {
    const { folder, encryption, vault, file } = await device();
    await using _ = folder;
    const recorder = await encryption();
    const lainOpen = (await readOwnerKeys(file))?.pairs[0]?.public;
    const web = vault();
    await web.takePassword('first password');
    const keys = (await readOwnerKeys(file))?.pairs.map((pair) => pair.public) ?? [];
    assert.deepEqual([keys.length, keys[1]], [2, lainOpen]);
    const after = await recorded(recorder);
    assert.equal(Buffer.from(after).includes(lainOpen ?? ''), false);
    assert.equal(await opens(after, web), true);
  });

  it('need the password again after a restart, and only then', async () => {
    const { folder, encryption, vault } = await device();
    await using _ = folder;
    const file = await recorded(await encryption());
    await vault().takePassword('first password');
    const restarted = vault();
    assert.deepEqual([await restarted.isLocked(), await opens(file, restarted)], [true, false]);
    await restarted.takePassword('first password');
    assert.equal(await opens(file, restarted), true);
  });

  it('open with the new password alone once it was changed', async () => {
    const { folder, encryption, vault } = await device();
    await using _ = folder;
    const file = await recorded(await encryption());
    const web = vault();
    await web.takePassword('first password');
    await web.changePassword('first password', 'second password', async () => {});
    for (const [password, expected] of [['first password', false], ['second password', true]] as const) {
      const restarted = vault();
      await restarted.takePassword(password);
      assert.equal(await opens(file, restarted), expected, password);
    }
  });

  it('open with whichever password holds when a change was broken off', async () => {
    for (const password of ['first password', 'second password']) {
      const { folder, encryption, vault, file } = await device();
      await using _ = folder;
      const recording = await recorded(await encryption());
      const web = vault();
      await web.takePassword('first password');
      await assert.rejects(web.changePassword('first password', 'second password', async () => {
        throw new Error('killed');
      }));
      const restarted = vault();
      await restarted.takePassword(password);
      assert.equal(await opens(recording, restarted), true, password);
      const locks = (await readOwnerKeys(file))?.pairs.map(({ private: half }) =>
        ('locked' in half ? half.locked.length : 0));
      assert.deepEqual(locks, [1, 1], 'the other password opens nothing any more');
    }
  });

  it('of a forgotten password open no more, but new recordings open with the new one', async () => {
    const { folder, encryption, vault, file } = await device();
    await using _ = folder;
    const recorder = await encryption();
    const [old, web] = [await recorded(recorder), vault()];
    await web.takePassword('forgotten password');
    const off = new OwnerVault({ file, makes: false, log: silentLog, cost });
    await off.takePassword('new password');
    assert.deepEqual([await opens(old, off), await off.isLocked()], [
      false, false,
    ], 'nobody is asked for what is forgotten, again and again');
    const later = vault();
    await later.takePassword('new password');
    assert.deepEqual([await opens(old, later), await later.isLocked()], [false, false]);
    assert.equal(await opens(await recorded(recorder), later), true);
  });

  it('of a forgotten password are tried once, and again when the password changes or the file was mended', async () => {
    for (const mend of [false, true]) {
      const { folder, encryption, vault, file } = await device();
      await using _ = folder;
      const pair = newKeyPair();
      const lockedBy = async (password: string) =>
        ({
          public: pair.publicKey,
          private: { locked: [await new Password(password).lock(privateKeyBytes(pair.privateKey), cost)] },
        });
      await writeOwnerKeys(file, { version: 1, pairs: [await lockedBy('lost password')] });
      const recording = await recorded(await encryption());
      const web = vault();
      assert.ok(await derivations(() => web.takePassword('new password')) > 0);
      assert.equal(await derivations(() => web.takePassword('new password')), 0);
      const [made] = (await readOwnerKeys(file))?.pairs ?? [];
      if (mend)
        await writeOwnerKeys(file, { version: 1, pairs: [made ?? assert.fail(), await lockedBy('new password')] });
      if (mend) await web.takePassword('new password');
      else await web.changePassword('new password', 'lost password', async () => {});
      assert.equal(await opens(recording, web), true);
    }
  });

  it('are not made while the fleet can open all and nobody has set a password', async () => {
    const fleet = newKeyPair();
    const { folder, encryption, vault, file } = await device({ fleetKey: fleet.publicKey });
    await using _ = folder;
    const recorder = await encryption();
    const before = await recorded(recorder);
    assert.equal(await readOwnerKeys(file), undefined, 'no key lies on the card');
    const web = vault();
    assert.equal(await web.isLocked(), true, 'who is signed in already is asked for the password');
    await web.takePassword('first password');
    assert.equal(await web.isLocked(), false);
    const after = await recorded(recorder);
    assert.deepEqual([await opens(before, web), await opens(after, web)], [false, true]);
    for (const recording of [before, after])
      assert.equal(await opens(recording, new Keyring([fleet.privateKey])), true);
  });

  it('are made by no sign-in where nothing is encrypted', async () => {
    const { folder, vault, file } = await device({ makes: false });
    await using _ = folder;
    const web = vault();
    await web.takePassword('first password');
    assert.deepEqual([await readOwnerKeys(file), await web.isLocked()], [undefined, false]);
  });

  it('that are damaged are kept aside, and recording goes on for others', async () => {
    const { folder, encryption, vault, file } = await device();
    await using _ = folder;
    await writeFile(file, '{"version":1,');
    const recorder = await encryption();
    const web = vault();
    await web.takePassword('first password');
    assert.equal(await opens(await recorded(recorder), web), true);
    assert.equal(await readFile(`${file}.broken-19700101T000000.000Z`, 'utf8'), '{"version":1,');
  });

  it('that are damaged let their owner sign in all the same, and are left for a person to mend', async () => {
    const { folder, vault, file } = await device();
    await using _ = folder;
    const noKey = JSON.stringify({
      version: 1, pairs: [{ public: newKeyPair().publicKey, private: { open: 'bm8ga2V5' } }],
    });
    for (const content of ['', '{"version":2}', noKey]) {
      await writeFile(file, content);
      const web = vault();
      await web.takePassword('first password');
      assert.equal(await web.isLocked(), false, content);
    }
  });

  it('that are damaged later cost new recordings nothing, and that is told once, and anew when it happens again', async () => {
    const { folder, encryption, vault, file, told } = await device();
    await using _ = folder;
    const recorder = await encryption();
    const web = vault();
    await web.takePassword('first password');
    await recorder.begin();
    const [sound, before] = [await readFile(file), told.length];
    for (const times of [1, 2]) {
      await writeFile(file, '');
      for (let n = 0; n < 2; n++) assert.equal(await opens(await recorded(recorder), web), true);
      assert.equal(told.length - before, times);
      assert.match(told.at(-1) ?? '', /^error .*encrypted for the keys known last/);
      await writeFile(file, sound);
      await recorder.begin();
    }
  });

  it('that are removed while somebody records are made anew, so that nothing is recorded for a key that nobody has', async () => {
    const { folder, encryption, vault, file, told } = await device();
    await using _ = folder;
    const recorder = await encryption();
    await vault().takePassword('first password');
    await recorder.begin();
    told.length = 0;
    await rm(file);
    const recording = await recorded(recorder);
    assert.deepEqual(told.map((line) => line.split(' ')[0]), ['warn']);
    const web = vault();
    await web.takePassword('first password');
    assert.equal(await opens(recording, web), true);
    await rm(folder.path, { recursive: true });
    assert.equal(
      await opens(await recorded(recorder), web),
      true, 'where none can be made, those known last are better than no recording',
    );
    assert.match(told.at(-1) ?? '', /^error .*encrypted for the keys known last/);
  });

  it('that are removed where the fleet can open all are not made, but that is told', async () => {
    const fleet = newKeyPair();
    const { folder, encryption, vault, file, told } = await device({ fleetKey: fleet.publicKey });
    await using _ = folder;
    const recorder = await encryption();
    await recorder.begin();
    await vault().takePassword('first password');
    await recorder.begin();
    assert.deepEqual(told, []);
    await rm(file);
    for (let n = 0; n < 2; n++)
      assert.equal(await opens(await recorded(recorder), new Keyring([fleet.privateKey])), true);
    assert.deepEqual([told.length, await readOwnerKeys(file)], [1, undefined]);
  });
});

describe('whom a device encrypts for', () => {
  it('must be somebody: where no key can be had, nothing is begun', async () => {
    const ownerKeys = path.join(tmpdir(), 'no such folder', OWNER_KEYS_FILE);
    await assert.rejects(openEncryption({
      fleetKey: '', ownerKeys, now: () => millis(0), log: silentLog,
    }), { name: 'ConfigError', code: 'vault.no-recipient' });
  });

  it('is refused when the key of the fleet is none, before anything is recorded', async () => {
    for (const fleetKey of ['abc', 'A'.repeat(43), `${'_'.repeat(42)}=`]) {
      const { folder, encryption } = await device({ fleetKey });
      await using _ = folder;
      await assert.rejects(encryption(), { name: 'ConfigError', code: 'vault.fleet-key' });
    }
  });
});
