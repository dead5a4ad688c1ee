/**
 * The whole way on real footage: camera, motion, clip, bus, page, upload, ingest. Judged from outside: mosquitto_sub
 * listens, ffprobe and ffmpeg judge the clip, Chromium looks at the page.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { eventMessageSchema, type EventMessage, type TytoEvent } from '../../device/contract/event.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { call } from '../http/client.ts';
import { childrenWithRole, ROOT, run, start, type Running } from './processes.ts';

const STREET = path.resolve(ROOT, '../shared/data/clips/street.mp4');
const CHROMIUM = '/usr/bin/chromium';
const PASSWORD = 'gutter lantern 41';

describe('first light, on real footage', function () {
  this.slow(60_000);
  let folder: string;
  let device: Running;
  let fleet: Running;
  let listener: Running;
  let browser: Browser | undefined;
  let ports: { web: number; bus: number; fleet: number };
  let cookie = '';

  before(async function () {
    if (!existsSync(STREET)) return this.skip();
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-e2e-'));
    ports = { web: await freePort(), bus: await freePort(), fleet: await freePort() };
    listener = run('sh', ['-c', `until mosquitto_sub -p ${ports.bus} -t 'tyto/#' -F '%t %r %p'; do sleep 0.05; done`]);
    device = start('tyto', ['run'], {
      TYTO_DATA: path.join(folder, 'data'), TYTO_CAMERA_SOURCE: STREET,
      TYTO_WEB_PORT: String(ports.web), TYTO_BUS_PORT: String(ports.bus),
      TYTO_RECORDING_MAX_LENGTH: '10s', TYTO_RECORDING_MINIMUM_FREE: '0',
      TYTO_BUS_NETWORK_PORT: '1', // this door cannot open, which is no reason to see nothing
    });
    fleet = start('tyto-fleet', [
      'serve', '--landing', path.join(folder, 'data', 'landing'), '--data', path.join(folder, 'fleet'), '--port',
      String(ports.fleet),
    ], {});
    if (existsSync(CHROMIUM)) {
      browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: [
          '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
          '--disable-component-update', '--disable-sync',
        ],
      });
    }
  });

  after(async () => {
    await browser?.close();
    for (const running of [device, fleet, listener]) await running?.[Symbol.asyncDispose]();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** What mosquitto_sub heard on `topic`, in order. */
  const heard = (topic: string): string[] => listener.printed().split('\n')
    .filter((line) => line.startsWith(`${topic} `)).map((line) => line.slice(topic.length + 3));
  const messages = (): EventMessage[] => heard('tyto/events').map((text) => eventMessageSchema.parse(JSON.parse(text)));
  const ended = (): TytoEvent[] => messages().flatMap(({ type, after }) => (type === 'end' ? [after] : []));
  const get = (at: string, headers: Record<string, string> = {}) =>
    call(ports.web, 'GET', at, { headers: { cookie, ...headers } });
  const media = (event: TytoEvent, name = event.clip?.name ?? '') =>
    path.join(folder, 'data', 'media', new Date((event.clip?.start_time ?? 0) * 1000).toISOString().slice(0, 10), name);

  it('comes up, says so on the bus, and names its page', async () => {
    await eventually('online', () => heard('tyto/available').includes('online'));
    await eventually('pictures', () => heard('tyto/camera/status/detect').includes('online'));
    assert.deepEqual(heard('tyto/camera/enabled/state').slice(-1), ['ON']);
    await eventually('the page named', () => device.printed().includes(`http://localhost:${ports.web}/`));
  });

  it('tells motion as it begins', async () => {
    await eventually('motion', () => heard('tyto/camera/motion').includes('ON'));
    const first = await eventually('an event', () => messages()[0]);
    assert.equal(first.type, 'new');
    assert.ok(first.after.boxes.length > 0);
  });

  it('records a clip that ffprobe and ffmpeg find sound, in fragments of at most a second', async () => {
    const [event] = await eventually('an end', () => ended().length > 0 && ended());
    assert.ok(event?.clip);
    const file = media(event);
    const probe = spawnSync('ffprobe', [
      '-v', 'error', '-show_entries', 'stream=codec_name,width,height:format=duration', '-of', 'json', file,
    ], { encoding: 'utf8' });
    const { streams, format } = JSON.parse(
      probe.stdout,
    ) as { streams: { codec_name: string; width: number; height: number }[]; format: { duration: string } };
    assert.deepEqual(streams, [{ codec_name: 'h264', width: 768, height: 576 }]);
    assert.ok(Number(format.duration) >= (event.end_time ?? 0) - event.start_time, format.duration);
    assert.equal(spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'null', '-'], { encoding: 'utf8' }).stderr, '');
    const verified = spawnSync(
      process.execPath, [path.join(ROOT, 'bin/tyto.js'), 'verify', file], { encoding: 'utf8' },
    );
    assert.equal(verified.status, 0, verified.stdout + verified.stderr);
  });

  it('shows the owner a live picture, the event and its clip, and nobody else', async function () {
    if (browser === undefined) return this.skip();
    assert.equal((await call(ports.web, 'GET', '/api/events')).status, 401);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(`http://127.0.0.1:${ports.web}/`);
    await page.locator('input[type=password]').first().waitFor();
    for (const field of await page.locator('input[type=password]').all()) await field.fill(PASSWORD);
    await page.locator('button[type=submit]').click();
    const playing = `(() => { const v = document.querySelector('video'); return v && v.readyState >= 2 && v.videoWidth === 768 ? v.currentTime : 0; })()`;
    const first = await eventually('a live picture', async () => await page.evaluate<number>(playing) || undefined);
    await eventually('the picture moves', async () => await page.evaluate<number>(playing) > first + 0.5);
    cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const event = ended()[0];
    assert.ok(event?.clip);
    const whole = await get(`/api/events/${event.id}/clip.mp4`);
    assert.deepEqual([whole.status, whole.bytes.byteLength], [200, event.clip.bytes]);
    const part = await get(`/api/events/${event.id}/clip.mp4`, { range: 'bytes=100-199' });
    assert.deepEqual([part.status, part.bytes.equals(whole.bytes.subarray(100, 200))], [206, true]);
    const seeked = await page.evaluate<number>(`new Promise((resolve, reject) => {
      const v = document.createElement('video'); v.muted = true; v.src = '/api/events/${event.id}/clip.mp4';
      v.onloadeddata = () => { v.currentTime = 5; }; v.onseeked = () => resolve(v.currentTime); v.onerror = () => reject(v.error.message);
    })`);
    assert.ok(Math.abs(seeked - 5) < 0.5);
    await page.close();
  });

  it('is disarmed and armed over the bus', async () => {
    const set = (word: string): void => {
      spawnSync('mosquitto_pub', ['-p', String(ports.bus), '-t', 'tyto/camera/enabled/set', '-m', word]);
    };
    set('OFF');
    await eventually('disarmed', () => heard('tyto/camera/enabled/state').at(-1) === 'OFF');
    await eventually('motion over', () => heard('tyto/camera/motion').at(-1) === 'OFF');
    set('perhaps');
    set('ON');
    await eventually('armed', () => heard('tyto/camera/enabled/state').at(-1) === 'ON');
  });

  it('uploads the event, and the fleet takes it in after checking it', async () => {
    const owner = await eventually('the fleet page', async () => {
      const answer = await call(ports.fleet, 'POST', '/api/owner', { body: { password: PASSWORD } })
        .catch(() => undefined);
      return answer?.status === 201 ? answer.cookie : undefined;
    });
    const event = ended()[0];
    const listed = await eventually('the event in the library', async () => {
      const { body } = await call(ports.fleet, 'GET', '/api/events', { headers: { cookie: owner } });
      return (body as { events: { event: TytoEvent; links: { clip: string } }[] }).events.find((item) =>
        item.event.id === event?.id);
    });
    assert.deepEqual(listed.event, event);
    const link = new URL(listed.links.clip, `http://127.0.0.1:${ports.fleet}`);
    const clip = await call(ports.fleet, 'GET', link.pathname + link.search);
    assert.deepEqual([clip.status, clip.bytes.byteLength], [200, event?.clip?.bytes]);
    link.searchParams.set('expires', '9999999999');
    assert.equal((await call(ports.fleet, 'GET', link.pathname + link.search)).status, 403);
  });

  it('goes on watching when a process is killed, and tells of it', async () => {
    const before = ended().length;
    for (const role of ['web', 'watch']) { // the uploader is a thread of `watch` here
      const pid = await eventually(`${role} is there`, async () =>
        (await childrenWithRole(device.child.pid ?? 0, role))[0]);
      process.kill(pid, 'SIGKILL');
      await eventually(`${role} is back`, async () =>
        ((await childrenWithRole(device.child.pid ?? 0, role))[0] ?? pid) !== pid);
    }
    await eventually('vanished and back', () => heard('tyto/available').slice(-2).join() === 'offline,online');
    await eventually('a further event', () => ended().length > before);
    const begun = messages().flatMap(({ type, after }) => (type === 'new' ? [after.id] : []));
    const over = new Set(ended().map(({ id }) => id));
    assert.deepEqual(begun.slice(0, -2)
      .filter((id) => !over.has(id)), [], 'also the event that was under way is told to have ended');
    assert.equal((await get('/api/state')).status, 200, 'the session outlives the web process');
  });

  it('stops within seconds, loses nothing and leaves every file whole', async () => {
    const { code, took } = await device.stop('SIGINT');
    assert.equal(code, 0, device.printed());
    // Its processes are given 2.5 s; a busy machine takes its time besides.
    assert.ok(took < 10_000, `${took} ms`);
    assert.equal(heard('tyto/available').at(-1), 'stopped');
    const [day] = await readdir(path.join(folder, 'data', 'media'));
    const files = (await readdir(path.join(folder, 'data', 'media', day ?? ''))).filter((name) =>
      name.endsWith('.mp4') && !name.endsWith('.preview.mp4'));
    assert.ok(files.length >= 2);
    for (const name of files) {
      const verdict = spawnSync(process.execPath, [
        path.join(ROOT, 'bin/tyto.js'), 'verify', path.join(folder, 'data', 'media', day ?? '', name),
      ], { encoding: 'utf8' });
      assert.equal(verdict.status, 0, verdict.stdout);
    }
    const known = new Set(ended().map(({ clip }) => clip?.name));
    const unknown = files.filter((name) => !known.has(name));
    assert.ok(unknown.length <= 1, `only the clip of the killed process may be untold: ${unknown.join()}`);
  });
});

describe('a user\'s mistake', function () {
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-mistake-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Runs `tyto run` until it ends; what it printed. */
  const refusal = async (env: Record<string, string>): Promise<string> => {
    const [web, bus] = [await freePort(), await freePort()];
    await using device = start('tyto', ['run'], {
      TYTO_DATA: folder, TYTO_CAMERA_SOURCE: 'demo', TYTO_WEB_PORT: String(web), TYTO_BUS_PORT: String(bus), ...env,
    });
    await eventually('it ends', () => device.child.exitCode !== null);
    assert.notEqual(device.child.exitCode, 0);
    assert.doesNotMatch(device.printed(), /^\s+at /m, 'no stack trace');
    return device.printed();
  };

  it('in a setting is named with what was expected', async () => {
    assert.match(await refusal({
      TYTO_MOTION_SENSITIVITY: '7',
    }), /TYTO_MOTION_SENSITIVITY: must be a ratio from 0 to 1 \(default 0\.5\), got "7"/);
  });
  it('in config.json leaves the file alone', async () => {
    await writeFile(path.join(folder, 'config.json'), '{');
    assert.match(await refusal({}), /config\.json is not JSON \(see line 1, column 2\); mend it/);
    await rm(path.join(folder, 'config.json'));
  });
  it('in the camera\'s address is explained', async () =>
    assert.match(await refusal({ TYTO_CAMERA_SOURCE: 'ftp://camera' }), /rtsp:\/\//));
  it('a file that is no video is named', async () => {
    const file = path.join(folder, 'notes.mp4');
    await writeFile(file, 'these are notes');
    assert.match(await refusal({ TYTO_CAMERA_SOURCE: file }), /notes\.mp4/);
  });
  it('a port that is in use is named with its setting: without the page the camera is watched all the same', async () => {
    const server = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => { server.once('listening', resolve); });
    const address = server.address();
    const port = String(typeof address === 'object' && address !== null ? address.port : 0);
    try {
      assert.match(await refusal({ TYTO_BUS_PORT: port }), /TYTO_BUS_PORT/);
      await using device = start('tyto', ['run'], {
        TYTO_DATA: folder, TYTO_CAMERA_SOURCE: 'demo', TYTO_BUS_PORT: String(await freePort()), TYTO_WEB_PORT: port,
      });
      await eventually('the reason', () => device.printed().includes('TYTO_WEB_PORT to a free'));
      await eventually('pictures', () => device.printed().includes('camera online'));
      assert.equal((await device.stop('SIGTERM')).code, 0);
    } finally { server.close(); }
  });
});
