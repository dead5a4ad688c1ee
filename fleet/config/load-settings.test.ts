import assert from 'node:assert/strict';
import path from 'node:path';
import { ConfigError } from '../../device/core/errors.ts';
import { helpOf } from './help.ts';
import { readInvocation, type Environment, type LoadedFleetSettings } from './load-settings.ts';
import { fleetSettings, type FleetSetting } from './settings.ts';

const serve = (args: readonly string[] = [], env: Environment = {}): LoadedFleetSettings => {
  const invocation = readInvocation(['serve', ...args], env);
  assert.equal(invocation.command, 'serve');
  return (invocation as { settings: LoadedFleetSettings }).settings;
};
const problemsOf = (args: readonly string[], env: Environment = {}): string => {
  try {
    readInvocation(args, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError && ['fleet.settings', 'cli.usage'].includes(error.code));
    return error.message;
  }
  return assert.fail('nothing was refused');
};

describe('settings of tyto-fleet', () => {
  it('need nothing where a device was started in the same folder', () => {
    const { landing, data, port, landingIsDefault } = serve();
    assert.deepEqual(
      { landing, data, port, landingIsDefault },
      {
        landing: { type: 'directory', folder: path.resolve('data/landing') },
        data: path.resolve('fleet-data'),
        port: 8090,
        landingIsDefault: true,
      },
    );
  });

  it('come from the environment, and the command line wins', () => {
    const env = {
      TYTO_FLEET_LANDING: '/srv/landing',
      TYTO_FLEET_PORT: '9000',
      TYTO_FLEET_MAX_CLIP: '500M',
      TYTO_FLEET_WAIT: '1.5m',
      TYTO_DATA: 'ignored',
    };
    const { landing, port, maxClip, wait, landingIsDefault } = serve(['--port', '0'], env);
    assert.deepEqual(
      { landing, port, maxClip, wait, landingIsDefault },
      {
        landing: { type: 'directory', folder: '/srv/landing' },
        port: 0,
        maxClip: 500 * 1024 ** 2,
        wait: 90_000,
        landingIsDefault: false,
      },
    );
  });

  it('take a bucket for the landing', () => {
    assert.deepEqual(serve(['--landing=s3://night-owls/all/']).landing, {
      type: 's3',
      bucket: 'night-owls',
      prefix: 'all',
    });
    assert.deepEqual(
      serve(['--landing', 'gs://night_owls.example.org/all'], { TYTO_FLEET_GCS_KEY: '/key.json' }).landing,
      { type: 'gcs', bucket: 'night_owls.example.org', prefix: 'all' },
    );
    assert.deepEqual(serve(['--landing', 'azure://night-owls'], {
      TYTO_FLEET_AZURE_ENDPOINT: 'https://owls.blob.core.windows.net', TYTO_FLEET_AZURE_SAS: 'sig=x',
    }).landing,
      { type: 'azure', container: 'night-owls', prefix: '' });
    assert.match(
      problemsOf(['serve', '--landing', 'gs://night-owls']), /TYTO_FLEET_GCS_KEY: a gs:\/\/ landing needs it/,
    );
    assert.match(
      problemsOf(['serve', '--landing', 'azure://night-owls']),
      /TYTO_FLEET_AZURE_ENDPOINT: .*\n.*TYTO_FLEET_AZURE_SAS: /,
    );
    assert.deepEqual(serve(['--landing', 's3://night-owls']).landing, { type: 's3', bucket: 'night-owls', prefix: '' });
  });

  it('are refused all at once, each with where, what was expected and what came', () => {
    const message = problemsOf(['serve', '--prot', '1', '--port', '99999', 'extra'], {
      TYTO_FLEET_LANDING: 'ftp://bucket',
      TYTO_FLEET_WAIT: '10',
      TYTO_FLEET_ORPHANS: '1h',
      TYTO_FLEET_S3_ACCESS_KEY_ID: 'a b',
    });
    for (const part of [
      /^7 problems\n/,
      /there is no option --prot/,
      /--port: must be a whole number from 0 to 65535 \(default 8090\), got "99999"/,
      /got "1 extra"/,
      /TYTO_FLEET_LANDING: must be a folder, s3:\/\/bucket\/prefix, gs:\/\/.* \(default \.\/data\/landing\), got "ftp:\/\/bucket\/…"/,
      /TYTO_FLEET_WAIT: must be a duration from 1s to 7d \(default 10m\), got "10"/,
      /TYTO_FLEET_ORPHANS: no such setting/,
    ])
      assert.match(message, part);
  });

  it('never show a secret', () => {
    const message = problemsOf(['serve'], { TYTO_FLEET_S3_SECRET_ACCESS_KEY: 'hush hush' });
    assert.match(
      message,
      /TYTO_FLEET_S3_SECRET_ACCESS_KEY: must be a secret access key, got something else \(not shown\)/,
    );
  });

  it('show no more than the host of an address that is refused', () => {
    const message = problemsOf(['serve', '--landing', 's3://KEY:hush@Night/x'], {
      TYTO_FLEET_S3_ENDPOINT: 'https://admin:hush@store.lan/path?token=hush', TYTO_FLEET_S3_ACCESS_KEY_ID: 'KEY hush',
    });
    assert.match(message, /--landing: must be a folder, s3:\/\/bucket\/prefix, .*got "s3:\/\/Night\/…"/);
    assert.match(
      message, /S3_ENDPOINT: must be an http:\/\/ .* without user name and password, got "https:\/\/store\.lan\/…"/,
    );
    for (const endpoint of ['admin:hush@store.lan', 'store.lan?token=hush', 'https://admin:hush @store.lan'])
      assert.match(problemsOf(['serve'], { TYTO_FLEET_S3_ENDPOINT: endpoint }), /got something else \(not shown\)$/);
    assert.doesNotMatch(message, /hush|KEY:|admin/);
  });

  it('refuse what is right by itself and wrong together', () => {
    assert.match(problemsOf(['serve', '--landing', '/srv/x', '--data', '/srv/x/data']), /must not lie in the landing/);
    assert.match(problemsOf(['serve', '--landing', '/srv/x', '--data', '/srv/x']), /must not lie in the landing/);
    assert.match(problemsOf(['serve'], { TYTO_FLEET_S3_ACCESS_KEY_ID: 'KEY' }), /go together/);
    assert.equal(serve(['--landing', '/srv/x', '--data', '/srv/xy']).data, '/srv/xy');
  });

  it('want a value where an option takes one', () => {
    assert.match(problemsOf(['serve', '--data']), /--data needs a value/);
    assert.match(problemsOf(['serve', '--data', '--port', '1']), /--data needs a value/);
  });

  it('name the stores, and which of them is to be tried out', () => {
    const { library, stores } = serve(['--library', 's3://owls/library', '--stores', '/etc/stores.json']);
    assert.deepEqual([library, stores], ['s3://owls/library', '/etc/stores.json']);
    for (const [args, store] of [
      [['storage', 'validate'], undefined], [['storage', 'validate', 'offsite'], 'offsite'],
    ] as const) {
      const read = readInvocation(args, {});
      assert.deepEqual(read.command === 'storage' && [read.store, read.settings.library], [store, '']);
    }
    for (const args of [['storage'], ['storage', 'look'], ['storage', 'validate', 'a', 'b']])
      assert.match(problemsOf(args), /`tyto-fleet storage validate \[STORE\]`/);
  });

  it('explain themselves', () => {
    for (const args of [[], ['--help'], ['help'], ['serer', '--help']])
      assert.deepEqual(readInvocation(args, {}), { command: 'help', of: undefined });
    for (const one of ['serve', 'key', 'trust', 'storage'] as const) {
      assert.deepEqual(readInvocation([one, '--help', '--port', 'x'], {}), { command: 'help', of: one });
      assert.deepEqual(readInvocation(['help', one], {}), { command: 'help', of: one });
      assert.ok(helpOf(one).includes(`Usage: tyto-fleet ${one} `), one);
    }
    assert.equal(readInvocation(['--version'], {}).command, 'version');
    assert.match(
      problemsOf(['server']),
      /there is no command "server"; the commands are `serve`, `key`, `trust`, `account`, `device-key` and `storage`/,
    );
    const help = helpOf('serve');
    for (const { env, doc } of Object.values(fleetSettings) as FleetSetting[])
      assert.ok(help.includes(env) && help.includes(doc.replace(/\[(.+?)\]\(.+?\)/g, '$1')), env);
    assert.ok(!help.includes(']('), 'a terminal follows no links');
    assert.ok(help.includes('Takes sqlite, or dynamodb:'), 'what is to be typed is written as it is typed');
    assert.ok(help.split('\n').every((line) => line.length <= 120));
  });

  it('have defaults that are accepted', () => {
    for (const { env, default: byDefault, schema } of Object.values(fleetSettings) as FleetSetting[]) {
      assert.ok(schema.safeParse(byDefault).success, env);
    }
  });
});
