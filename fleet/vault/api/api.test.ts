import assert from 'node:assert/strict';
import { RemoteError } from '../../../device/core/errors.ts';
import { makeClip, makePicture } from '../../../test/fleet/footage.ts';
import { eventually } from '../../../test/eventually.ts';
import { land, uploadOf } from '../../../test/fleet/uploads.ts';
import { RunningVault } from '../../../test/fleet/vault.ts';
import { call, openCall } from '../../../test/http/client.ts';
import { buffer } from 'node:stream/consumers';
import path from 'node:path';
import type { VaultAccountView, VaultEventView } from './api-routes.ts';

const API = '/api/vault/v1';
const NOON = Date.parse('2026-11-20T12:00:00Z');

describe('the vault\'s own API', () => {
  let fleet: RunningVault;
  let farm: Readonly<Record<string, string>>;
  let clip: Buffer;
  before(async () => { clip = await makeClip(1); });
  beforeEach(async () => {
    fleet = await RunningVault.start();
    farm = fleet.account('farm', { quota: 100_000_000, days: 30 });
  });
  afterEach(() => fleet[Symbol.asyncDispose]());

  const ask = (
    method: string, where: string,
    { headers = farm, body }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown } = {},
  ) =>
    call(fleet.port, method, API + where, { headers, ...(body === undefined ? {} : { body }) });
  /** `client.ts` sends texts; a clip is none. */
  const put = async (where: string, data: Buffer, headers = farm) => {
    const response = await fetch(`http://127.0.0.1:${fleet.port}${API}${where}`, {
      method: 'PUT', body: new Uint8Array(data), headers: { ...headers, 'content-type': 'video/mp4' },
    });
    return { status: response.status, body: await response.json() as Readonly<Record<string, string>> };
  };
  const upload = async (device: string, file: string, at: number, headers = farm): Promise<string> => {
    const { status, body } = await put(
      `/devices/${device}/clips/${file}?at=${at / 1000}&camera=front%20door`, clip, headers,
    );
    assert.equal(status, 201, JSON.stringify(body));
    return body['id'] ?? '';
  };
  const stateOf = async (device: string, id: string) =>
    (await ask('GET', `/uploads/${device}/${id}`)).body as { readonly state?: string; readonly code?: string | null };
  const filed = (device: string, id: string) =>
    eventually(`${id} in the library`, async () => (await stateOf(device, id)).state === 'filed');
  const events = async (query = '', headers = farm) =>
    (await ask('GET', `/events${query}`, { headers })).body as {
      readonly events: readonly VaultEventView[]; readonly next: string | null;
    };

  it('gives nobody a device of others that puts straight into the landing, nor what comes from it', async () => {
    const { event, objects } = uploadOf({ clip, picture: await makePicture() }, { device: 'gate', at: NOON });
    await land(path.join(fleet.folder, 'landing'), objects);
    fleet.ingest();
    await eventually('it in the library', async () => await fleet.index.event('gate', event.id) !== undefined);
    const codeOf = ({ body }: { readonly body: unknown }) =>
      (body as { readonly error?: { readonly code?: string } } | undefined)?.error?.code;
    assert.equal(codeOf(await ask('POST', '/devices/gate/heartbeat', { body: {} })), 'vault.device-taken');
    assert.equal(codeOf(await put('/devices/gate/clips/mine.mp4', clip)), 'vault.device-taken');
    assert.equal((await call(fleet.port, 'POST', `${API}/tus`, {
      headers: {
        ...farm, 'tus-resumable': '1.0.0', 'upload-length': '9',
        'upload-metadata': metadata({ device: 'gate', filename: 'mine.mp4' }),
      },
    })).code, 'vault.device-taken');
    assert.equal(fleet.vault.registry.device('gate'), undefined);
    fleet.deviceKey('gate', 'farm'); // the owner may
    assert.equal((await ask('POST', '/devices/gate/heartbeat', { body: {} })).status, 204);
  });

  it('takes a clip, tells what became of it, and gives it back whole, in part and by link', async () => {
    const id = await upload('yard', 'first.mp4', NOON);
    assert.deepEqual(await stateOf('yard', id), { state: 'waiting', code: null });
    assert.equal((await ask('GET', `/events/yard/${id}`)).status, 503);
    fleet.ingest();
    await filed('yard', id);
    const { body } = await ask('GET', `/events/yard/${id}`);
    const view = body as VaultEventView;
    assert.deepEqual(
      [view.camera, view.start_time, view.files.clip?.bytes], ['front-door', NOON / 1000, clip.byteLength],
    );
    const whole = await ask('GET', `/events/yard/${id}/clip`);
    assert.ok(whole.bytes.equals(clip));
    const part = await ask('GET', `/events/yard/${id}/clip`, { headers: { ...farm, range: 'bytes=4-7' } });
    assert.equal(part.bytes.toString('latin1'), 'ftyp');
    const linked = await openCall(fleet.port, 'GET', view.links.clip ?? '');
    assert.ok((await buffer(linked)).equals(clip), 'a link needs no keys');
    assert.ok((view.expires_at ?? 0) <= Date.now() / 1000 + 100);
    for (const role of ['snapshot', 'thumbnail']) {
      const picture = await ask('GET', `/events/yard/${id}/${role}`);
      assert.deepEqual([
        picture.headers['content-type'], picture.bytes.subarray(0, 2).toString('hex'),
        view.files[role as 'snapshot']?.bytes,
      ], ['image/jpeg', 'ffd8', picture.bytes.byteLength], role);
    }
  });

  it('tells why an upload was refused', async () => {
    fleet.ingest();
    const { body } = await put(`/devices/yard/clips/none.mp4?at=${NOON / 1000}`, Buffer.from('no clip'));
    const refused = await eventually('the verdict', async () => {
      const state = await stateOf('yard', body['id'] ?? '');
      return state.state === 'refused' && state;
    });
    assert.deepEqual(refused, { state: 'refused', code: 'clip.not-mp4' });
  });

  it('lists by device, time and kind, page by page', async () => {
    fleet.ingest();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await upload(n % 2 === 0 ? 'yard' : 'shed', `c${n}.mp4`, NOON + n * 60_000));
    for (const [n, id] of ids.entries()) await filed(n % 2 === 0 ? 'yard' : 'shed', id);
    const idsOf = (page: { readonly events: readonly VaultEventView[] }) =>
      page.events.map(({ id }) => ids.indexOf(id));
    const newest = await events('?limit=2');
    assert.deepEqual(idsOf(newest), [4, 3]);
    assert.deepEqual(idsOf(await events(`?limit=9&before=${newest.next}`)), [2, 1, 0]);
    assert.deepEqual(idsOf(await events('?device=shed')), [3, 1]);
    assert.deepEqual(idsOf(await events(`?from=${NOON / 1000 + 60}&to=${NOON / 1000 + 180}`)), [2, 1]);
    assert.deepEqual(idsOf(await events('?kind=motion&limit=1')), [4]);
    assert.deepEqual(idsOf(await events('?kind=person')), []);
    for (const query of [
      '?limit=0', '?before=x', '?before=1763640000.000000-aaaaaa_-', '?device=../x', '?kind=unicorn', '?sort=up',
    ]) {
      assert.equal((await ask('GET', `/events${query}`)).code, 'http.bad-request', query);
    }
  });

  it('shows an account nothing of another, and of devices that belong to none', async () => {
    fleet.ingest();
    const id = await upload('yard', 'a.mp4', NOON);
    await filed('yard', id);
    await land(
      path.join(fleet.folder, 'landing'),
      uploadOf({ clip, picture: await makePicture() }, { device: 'stray', at: NOON }).objects,
    );
    await eventually('the stray event', async () =>
      (await fleet.index.events({ device: 'stray', limit: 1 })).rows.length === 1);
    const shed = fleet.account('shed');
    assert.deepEqual((await events('', shed)).events, []);
    assert.deepEqual((await events()).events.map(({ device }) => device), ['yard']);
    for (const where of [`/events/yard/${id}`, `/events/yard/${id}/clip`, `/uploads/yard/${id}`])
      assert.equal((await ask('GET', where, { headers: shed })).status, 404, where);
    assert.equal((await ask('DELETE', `/events/yard/${id}`, { headers: shed })).status, 404);
    assert.equal((await put('/devices/yard/clips/b.mp4', clip, shed)).status, 409);
    assert.equal(
      (await ask('POST', '/devices/yard/heartbeat', { headers: shed, body: {} })).code, 'vault.device-taken',
    );
  });

  it('shows an account that took a name nothing of the device that puts straight into the landing under it, before or after', async () => {
    assert.equal((await ask('POST', '/devices/barn/heartbeat', { body: {} })).status, 204);
    fleet.ingest();
    await land(
      path.join(fleet.folder, 'landing'),
      uploadOf({ clip, picture: await makePicture() }, { device: 'barn', at: NOON }).objects,
    );
    const direct = await eventually(
      'the direct event', async () => (await fleet.index.events({ device: 'barn', limit: 1 })).rows[0],
    );
    assert.equal(direct.account, 'default');
    assert.deepEqual((await events()).events, []);
    assert.equal((await ask('GET', `/uploads/barn/${direct.event.id}`)).status, 404);
    const id = await upload('barn', 'a.mp4', NOON + 60_000);
    await filed('barn', id);
    assert.deepEqual((await events()).events.map((one) => one.id), [id], 'its own are its own');
    fleet.account('home');
    fleet.deviceKey('barn', 'home');
    assert.equal((await put('/devices/barn/clips/b.mp4', clip)).status, 409, 'the owner gave the name to another');
    await land(path.join(fleet.folder, 'landing'), uploadOf({ clip }, { device: 'barn', at: NOON + 120_000 }).objects);
    await eventually('the home event', async () =>
      (await fleet.index.events({ account: 'home', limit: 1 })).rows.length === 1);
  });

  it('says of what was just uploaded that it is judged, to whom it belongs, and has it when that is done', async () => {
    const id = await upload('yard', 'a.mp4', NOON);
    for (const where of [`/events/yard/${id}`, `/events/yard/${id}/clip`]) {
      const { status, code, headers } = await ask('GET', where);
      assert.deepEqual([status, code, headers['retry-after']], [503, 'vault.waiting', '5'], where);
      assert.equal((await ask('GET', where, { headers: fleet.account(`shed${where.length}`) })).status, 404);
    }
    assert.equal((await ask('GET', '/events/yard/1763640000.000000-aaaaaa')).status, 404);
    fleet.ingest();
    await filed('yard', id);
    assert.equal((await ask('GET', `/events/yard/${id}`)).status, 200);
  });

  it('does not say that something is not there while it cannot see into the landing', async () => {
    await using blind = await RunningVault.start({
      landing: (real) => Object.assign(Object.create(real) as typeof real, {
        list: () => Promise.reject(new RemoteError('s3.unreachable', 'away')),
      }),
    });
    const headers = blind.account('farm');
    assert.equal((await call(blind.port, 'POST', `${API}/devices/yard/heartbeat`, { headers, body: {} })).status, 204);
    for (const kind of ['events', 'uploads']) {
      const { status, code } = await call(
        blind.port, 'GET', `${API}/${kind}/yard/1763640000.000000-aaaaaa`, { headers },
      );
      assert.deepEqual([status, code], [503, 'landing.unavailable'], kind);
    }
  });

  it('deletes an event and its files for good, and notes who did', async () => {
    fleet.ingest();
    const id = await upload('yard', 'a.mp4', NOON);
    await filed('yard', id);
    assert.equal((await ask('DELETE', `/events/yard/${id}`)).status, 204);
    assert.equal((await ask('GET', `/events/yard/${id}`)).status, 404);
    assert.deepEqual((await fleet.library.list('yard/')).entries, []);
    assert.deepEqual(
      fleet.vault.registry.audit(1).map(({ actor, action, subject }) => [actor, action, subject]),
      [['account farm', 'event.delete', `yard ${id}`]],
    );
    assert.equal((await ask('DELETE', `/events/yard/${id}`)).status, 404);
  });

  it('takes no byte of what does not fit the account any more', async () => {
    const small = fleet.account('small', { quota: clip.byteLength * 2 });
    await upload('nook', 'a.mp4', NOON, small);
    const refused = await put('/devices/nook/clips/b.mp4', Buffer.alloc(clip.byteLength * 2 - 100), small);
    assert.deepEqual([refused.status, (refused.body as { readonly error?: { readonly code?: string } }).error?.code], [
      507, 'vault.quota',
    ]);
    assert.equal((await put('/devices/nook/clips/c.mp4', Buffer.alloc(clip.byteLength * 2 + 1), small)).status, 413);
    const tus = await ask('POST', '/tus', {
      headers: {
        ...small, 'tus-resumable': '1.0.0', 'upload-length': String(clip.byteLength * 2 - 100),
        'upload-metadata': metadata({ device: 'nook', filename: 'd.mp4' }),
      },
    });
    assert.equal(tus.code, 'vault.quota');
  });

  it('holds room for what was begun in pieces, and gives it back when that is given up', async () => {
    const begin = (file: string) =>
      ask('POST', '/tus', {
        headers: {
          ...farm, 'tus-resumable': '1.0.0', 'upload-length': '60000000',
          'upload-metadata': metadata({ device: 'yard', filename: file }),
        },
      });
    const first = await begin('a.mp4');
    assert.equal(first.status, 201);
    assert.equal((await begin('b.mp4')).code, 'vault.quota');
    const account = async () => (await ask('GET', '/account')).body as VaultAccountView;
    assert.equal((await account()).pending_bytes, 60_000_000);
    await call(fleet.port, 'DELETE', first.headers.location ?? '', { headers: { ...farm, 'tus-resumable': '1.0.0' } });
    await eventually('its room is given back', async () => (await account()).pending_bytes === 0);
    assert.equal((await begin('b.mp4')).status, 201);
  });

  it('tells of the account and its devices', async () => {
    await ask('POST', '/devices/yard/heartbeat', { body: { state: { temperature: 51, camera: 'ok' } } });
    const { devices } = (await ask('GET', '/devices')).body as {
      readonly devices: readonly { readonly device: string; readonly state: unknown }[];
    };
    assert.deepEqual(
      devices.map(({ device, state }) => [device, state]), [['yard', { temperature: 51, camera: 'ok' }]],
    );
    assert.deepEqual((await ask('GET', '/account')).body, {
      name: 'farm', directory: 'farm', quota_bytes: 100_000_000, days: 30, filed_bytes: 0, pending_bytes: 0, events: 0,
    } satisfies VaultAccountView);
  });

  it('lets nobody put more than is taken, or without saying how much', async () => {
    const { status } = await fetch(`http://127.0.0.1:${fleet.port}${API}/devices/yard/clips/a.mp4`, {
      method: 'PUT', headers: farm, duplex: 'half',
      body: new ReadableStream({ start: (stream) => { stream.enqueue(new Uint8Array(3)); stream.close(); } }),
    });
    assert.equal(status, 411);
    const { code } = await ask('POST', '/tus', {
      headers: {
        ...farm, 'tus-resumable': '1.0.0', 'upload-length': String(65 * 1024 * 1024),
        'upload-metadata': metadata({ device: 'yard', filename: 'a.mp4' }),
      },
    });
    assert.equal(code, 'vault.too-large');
  });
});

const metadata = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields).map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`).join(',');
