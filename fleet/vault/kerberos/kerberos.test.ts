import assert from 'node:assert/strict';
import { eventually } from '../../../test/eventually.ts';
import { makeClip } from '../../../test/fleet/footage.ts';
import { KerberosAgent, type Recording } from '../../../test/fleet/kerberos-agent.ts';
import { RunningVault } from '../../../test/fleet/vault.ts';
import { call } from '../../../test/http/client.ts';
import { readAgentFileName } from './agent-file-name.ts';

const NAME = '1732190400_6-474162_oprit_57-28-227-175_153_27.mp4';

describe('agents of Kerberos', () => {
  let fleet: RunningVault;
  let keys: Readonly<Record<string, string>>;
  let clip: Buffer;
  before(async () => { clip = await makeClip(2); });
  beforeEach(async () => {
    fleet = await RunningVault.start();
    keys = fleet.account('farm', { directory: 'farm_videos' });
  });
  afterEach(() => fleet[Symbol.asyncDispose]());

  const agent = (
    settings: {
      readonly device?: string;
      readonly directory?: string;
      readonly secret?: string;
      readonly base?: string;
    } = {},
  ): KerberosAgent => new KerberosAgent({
    port: fleet.port, accessKey: keys['X-Kerberos-Storage-AccessKey'] ?? '',
    secretAccessKey: settings.secret ?? keys['X-Kerberos-Storage-SecretAccessKey'] ?? '',
    directory: settings.directory ?? 'farm_videos', device: settings.device ?? 'gate7', base: settings.base ?? '',
  });
  const recording = (data: Buffer = clip, fileName = NAME): Recording =>
    ({ fileName, data, fps: '10', durationMs: '2000', timestampMs: '1732190400474' });
  const filed = () =>
    eventually('the event in the library', async () => (await fleet.index.events({ limit: 10 })).rows[0]);

  it('are told whether their keys are right', async () => {
    assert.equal(await agent().ping(), true);
    assert.equal(await agent({ secret: 'wrong' }).ping(), false);
  });

  it('upload in pieces, and what they upload is judged and filed as any event', async () => {
    fleet.ingest();
    const one = agent();
    assert.equal(await one.upload(recording()), true);
    assert.deepEqual(one.told, ['POST 201', 'HEAD 200', 'PATCH 204']);
    const { event, account } = await filed();
    assert.deepEqual(
      [
        account, event.device, event.camera, event.kinds, event.start_time, event.box, event.top_score,
        event.clip?.width, event.clip?.bytes,
      ],
      ['farm', 'gate7', 'oprit', ['motion'], 1732190400.474162, [57, 28, 227, 175], 0.153, 320, clip.byteLength]);
    assert.ok(Math.abs((event.clip?.duration ?? 0) - 2) < 0.3);
    assert.match(event.id, /^1732190400\.474\d{3}-/);
  });

  it('upload in one request where they are set so', async () => {
    fleet.ingest();
    assert.equal(await agent().uploadWhole(recording()), true);
    assert.equal((await filed()).event.clip?.bytes, clip.byteLength);
  });

  it('go on where their line broke, with pieces of 8 MiB', async () => {
    const large = Buffer.concat([clip, box('free', 17 * 1024 * 1024)]);
    const one = agent();
    one.breakNextPiece = true;
    assert.equal(await one.upload(recording(large)), true);
    assert.deepEqual(one.told.slice(0, 4), ['POST 201', 'HEAD 200', 'PATCH broken', 'HEAD 200']);
    assert.deepEqual(one.told.slice(-2), ['PATCH 204', 'PATCH 204']);
    const clips = (await fleet.landed('gate7/2024/11/21/')).filter((key) => key.endsWith('.mp4'));
    assert.equal((await fleet.landing.open(clips[0] ?? '', AbortSignal.timeout(60_000)))?.bytes, large.byteLength);
  });

  it('may be pointed at /api as well, as their guides have it', async () => {
    const one = agent({ base: '/api' });
    assert.deepEqual([
      await one.ping(), await one.upload(recording()), await one.uploadWhole(recording()), await one.heartbeat(),
      await one.abort(recording()),
    ], [true, true, true, 200, 204]);
    assert.ok(fleet.vault.registry.device('gate7')?.state);
  });

  it('give up an upload', async () => assert.equal(await agent().abort(recording()), 204));

  it('make one event of a recording, however often they send it', async () => {
    fleet.ingest();
    await agent().upload(recording());
    await filed();
    await agent().upload(recording());
    await agent().uploadWhole(recording());
    await eventually('an empty landing', async () => (await fleet.landed()).every((key) => key.includes('/answers/')));
    assert.equal((await fleet.index.events({ limit: 10 })).rows.length, 1);
    assert.deepEqual((await fleet.index.rejected({ limit: 10 })).rows, []);
  });

  it('are not held up by a file that is no clip: it is taken, and ingest rejects it with its reason', async () => {
    fleet.ingest();
    assert.equal(await agent().upload(recording(Buffer.from('no video at all'))), true);
    const [rejection] = await eventually('the rejection', async () => {
      const { rows } = await fleet.index.rejected({ limit: 10 });
      return rows.length > 0 && rows;
    });
    assert.equal(rejection?.code, 'clip.not-mp4');
  });

  it('read back what they uploaded, by its name with the directory or without', async () => {
    fleet.ingest();
    await agent().upload(recording());
    await filed();
    for (const name of [NAME, `farm_videos/${NAME}`]) {
      const { status, bytes, headers } = await call(fleet.port, 'GET', '/api/storage/blob', {
        headers: { ...keys, 'X-Kerberos-Storage-FileName': name, 'X-Kerberos-Storage-Provider': 'minio' },
      });
      assert.deepEqual([status, headers['content-type'], bytes.equals(clip)], [200, 'video/mp4', true], name);
    }
    const part = await call(fleet.port, 'GET', '/api/storage/blob', {
      headers: { ...keys, 'X-Kerberos-Storage-FileName': NAME, 'range': 'bytes=0-3' },
    });
    assert.deepEqual([part.status, part.bytes.byteLength], [206, 4]);
    const others = fleet.account('shed');
    const foreign = await call(fleet.port, 'GET', '/api/storage/blob', {
      headers: { ...others, 'X-Kerberos-Storage-FileName': NAME },
    });
    assert.equal(foreign.status, 404);
  });

  it('are seen by their heartbeat once they have uploaded something', async () => {
    assert.equal(await agent().heartbeat(), 200);
    assert.equal(fleet.vault.registry.device('gate7'), undefined);
    await agent().upload(recording());
    assert.equal(await agent().heartbeat(), 200);
    assert.deepEqual(fleet.vault.registry.device('gate7')?.state, {
      version: '3.5.0', hostname: 'raspberrypi', architecture: 'arm64', cameraConnected: 'true',
    });
  });

  it('say nothing without a key of a device that has one of its own, and learn of no name whether it is known', async () => {
    fleet.deviceKey('yard', 'farm');
    assert.equal(await agent({ device: 'yard' }).heartbeat(), 200);
    assert.equal(fleet.vault.registry.device('yard')?.state, null);
    const strange = agent({ device: 'nobody' });
    await agent().upload(recording());
    const answers = await Promise.all(Array.from({ length: 610 }, () => strange.heartbeat()));
    assert.deepEqual([...new Set(answers)], [200], 'as of one that is known, however often');
    assert.equal(await agent().heartbeat(), 200);
    assert.ok(fleet.vault.registry.device('gate7')?.state);
    assert.equal(fleet.vault.registry.device('nobody'), undefined);
  });

  it('are refused where the device or the directory is that of another account', async () => {
    await agent().upload(recording());
    keys = fleet.account('shed');
    const thief = agent({ directory: 'shed' });
    assert.equal(await thief.upload(recording()), false);
    assert.equal(await thief.uploadWhole(recording()), false);
    assert.deepEqual(thief.told, ['POST 409', 'POST 409']);
    const stray = agent({ device: 'gate8', directory: 'farm_videos' });
    await stray.upload(recording());
    assert.deepEqual(stray.told, ['POST 403']);
  });

  it('are refused with names that do harm', async () => {
    for (const name of [
      '../../etc/passwd.mp4', 'a/b.mp4', 'a\nb.mp4', 'ü.mp4', '..mp4', `${'x'.repeat(200)}.mp4`, 'clip.exe', '.mp4',
      'a\0.mp4', String.raw`a\b.mp4`,
    ]) {
      const one = agent();
      await one.upload(recording(clip, name));
      assert.deepEqual(one.told, ['POST 400'], JSON.stringify(name));
    }
    for (const device of ['../x', 'front_door', 'ü', 'a b', 'x'.repeat(65), '']) {
      const one = agent({ device });
      await one.upload(recording());
      assert.deepEqual(one.told, ['POST 400'], JSON.stringify(device));
    }
    assert.deepEqual(await fleet.landed(), []);
  });

  it('name their recordings with second, fraction, camera, region and changes', () => {
    assert.deepEqual(readAgentFileName('1564859471_6-474162_oprit_577-283-727-375_1153_27.mp4'), {
      at: 1564859471.474162, camera: 'oprit', region: [577, 283, 727, 375], changes: 1153,
    });
    assert.deepEqual(readAgentFileName('1732190400_3-123_gate_0-0-0-0_24_15000.mp4'), {
      at: 1732190400.123, camera: 'gate', region: undefined, changes: 24,
    });
    for (const other of [
      'clip.mp4', '1564859471_6-474162_op_rit_577-283-727-375_1153_27.mp4',
      '1564859471_6-474162_oprit_577-283-727_1153_27.mp4',
    ]) {
      assert.equal(readAgentFileName(other), undefined, other);
    }
  });
});

/** A box of `size` bytes that every reader passes over. */
function box(type: string, size: number): Buffer {
  const made = Buffer.alloc(size);
  made.writeUInt32BE(size);
  made.write(type, 4, 'latin1');
  return made;
}
