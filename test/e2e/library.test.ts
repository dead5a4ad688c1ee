/**
 * From device to library as people meet it: a device that may only put and list, a fleet behind HTTP that checks what
 * comes, an operator who asks for a clip and for an hour of footage, a library killed in between.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { call } from '../http/client.ts';
import { ROOT, start, type Running } from './processes.ts';

interface Row {
  readonly event: {
    readonly id: string;
    readonly kinds: readonly string[];
    readonly has_clip: boolean;
    readonly clip: { readonly sha256: string } | null;
  };
  readonly held: readonly { readonly role: string }[];
  readonly links: { readonly clip: string | null; readonly picture: string | null };
}
interface Asked {
  readonly id: string;
  readonly state: string;
  readonly events: readonly string[];
  readonly reason: string;
  readonly sent_bytes: number;
}

describe('a device and its fleet', function () {
  this.slow(90_000);
  this.timeout(300_000);
  let folder: string;
  let ports: { web: number; bus: number; fleet: number };
  let device: Running;
  let fleet: Running;
  let cookie = '';
  let key = '';
  const startFleet = (): Running =>
    start('tyto-fleet', [
      'serve', '--landing', path.join(folder, 'landing'), '--data', path.join(folder, 'fleet'), '--port',
      String(ports.fleet),
    ], {});
  const get = (at: string) => call(ports.fleet, 'GET', at, { headers: { cookie } });
  const rows = async (query = ''): Promise<readonly Row[]> =>
    ((await get(`/api/events${query}`)).body as { events: readonly Row[] }).events;
  const ask = async (what: object): Promise<Asked> => {
    const answer = await call(ports.fleet, 'POST', '/api/devices/yard-1/requests', { body: what, headers: { cookie } });
    assert.equal(answer.status, 201, String(answer.bytes));
    return answer.body as Asked;
  };
  const asked = async (id: string): Promise<Asked | undefined> =>
    ((await get('/api/requests')).body as { requests: readonly Asked[] }).requests.find((one) => one.id === id);
  const isUp = () =>
    eventually('the fleet is up', () =>
      call(ports.fleet, 'GET', '/healthz').then(({ status }) => status === 200, () => false));

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-library-'));
    ports = { web: await freePort(), bus: await freePort(), fleet: await freePort() };
    const make = (...args: readonly string[]): string => {
      const made = spawnSync(process.execPath, [
        path.join(ROOT, 'bin/tyto-fleet.js'), ...args, '--data', path.join(folder, 'fleet'),
      ], { encoding: 'utf8' });
      assert.equal(made.status, 0, made.stderr);
      return made.stdout;
    };
    make('account', 'add', 'home');
    key = /tytod_[\w-]+/.exec(make('device-key', 'add', 'yard-1', 'home'))?.[0] ?? '';
    await mkdir(path.join(folder, 'landing'));
    fleet = startFleet();
    await isUp();
    cookie = (await call(ports.fleet, 'POST', '/api/owner', { body: { password: 'gutter lantern 41' } })).cookie;
    device = start('tyto', ['run'], {
      TYTO_DATA: path.join(folder, 'data'), TYTO_DEVICE_ID: 'yard-1',
      TYTO_CAMERA_SOURCE: 'demo', TYTO_WEB_PORT: String(ports.web), TYTO_BUS_PORT: String(ports.bus),
      TYTO_RECORDING_MODE: 'both', TYTO_RECORDING_MAX_LENGTH: '20s',
      TYTO_RECORDING_POST_ROLL: '4s', TYTO_RECORDING_MINIMUM_FREE: '0',
      TYTO_UPLOAD_TARGET: 'vault', TYTO_UPLOAD_VAULT_URL: `http://127.0.0.1:${ports.fleet}`, TYTO_UPLOAD_VAULT_KEY: key,
      TYTO_UPLOAD_WHAT: 'on_demand', TYTO_UPLOAD_LOOK_EVERY: '5s',
    });
  });
  after(async () => {
    for (const running of [device, fleet]) await running?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows the picture of what happened, and that the device still has the clip', async () => {
    // the demo's first visitor, on a busy machine
    const row = await eventually('an event in the library', async () => (await rows())[0], 240_000);
    assert.equal(row.event.has_clip, false);
    assert.ok(row.held.some(({ role }) => role === 'clip'));
    assert.equal(row.links.clip, null);
    const picture = await get(row.links.picture ?? '');
    assert.deepEqual([picture.status, picture.headers['content-type']], [200, 'image/jpeg']);
  });

  it('gets the clip that somebody asks for, though the fleet is killed meanwhile, and it plays', async () => {
    const [before] = await rows();
    assert.ok(before !== undefined);
    const { id } = await ask({ event: before.event.id });
    await fleet.stop('SIGKILL');
    fleet = startFleet();
    await isUp();
    await eventually('it is done', async () => (await asked(id))?.state === 'done');
    const [row] = await rows();
    assert.equal(row?.event.id, before.event.id);
    const clip = await call(ports.fleet, 'GET', row.links.clip ?? ''); // the link is the permission
    assert.equal(clip.status, 200);
    const file = path.join(folder, 'clip.mp4');
    await writeFile(file, clip.bytes);
    const verdict = spawnSync(process.execPath, [path.join(ROOT, 'bin/tyto.js'), 'verify', file], { encoding: 'utf8' });
    assert.equal(verdict.status, 0, verdict.stdout + verdict.stderr);
    assert.equal((await rows()).filter(({ event }) => event.id === before.event.id).length, 1);
  });

  it('gets continuous recording of a time, which no list shows unless asked', async () => {
    const now = Math.floor(Date.now() / 1000);
    const { id } = await ask({ from: now - 600, to: now });
    const done = await eventually('it is done', async () => {
      const one = await asked(id);
      return one !== undefined && ['done', 'refused', 'expired'].includes(one.state) ? one : undefined;
    }, 240_000); // the piece that is being recorded goes when it has ended
    assert.equal(done.state, 'done', done.reason);
    const pieces = await rows('?kind=continuous');
    assert.ok(pieces.length > 0, 'pieces of continuous recording');
    assert.ok((await rows()).every(({ event }) => !event.kinds.includes('continuous')));
  });

  it('leaves nothing in the landing but answers', async () => {
    const left = () => readdir(path.join(folder, 'landing'), { recursive: true, withFileTypes: true })
      .then((all) => all.filter((one) => one.isFile())
      .map(({ parentPath, name }) => path.join(path.relative(folder, parentPath), name)));
    await eventually('only answers', async () =>
      (await left()).every((name) => name.startsWith('landing/yard-1/answers/')));
  });

  it('lets a device\'s key neither read, nor delete, nor put elsewhere', async () => {
    const headers = { authorization: `Bearer ${key}` };
    const status = async (method: string, at: string): Promise<number> =>
      (await call(ports.fleet, method, at, { headers })).status;
    assert.equal(await status('GET', '/landing?prefix=yard-1/'), 200);
    assert.equal(await status('GET', '/landing?prefix=yard-2/'), 403);
    assert.equal(await status('PUT', '/landing/objects/yard-2/x.json'), 403);
    for (const method of ['GET', 'DELETE'])
      assert.ok([404, 405].includes(await status(method, '/landing/objects/yard-1/x.json')), method);
    assert.equal(await status('GET', '/api/events'), 401);
    assert.equal(await status('GET', '/api/vault/v1/events'), 401);
  });
});
