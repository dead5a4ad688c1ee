import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { loadSettings } from '../../device/config/load-settings.ts';
import { copySources, resolveTemplate, stagesOf } from './dockerfile.ts';

/** What the image is for, and the name that balena's builder has for the processor of each. */
const deviceTypes = {
  'raspberrypi3-64': 'aarch64', 'raspberrypi4-64': 'aarch64',
  'raspberrypi5': 'aarch64', 'raspberrypi0-2w-64': 'aarch64',
};

const variables = z.array(z.record(z.string(), z.coerce.string()).refine((entry) => Object.keys(entry).length === 1));
const balenaFile = z.strictObject({
  name: z.string(),
  type: z.enum(['sw.application', 'sw.block']),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[\w.-]+)?$/),
  description: z.string(),
  data: z.strictObject({
    defaultDeviceType: z.string(),
    supportedDeviceTypes: z.array(z.string()),
    applicationEnvironmentVariables: variables,
    applicationConfigVariables: variables,
  }),
});
const versioned = z.object({ version: z.string() });
const pinned = z.object({ optionalDependencies: z.record(z.string(), z.string()) });

const text = (file: string): string => readFileSync(file, 'utf8');
const json = (file: string): unknown => JSON.parse(text(file));

describe('balena.yml', () => {
  const { name, type, version, data } = balenaFile.parse(load(text('balena.yml')));

  it('describes this application in the version of package.json', () => {
    assert.deepEqual({ name, type, version }, {
      name: 'tyto', type: 'sw.application', version: versioned.parse(json('package.json')).version,
    });
  });
  it('lists the device types that the image is made for, and begins with one of them', () => {
    assert.deepEqual(data.supportedDeviceTypes.toSorted(), Object.keys(deviceTypes).toSorted());
    assert.ok(data.supportedDeviceTypes.includes(data.defaultDeviceType));
  });
  it('sets only settings that there are, to values that they may have', () =>
    assertSettings(Object.assign({}, ...data.applicationEnvironmentVariables) as Record<string, string>));
});

describe('Dockerfile.template', () => {
  const resolved = Object.entries(deviceTypes).map(([machine, arch]) => resolveTemplate(text('Dockerfile.template'), {
    BALENA_MACHINE_NAME: machine, BALENA_ARCH: arch, BALENA_APP_NAME: 'tyto',
    BALENA_RELEASE_HASH: '0'.repeat(32), BALENA_SERVICE_NAME: 'main',
  }));
  const stages = stagesOf(resolved[0] ?? '');
  const names = stages.flatMap(({ name }) => name ?? []);
  const final = stages.at(-1);

  it('resolves for every device type, leaving nothing to fill in', () => {
    for (const dockerfile of resolved) {
      assert.doesNotMatch(dockerfile, /%%/);
      assert.equal(stagesOf(dockerfile).length, stages.length);
    }
  });
  it('stands on the official image of exactly the Node.js that is pinned, and on its own stages', () => {
    const versions = new Set(Object.values(pinned.parse(json('tools/node/package.json')).optionalDependencies));
    assert.equal(versions.size, 1);
    const bases = new Set(stages.map(({ image }) => image).filter((image) => !names.includes(image)));
    assert.deepEqual([...bases], [`node:${[...versions].join()}-trixie-slim`]);
  });
  it('copies only what is there: from the project, or from an earlier stage', () => {
    for (const command of stages.flatMap(({ commands }) => commands).filter(({ name }) => name === 'COPY')) {
      const { stage, sources } = copySources(command);
      if (stage === undefined) for (const source of sources)
        assert.ok(existsSync(source), `line ${command.lineno}: no ${source} in the project`);
      else assert.ok(names.includes(stage), `line ${command.lineno}: no stage "${stage}"`);
    }
  });
  it('leaves compilers and development packages behind', () => {
    assert.doesNotMatch(JSON.stringify(final?.commands), /g\+\+|npm (ci|install)/);
    assert.match(JSON.stringify(stages.find(({ name }) => name === 'packages')?.commands), /npm ci --omit=dev/);
  });
  it('starts the device in exec form, under a first process of which the script may be run', () => {
    assert.deepEqual(
      argsOf('CMD'), ['node', '--no-node-snapshot', '--max-semi-space-size=1', 'dist/device/cli.js', 'run'],
    );
    assert.deepEqual(argsOf('ENTRYPOINT'), ['tini', '--', 'tyto-entrypoint']);
    accessSync('tools/image/entrypoint.sh', constants.X_OK);
  });
  it('sets only settings that there are, to values that they may have', () => {
    const environment = Object.assign(
      {}, ...(final?.commands ?? []).filter(({ name }) => name === 'ENV').map(({ args }) => args),
    ) as Record<string, string>;
    assert.deepEqual(environment['TYTO_DATA'], '/data');
    return assertSettings(environment);
  });
  it('refuses a variable that balena does not know', () => {
    assert.throws(() => resolveTemplate('FROM node:%%VERSION%%', {}), /no template variable VERSION/);
  });

  const argsOf = (name: string): unknown => final?.commands.find((command) => command.name === name)?.args;
});

/** @throws When a device would refuse one of these. */
async function assertSettings(environment: Readonly<Record<string, string>>): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'tyto-image-'));
  try {
    await loadSettings({ ...environment, TYTO_DATA: data });
  } finally {
    rmSync(data, { recursive: true });
  }
}
