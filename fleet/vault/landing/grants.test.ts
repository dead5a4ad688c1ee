import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { RunningVault } from '../../../test/fleet/vault.ts';
import { call } from '../../../test/http/client.ts';

const sha256 = (data: string): string => createHash('sha256').update(data).digest('hex');

describe('leave to put directly', () => {
  let fleet: RunningVault;
  let yard: Readonly<Record<string, string>>;
  beforeEach(async () => {
    // Signing asks no server: an address where none is will do.
    fleet = await RunningVault.start({
      settings: {
        landing: { type: 's3', bucket: 'night-owls', prefix: 'uploads' }, s3Endpoint: 'http://127.0.0.1:9',
        s3Region: 'us-east-1', s3AccessKeyId: 'key', s3SecretAccessKey: 'secret',
      },
    });
    fleet.account('farm', { quota: 1000 });
    yard = fleet.deviceKey('yard', 'farm');
  });
  afterEach(() => fleet[Symbol.asyncDispose]());
  const ask = (key: string, bytes: number) =>
    call(fleet.port, 'POST', '/landing/grants', {
      body: { key, bytes, sha256: sha256('film'), content_type: 'video/mp4' }, headers: yard,
    });

  it('is one request that is bound to key, length and content, for ten minutes', async () => {
    const { status, body } = await ask('yard/a.mp4', 4);
    const { method, url, headers, expires_at: until } = body as {
      readonly method: string;
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly expires_at: number;
    };
    const asked = new URL(url);
    assert.deepEqual([status, method, asked.pathname], [201, 'PUT', '/night-owls/uploads/yard/a.mp4']);
    assert.deepEqual(headers, {
      'content-type': 'video/mp4', 'x-amz-checksum-sha256': Buffer.from(sha256('film'), 'hex').toString('base64'),
    });
    const signed = asked.searchParams.get('X-Amz-SignedHeaders')?.split(';') ?? [];
    for (const name of ['content-length', 'content-type', 'x-amz-checksum-sha256'])
      assert.ok(signed.includes(name), name);
    assert.ok(Number(asked.searchParams.get('X-Amz-Expires')) <= 600 && until <= Date.now() / 1000 + 600);
    assert.doesNotMatch(url, /secret/);
  });

  it('is given for nothing outside the device\'s own prefix, and for no more than fits the account', async () => {
    assert.equal((await ask('shed/a.mp4', 4)).code, 'landing.foreign-key');
    assert.equal((await ask('yard/requests/x', 4)).code, 'landing.foreign-key');
    assert.equal((await ask('yard/../a', 4)).code, 'landing.key-invalid');
    assert.equal((await ask('yard/a.mp4', 600)).status, 201);
    assert.equal((await ask('yard/b.mp4', 600)).code, 'vault.quota');
    assert.equal((await ask('yard/b.mp4', 1001)).code, 'vault.larger-than-quota');
  });
});
