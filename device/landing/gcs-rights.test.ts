import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { GcsServer } from '../../test/servers/gcs.ts';
import type { GcsPermission } from '../../test/servers/gcs-auth.ts';
import { deliveryOf } from '../../test/landing-suite.ts';
import { GcsLanding } from './gcs-landing.ts';

const never = new AbortController().signal;

describe('the rights that the guide gives a device in Google Cloud Storage', () => {
  let server: GcsServer;
  let conditions: readonly string[];
  before(async () => {
    const guide = await readFile(new URL('../../docs/guide/storage.md', import.meta.url), 'utf8');
    const section = guide.slice(guide.indexOf('## Google Cloud Storage'), guide.indexOf('## Azure'));
    conditions = [...section.matchAll(/```\n(.*?)```/gs)].map(([, text = '']) =>
      text.replaceAll('BUCKET', 'owls').replaceAll('DEVICE', 'yard'));
    server = await GcsServer.start();
    server.createBucket('owls');
  });
  after(() => server?.[Symbol.asyncDispose]());

  /** Conditions in CEL are, as far as these go, expressions of JavaScript. */
  const holds = (condition: string, permission: GcsPermission, name: string): boolean => runInNewContext(condition, {
    resource: permission === 'list'
      ? { type: 'storage.googleapis.com/Bucket', name: 'projects/_/buckets/owls' }
      : { type: 'storage.googleapis.com/Object', name: `projects/_/buckets/owls/objects/${name}` },
    api: { getAttribute: (
      attribute: string, otherwise: string,
    ) => permission === 'list' && attribute === 'storage.googleapis.com/objectListPrefix' ? name : otherwise },
  }) === true;
  /** @param roles - Of each, what it may, and where. */
  const withRoles = (name: string, roles: readonly (readonly [readonly GcsPermission[], string])[]): GcsLanding => {
    const allows = (permission: GcsPermission, object: string): boolean =>
      roles.some(([may, condition]) => may.includes(permission) && holds(condition, permission, object));
    return new GcsLanding({
      endpoint: server.endpoint, bucket: 'owls', prefix: '',
      key: JSON.stringify(server.accounts.create(name, { may: [], prefix: '', allows })),
    });
  };
  const first = (): readonly [readonly GcsPermission[], string] => [['create', 'list'], conditions[0] ?? ''];
  const second = (): readonly [readonly GcsPermission[], string] => [['create', 'delete'], conditions[1] ?? ''];
  const put = (landing: GcsLanding, key: string, text: string): Promise<void> =>
    landing.put(key, deliveryOf(Buffer.from(text)), never);

  it('let it put and list below its name, replace manifests and reports, and nothing else', async () => {
    using landing = withRoles('yard', [first(), second()]);
    const day = 'yard/2026/11/21/';
    for (const key of [`${day}a.json`, 'yard/reports/r-1.sending']) {
      await put(landing, key, 'first');
      await put(landing, key, 'second');
    }
    await put(landing, `${day}a.mp4`, 'clip');
    await assert.rejects(put(landing, `${day}a.mp4`, 'other'), { code: 'landing.occupied' });
    await assert.rejects(landing.remove(`${day}a.mp4`, never), { code: 'gcs.access-denied' });
    for (const key of ['yard/answers/a.json', 'yard/requests/a.json', 'shed/a.json', 'yardstick/a.json']) {
      await assert.rejects(put(landing, key, 'x'), { code: 'gcs.access-denied' }, key);
      await assert.rejects(landing.remove(key, never), { code: 'gcs.access-denied' }, key);
    }
    assert.equal((await landing.list('yard/', undefined, never)).entries.length, 3);
    await assert.rejects(landing.list('shed/', undefined, never), { code: 'gcs.access-denied' });
  });

  it('without the second role let no manifest be replaced, and the refusal says what is missing', async () => {
    using landing = withRoles('yard2', [first()]);
    await put(landing, 'yard/2026/11/22/a.json', 'first');
    await assert.rejects(put(landing, 'yard/2026/11/22/a.json', 'second'), (error: Error) =>
      'code' in error
        && error.code === 'landing.occupied'
        && /or once the rights of the service account also allow to delete manifests/.test(error.message));
  });
});
