import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import type { FleetEventsView } from '../device/contract/fleet-api.ts';
import type { StorageView, ValidationView } from '../device/contract/storage-api.ts';
import { run, type Running } from '../test/e2e/processes.ts';
import { eventually } from '../test/eventually.ts';
import { filesBelow } from '../test/files-below.ts';
import { makeClip, makePicture } from '../test/fleet/footage.ts';
import { land, uploadOf } from '../test/fleet/uploads.ts';
import { call } from '../test/http/client.ts';
import { radosgwMissing, sharedRadosGateway, type AccessKey, type RadosGateway } from '../test/servers/radosgw.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const NOON = Date.parse('2026-11-21T12:00:00Z');

interface Statement { readonly Sid: string; readonly Action: readonly string[] }

describe('the stores of a fleet', function () {
  this.timeout(120_000);
  const missing = radosgwMissing();
  let home: string;
  let rgw: RadosGateway;
  let owner: AccessKey;
  let fleet: AccessKey;
  let admin: S3Client;
  const at = (name: string): string => path.join(home, name);

  before(async function () {
    if (missing !== undefined) {
      console.log(`    skipped: ${missing}`);
      return this.skip();
    }
    home = await mkdtemp(path.join(tmpdir(), 'tyto-stores-'));
    rgw = await sharedRadosGateway();
    [owner, fleet] = [await rgw.createUser('stores-owner'), await rgw.createUser('stores-fleet')];
    admin = new S3Client({ endpoint: rgw.endpoint, region: 'us-east-1', forcePathStyle: true, credentials: owner });
  });
  after(async () => {
    admin?.destroy();
    if (home !== undefined) await rm(home, { recursive: true, force: true });
  });

  /** With the policy of the guide, as `change` leaves it. */
  async function makeBucket(bucket: string, change: (statements: readonly Statement[]) => readonly unknown[] = (all) =>
    all): Promise<void> {
    const guide = await readFile(new URL('../docs/guide/fleet-storage.md', import.meta.url), 'utf8');
    const [, text = ''] = /```json\n(.*?)```/s.exec(guide) ?? [];
    const policy = JSON.parse(
      text.replaceAll('iam::ACCOUNT:user/FLEET', 'iam:::user/stores-fleet').replaceAll('BUCKET', bucket),
    ) as { Statement: readonly Statement[] };
    await admin.send(new CreateBucketCommand({ Bucket: bucket }));
    await admin.send(new PutBucketPolicyCommand({
      Bucket: bucket, Policy: JSON.stringify({ ...policy, Statement: change(policy.Statement) }),
    }));
  }
  const specOf = (bucket: string) =>
    ({
      place: `s3://${bucket}`, endpoint: rgw.endpoint, access_key_id: fleet.accessKeyId,
      secret_access_key: fleet.secretAccessKey,
    });
  async function storesFile(stores: unknown): Promise<string> {
    await writeFile(at('stores.json'), JSON.stringify(stores), { mode: 0o600 });
    return at('stores.json');
  }
  const tytoFleet = (args: readonly string[]): Running =>
    run(process.execPath, [MAIN, ...args, '--landing', at('landing'), '--data', at('fleet')], {
      TYTO_FLEET_POLL: '100ms', TYTO_FLEET_PORT: '0',
    });
  async function validated(bucket: string): Promise<{ readonly code: number | null; readonly printed: string }> {
    await using program = tytoFleet(['storage', 'validate', '--stores', await storesFile({ library: specOf(bucket) })]);
    await eventually('its end', () => program.child.exitCode !== null);
    return { code: program.child.exitCode, printed: program.printed() };
  }

  it('are good with the rights of the guide, and no more', async () => {
    await makeBucket('stores-good');
    const { code, printed } = await validated('stores-good');
    assert.equal(
      printed,
      `library  s3://stores-good\n${[
        'write', 'read', 'list', 'link', 'refuse', 'delete',
      ].map((step) => `  good     ${step}\n`)
        .join('')}`,
    );
    assert.equal(code, 0);
  });

  it('say what is missing, step by step', async () => {
    await makeBucket('stores-bad', (all) => all.map((one) =>
      ({ ...one, Action: one.Action.filter((action) => !/GetObject|ListBucket/.test(action)) }))
      .filter(({ Action }) => Action.length > 0)
      .concat([{
        Sid: 'Deny', Effect: 'Deny', Principal: { AWS: ['arn:aws:iam:::user/stores-fleet'] },
        Action: ['s3:GetObject', 's3:ListBucket', 's3:DeleteObject'],
        Resource: ['arn:aws:s3:::stores-bad', 'arn:aws:s3:::stores-bad/*'],
      } as never]));
    const { code, printed } = await validated('stores-bad');
    assert.equal(code, 78);
    for (const expected of [
      /good {5}write\n/, /FAILED {3}read: .*add s3:GetObject on arn:aws:s3:::stores-bad\/\*/,
      /FAILED {3}list: .*add s3:ListBucket on arn:aws:s3:::stores-bad\n/,
      /FAILED {3}link: .*add s3:GetObject/,
      /FAILED {3}delete: .*tyto-probe\/\S+ stays behind; the key may not delete: add s3:DeleteObject on arn:aws:s3:::stores-bad\/\*/,
    ]) assert.match(printed, expected);
    assert.doesNotMatch(printed, new RegExp(fleet.secretAccessKey));
  });

  it('must not be open to anybody, and keep the fleet from starting when they are', async () => {
    await makeBucket('stores-open', (all) =>
      [...all, {
        Sid: 'Open', Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::stores-open/*'],
      }]);
    await using program = tytoFleet(['serve', '--stores', await storesFile({ library: specOf('stores-open') })]);
    await eventually('its end', () => program.child.exitCode !== null);
    assert.equal(program.child.exitCode, 78);
    assert.match(
      program.printed(),
      /library s3:\/\/stores-open cannot be used:\n {2}refuse: anybody can read it without a signature; block public access on bucket stores-open/,
    );
  });

  it('hold what devices upload, with replicas, however often the fleet is killed', async () => {
    await makeBucket('stores-serve');
    const stores = await storesFile({
      library: specOf('stores-serve'), quarantine: { place: at('quarantine') },
      replicas: [{ name: 'near', place: at('near'), forward: 'all' }, {
        name: 'shed', place: at('shed'), forward: { devices: ['shed'] },
      }],
    });
    const footage = { clip: await makeClip(1), picture: await makePicture() };
    const uploads = Array.from({ length: 4 }, (_, n) =>
      uploadOf(footage, { at: NOON + n * 1000, device: n % 2 === 0 ? 'yard' : 'shed' }));
    for (const { objects } of uploads) await land(at('landing'), objects);
    const serve = (): Running => tytoFleet(['serve', '--stores', stores]);
    for (const left of [2, 0]) {
      await using dying = serve();
      await eventually('some work', async () => {
        assert.equal(dying.child.exitCode, null, dying.printed());
        return (await filesBelow(at('landing'))).filter((name) => name.endsWith('.json')).length <= left;
      });
    }
    await using program = serve();
    const port = Number(await eventually('the page', () => /http:\/\/localhost:(\d+)\//.exec(program.printed())?.[1]));
    const { cookie } = await call(port, 'POST', '/api/owner', { body: { password: 'gutter lantern 41' } });
    const get = async (where: string, method = 'GET') =>
      (await call(port, method, where, { headers: { cookie } })).body;
    const { replicas, library } = await eventually('all copied', async () => {
      const view = await get('/api/stores') as StorageView;
      return view.replicas.every(({ waiting, is_new: isNew }) =>
        waiting === 0 && !isNew) && (await filesBelow(at('near'))).length >= 16 && view;
    }, 30_000);
    assert.equal(library, 's3://stores-serve');
    assert.deepEqual(
      replicas.map(({ name, trouble, stuck }) => [name, trouble, stuck.length]), [['near', null, 0], ['shed', null, 0]],
    );
    const keys = (device: string): string[] =>
      uploads.flatMap(({ objects }) => [...objects.keys()]).filter((key) => key.startsWith(device)).sort();
    const held = async (name: string, prefix: string): Promise<void> => {
      const files = await filesBelow(at(name));
      assert.deepEqual(files.filter((key) => !key.includes('/fleet/')), keys(prefix));
      assert.equal(files.filter((key) =>
        key.endsWith('.thumb.jpg')).length, keys(prefix).length / 3, 'with what the fleet made');
    };
    await held('near', '');
    await held('shed', 'shed/');
    const { events } = await get('/api/events') as FleetEventsView;
    assert.equal(events.length, 4);
    const link = events[0]?.links.clip ?? '';
    assert.ok(link.startsWith(`${rgw.endpoint}/stores-serve/`)
      && link.includes('X-Amz-Expires=100'), link.replace(/Signature=.*/, ''));
    assert.deepEqual(Buffer.from(await (await fetch(link)).arrayBuffer()), footage.clip);
    assert.equal((await fetch(link.split('?')[0] ?? '')).status, 403);
    const { stores: reports } = await get('/api/stores/validate', 'POST') as ValidationView;
    assert.deepEqual(reports.map(({ name, steps }) => [name, steps.filter(({ state }) => state === 'failed').length]), [
      ['library', 0], ['quarantine', 0], ['near', 0], ['shed', 0],
    ]);
    await held('near', ''); // and nothing of trying it out
  });
});
