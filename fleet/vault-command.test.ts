import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, UsageError } from '../device/core/errors.ts';
import { systemClock } from '../device/runtime/clock.ts';
import { readInvocation } from './config/load-settings.ts';
import { openRegistry } from './open-vault.ts';
import { runVaultCommand } from './vault-command.ts';

describe('tyto-fleet account and device-key', () => {
  let data: string;
  beforeEach(async () => { data = await mkdtemp(path.join(tmpdir(), 'tyto-accounts-')); });
  afterEach(() => rm(data, { recursive: true, force: true }));

  const run = async (...args: readonly string[]): Promise<string> => {
    const invocation = readInvocation([...args, '--data', data], {});
    assert.equal(invocation.command, 'vault');
    return invocation.command === 'vault' ? runVaultCommand(invocation) : '';
  };

  it('makes an account, tells its secret once, and lists it without', async () => {
    const told = await run('account', 'add', 'farm', '--quota', '100G', '--days', '30', '--directory', 'farm_videos');
    const [, key = '', secret = ''] = /access key {3}(TV[0-9A-F]{18})\nsecret {7}([\w-]{43})\n/.exec(told) ?? [];
    assert.notEqual(secret, '');
    const listed = await run('account', 'list');
    assert.equal(listed, `farm  ${key}  directory farm_videos  at most 100G  kept 30 days\n`);
  });

  it('changes, switches off and on, renews and withdraws', async () => {
    await run('account', 'add', 'farm');
    assert.match(
      await run('account', 'change', 'farm', '--quota', '1G'), /at most 1G {2}kept for ever\n/,
    );
    assert.match(await run('account', 'change', 'farm', '--quota', 'none', '--days', '7'), /no quota {2}kept 7 days\n/);
    assert.match(await run('account', 'off', 'farm'), /switched off\n/);
    assert.doesNotMatch(await run('account', 'on', 'farm'), /switched off/);
    assert.match(await run('account', 'secret', 'farm'), /secret {7}[\w-]{43}\n/);
    await assert.rejects(run('account', 'off', 'frm'), {
      message: 'there is no account "frm"; `tyto-fleet account list` names those that there are',
    });
    await run('account', 'withdraw', 'farm');
    assert.match(await run('account', 'list'), /no account yet/);
    await assert.rejects(run('account', 'add', 'farm'), (error) =>
      error instanceof ConfigError && error.code === 'vault.account-taken');
  });

  it('makes and withdraws the key of a device, which belongs to one account', async () => {
    await run('account', 'add', 'farm');
    await run('account', 'add', 'shed');
    const [, id = '', key = ''] = /key id {3}(\w+)\nkey {6}(\S+)\n/.exec(await run('device-key', 'add', 'yard', 'farm'))
      ?? [];
    assert.match(key, new RegExp(String.raw`^tytod_${id}_[\w-]{43}$`));
    assert.equal(await run('device-key', 'list'), `${id}  yard  of farm\n`);
    await assert.rejects(run('device-key', 'add', 'yard', 'shed'), (error) =>
      error instanceof ConfigError && error.code === 'vault.device-taken');
    await assert.rejects(run('device-key', 'add', 'front_door', 'farm'), (error) =>
      error instanceof ConfigError && error.code === 'vault.device-invalid');
    await run('device-key', 'withdraw', id);
    assert.match(await run('device-key', 'list'), /no device key yet/);
    await assert.rejects(run('device-key', 'withdraw', id), (error) =>
      error instanceof ConfigError && error.code === 'vault.no-such-key');
  });

  it('notes in the audit who did what', async () => {
    await run('account', 'add', 'farm');
    await run('account', 'off', 'farm');
    using opened = openRegistry(data, systemClock);
    assert.deepEqual(opened.registry.audit(9).map(({ actor, action, subject }) => `${actor}: ${action} ${subject}`), [
      'command: account.change farm {"disabled":true}', 'command: account.create farm',
    ]);
  });

  it('says what was mistyped', () => {
    for (const args of [
      ['account'], ['account', 'add'], ['account', 'add', 'a', 'b'], ['account', 'make', 'a'], [
        'account', 'add', 'a', '--quota', 'much',
      ], ['account', 'add', 'a', '--days', '0'], ['account', 'add', 'a', '--port', '1'],
      ['account', 'off', 'a', '--days', '3'], ['account', 'change', 'a', '--directory', 'b'], [
        'device-key', 'add', 'yard',
      ], ['device-key', 'withdraw'], ['device-key', 'list', 'x'], ['device-key', 'list', '--quota', '1G'],
    ]) assert.throws(() => readInvocation(args, {}), UsageError, args.join(' '));
  });

  it('explains itself', async () => assert.match(await run('account', '--help'), /device-key add DEVICE ACCOUNT/));
});
