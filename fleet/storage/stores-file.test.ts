import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { S3Store } from './s3-store.ts';
import { parseStorePlace, placeText } from './store-place.ts';
import { parseStores, readStoresFile } from './stores-file.ts';

const parse = (stores: unknown) => parseStores(JSON.stringify(stores), 'stores.json');

describe('the place of a store', () => {
  const good: readonly string[] = [
    '/srv/library', 'library', 's3://owl-library', 's3://owl-library/a/b', 'gs://owl_library/x', 'azure://library',
    'azure://library/x/y',
  ];
  for (const text of good)
    it(
      `may be ${text}`, () => assert.equal(placeText(parseStorePlace(text) ?? { type: 'directory', folder: '' }), text),
    );
  for (const text of [
    '', 's3:///x', 's3://a', 's3://bucket//x', 's3://bucket/../x', 'azure://x', 'ftp://x/y', 'https://bucket.example',
    'a\nb',
  ])
    it(`is never ${JSON.stringify(text)}`, () => assert.equal(parseStorePlace(text), undefined));
  it('needs no slash at its end', () =>
    assert.deepEqual(parseStorePlace('s3://owl-library/a/'), { type: 's3', bucket: 'owl-library', prefix: 'a' }));
});

describe('the stores file', () => {
  it('names library, quarantine and replicas', () => {
    const stores = parse({
      library: {
        place: 's3://owl-library', endpoint: 'https://s3.example.org', access_key_id: 'AK', secret_access_key: 'hush',
        encryption: 'aws:kms:key-1',
      },
      quarantine: { place: '/srv/quarantine' },
      replicas: [
        {
          name: 'offsite', place: 'azure://library', endpoint: 'https://owls.blob.core.windows.net',
          account_key: 'aHVzaA==', forward: 'all',
        },
        {
          name: 'police', place: 'gs://evidence', key_file: '/etc/owls.json',
          forward: { kinds: ['person'], devices: ['gate'], score: 0.5 },
        },
      ],
    });
    assert.deepEqual(stores.library?.place, { type: 's3', bucket: 'owl-library', prefix: '' });
    assert.deepEqual(stores.replicas?.map(({ name }) => name), ['offsite', 'police']);
    assert.deepEqual(parse({}), {});
  });

  const mistakes: readonly (readonly [what: string, stores: unknown, expected: RegExp])[] = [
    ['an unknown name', { libary: {} }, /libary/],
    [
      'a place that is none', { library: { place: 'ftp://x' } },
      /library\.place: must be a folder, s3:\/\/bucket\/prefix, gs:/,
    ],
    [
      'half a key', { library: { place: 's3://owl-library', access_key_id: 'AK' } },
      /library\.secret_access_key: is needed, since access_key_id is there/,
    ],
    [
      'a field of another store', { quarantine: { place: 's3://owl-library', account_key: 'aHVzaA==' } },
      /quarantine\.account_key: has no meaning for a s3 store, which takes endpoint/,
    ],
    [
      'a key for a folder', { library: { place: '/srv', endpoint: 'http://x' } },
      /library\.endpoint: has no meaning for a folder/,
    ],
    [
      'Azure without a key', { library: { place: 'azure://library' } },
      /library\.endpoint: is needed; library\.account_key: is needed/,
    ],
    [
      'an unknown encryption', { library: { place: 's3://owl-library', encryption: 'rot13' } },
      /library\.encryption: must be AES256, aws:kms/,
    ],
    [
      'a password in an address', { library: { place: 's3://owl-library', endpoint: 'https://me:hush@x' } },
      /library\.endpoint: must be an http:/,
    ],
    [
      'a replica without a rule', { replicas: [{ name: 'a', place: '/srv' }] },
      /replicas\.0\.forward: must be "all", "on-request" or a rule/,
    ],
    [
      'a rule of unknown kinds', { replicas: [{ name: 'a', place: '/srv', forward: { kinds: ['owl'] } }] },
      /replicas\.0\.forward/,
    ],
    [
      'a replica called as another store', { replicas: [{ name: 'library', place: '/a', forward: 'all' }] },
      /none may be called "library"/,
    ],
    ['two replicas of one name', {
      replicas: [{ name: 'a', place: '/a', forward: 'all' }, { name: 'a', place: '/b', forward: 'all' }],
    }, /there are two of the name "a"/],
  ];
  for (const [what, stores, expected] of mistakes) {
    it(`refuses ${what}, in words`, () => assert.throws(() => parse(stores), (error: Error) => {
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /hush/);
      return true;
    }));
  }

  it('tells all mistakes at once, and no secret of a file that is not JSON', async () => {
    assert.throws(
      () => parse({ library: { place: 'x://' }, quarantine: { place: '' } }), /library\.place.*quarantine\.place/,
    );
    assert.throws(() => parseStores('{"secret_access_key": "hush" oops', 'stores.json'), (error: Error) =>
      !error.message.includes('hush') && /is not JSON/.test(error.message));
    await assert.rejects(readStoresFile('/nowhere/stores.json'), { code: 'storage.stores-file' });
  });
});

describe('a bucket with encryption of its own', () => {
  it('is asked for it with every object, in parts too', async () => {
    const told: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      if (request.method !== 'GET' && !/uploadId|partNumber/.test(request.url ?? '')) told.push(request.headers);
      request.resume().on('end', () => {
        const body = /[?&]uploads/.test(request.url ?? '')
          ? '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>'
          : '<x/>';
        response.writeHead(200, { etag: '"e"', 'content-type': 'application/xml' })
          .end(request.method === 'PUT' ? '' : body);
      });
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const home = await mkdtemp(path.join(tmpdir(), 'tyto-sse-'));
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      using store = new S3Store({
        endpoint, region: '', bucket: 'owl-library', prefix: '', accessKeyId: 'AK',
        secretAccessKey: 'hush', encryption: 'aws:kms:key-1',
      }, new AbortController().signal);
      for (const bytes of [10, 9 * 1024 * 1024]) {
        await writeFile(path.join(home, 'staged'), Buffer.alloc(bytes));
        await store.put('yard/a.mp4', path.join(home, 'staged'));
      }
      const asked = told.map((headers) => [
        headers['x-amz-server-side-encryption'], headers['x-amz-server-side-encryption-aws-kms-key-id'],
        headers['x-amz-acl'],
      ]);
      assert.deepEqual(asked, [['aws:kms', 'key-1', undefined], ['aws:kms', 'key-1', undefined]]);
    } finally {
      server.closeAllConnections();
      server.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});
