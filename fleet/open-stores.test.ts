import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '../device/core/errors.ts';
import { silentLog } from '../device/core/log.ts';
import { millis } from '../device/core/units.ts';
import { systemClock } from '../device/runtime/clock.ts';
import { openForTrial, openLibrary, openStores, reportOn } from './open-library.ts';
import { LinkSigner } from './storage/link-signer.ts';

type Settings = Parameters<typeof openStores>[0];

describe('the places of a fleet\'s stores', () => {
  let home: string;
  before(async () => { home = await mkdtemp(path.join(tmpdir(), 'tyto-places-')); });
  after(() => rm(home, { recursive: true, force: true }));

  const links = { signer: new LinkSigner(Buffer.alloc(32), () => millis(0)), route: '/media/' };
  async function problemOf(stores: unknown, settings: Partial<Settings> = {}): Promise<string> {
    const landing = { type: 'directory', folder: path.join(home, 'landing') } as const;
    try {
      using _ = await openStores({
        data: home, landing, library: '', stores: JSON.stringify(stores), s3Endpoint: '', azureEndpoint: '',
        ...settings,
      }, links, new AbortController().signal);
      return '';
    } catch (error) {
      if (error instanceof ConfigError && error.code === 'storage.same-place') return error.message;
      throw error;
    }
  }
  const bucket = (place: string, endpoint?: string) => ({ place, ...(endpoint === undefined ? {} : { endpoint }) });
  const azure = (place: string, account: string) =>
    ({ place, endpoint: `https://${account}.blob.core.windows.net`, account_key: 'a2V5' });

  it('are never in the landing, which is emptied', async () => {
    const s3 = { landing: { type: 's3', bucket: 'uploads', prefix: '' } } as const;
    assert.match(
      await problemOf({ library: bucket('s3://uploads/library') }, s3),
      /the library s3:\/\/uploads\/library must not lie in the landing s3:\/\/uploads/,
    );
    assert.match(await problemOf({ library: bucket('s3://uploads') }, s3), /must not lie in the landing/);
    assert.match(
      await problemOf({ library: bucket('s3://uploads/library', 'https://s3.eu-central-1.amazonaws.com/') }, s3),
      /must not lie in the landing/,
    );
    const below = { landing: { type: 's3', bucket: 'uploads', prefix: 'landing/' } } as const;
    assert.equal(await problemOf({ library: bucket('s3://uploads/library') }, below), '');
    assert.match(
      await problemOf({ replicas: [{ name: 'near', ...bucket('s3://uploads/landing/near'), forward: 'all' }] }, below),
      /the near .* must not lie in the landing/,
    );
    const blobs = {
      landing: { type: 'azure', container: 'uploads', prefix: '' }, azureEndpoint: 'https://owls.blob.core.windows.net',
    } as const;
    assert.match(
      await problemOf({ quarantine: azure('azure://uploads/quarantine', 'owls') }, blobs),
      /the quarantine .* must not lie in the landing/,
    );
    assert.match(await problemOf({
      library: { place: path.join(home, 'landing', 'library') },
    }), /must not lie in the landing/);
  });

  it('may be full when the fleet starts: what is in them is to be seen, and makes room', async () => {
    const server = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(507).end());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const library = {
        place: 's3://owls', endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        access_key_id: 'key', secret_access_key: 'secret',
      };
      const settings = {
        data: home, landing: { type: 'directory', folder: path.join(home, 'landing') }, library: '',
        stores: JSON.stringify({ library }), s3Endpoint: '', azureEndpoint: '', acceptLibrary: '',
      } as const;
      const news = {
        event: async () => undefined,
        since: async () => ({ news: [], cursor: '0', more: false }),
        latest: async () => '0',
        events: async () => ({ rows: [] }),
      };
      using opened = await openLibrary(
        { settings, links, holdsKeys: false, news, clock: systemClock, log: silentLog }, new AbortController().signal,
      );
      assert.equal(opened.place, 's3://owls');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('are never in each other', async () => {
    const replica = (place: string, endpoint?: string) =>
      ({ replicas: [{ name: 'far', ...bucket(place, endpoint), forward: 'all' }] });
    assert.match(await problemOf({
      library: bucket('s3://owls'), ...replica('s3://owls/copies'),
    }), /"far" .* and "library" .* must not lie in each other/);
    assert.equal(await problemOf({ library: bucket('s3://owls'), ...replica('s3://owls-copies') }), '');
  });

  it('are all named where several of their folders cannot be made, and each says so when it is tried out', async () => {
    const replica = (name: string, place: string) => ({ name, place, forward: 'all' });
    const stores = JSON.stringify({
      quarantine: { place: path.join(home, 'no', 'quarantine') },
      replicas: [replica('near', path.join(home, 'near')), replica('far', path.join(home, 'no', 'far'))],
    });
    const settings = {
      data: home, landing: { type: 'directory', folder: path.join(home, 'landing') }, library: '', stores,
      s3Endpoint: '', azureEndpoint: '',
    } as const;
    const { signal } = new AbortController();
    await assert.rejects(openStores(settings, links, signal), {
      code: 'storage.folder-unusable', message: /no\/quarantine of the quarantine .*\n {2}.*no\/far of the far/,
    });
    using opened = await openForTrial(settings, links, signal);
    const reports = await reportOn([opened.quarantine, ...opened.replicas]);
    assert.deepEqual(reports.map(({ name, steps: [first] }) => [name, first?.step, first?.state, first?.code]), [
      ['quarantine', 'write', 'failed', 'storage.folder-unusable'],
      ['near', 'write', 'good', undefined], ['far', 'write', 'failed', 'storage.folder-unusable'],
    ]);
  });

  it('are two where buckets of one name are on two servers', async () => {
    assert.equal(await problemOf({
      library: bucket('s3://owls'),
      replicas: [{ name: 'far', ...bucket('s3://owls', 'https://minio.example.org'), forward: 'all' }],
    }), '');
    assert.equal(await problemOf({
      library: azure('azure://owls', 'yard'),
      replicas: [{ name: 'far', ...azure('azure://owls', 'shed'), forward: 'all' }],
    }), '');
    assert.equal(await problemOf({
      library: bucket('s3://uploads/library', 'https://minio.example.org'),
    }, { landing: { type: 's3', bucket: 'uploads', prefix: '' } }), '');
  });
});
