import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { call } from '../../../test/http/client.ts';
import { sampleEvent } from '../../../test/web/fake-device.ts';
import { startWeb, type RunningWeb } from '../../../test/web/start-web.ts';
import { exposition } from './exposition.ts';
import { parentWhileItLives, processMetrics } from './process-metrics.ts';
import { uploadStatusSchema } from '../../contract/uploads-view.ts';

const STORAGE = {
  used: { events: 5, continuous: 6, timelapse: 0, pictures: 7 }, most: 100, free: 50, kept_free: 10,
  rate: 7200, deleted: { events: 1, segments: 2, bytes: 3 },
  written: { day: '2026-11-21', recordings: 1, pictures: 2, catalogue: 3, other: 4 },
  alarms: [{ code: 'storage.full', message: 'full' }],
};

describe('metrics', () => {
  it('are told in Prometheus\' format, whatever a label says; what is not known is left out', () => {
    assert.equal(exposition([
      {
        name: 'tyto_a', type: 'gauge', help: 'An "a"\nof \\ things.',
        samples: [{ value: 1.5 }, { labels: { x: 'q"\\\n', y: 'ä' }, value: Infinity }],
      },
      { name: 'tyto_b_total', type: 'counter', help: 'B.', samples: [] },
    ]),
    '# HELP tyto_a An "a"\\nof \\\\ things.\n# TYPE tyto_a gauge\ntyto_a 1.5\ntyto_a{x="q\\"\\\\\\n",y="ä"} +Inf\n');
  });

  it('tell of a process what it takes, and of the tools that it runs', () => {
    const [memory, cpu, started] = processMetrics(process.pid);
    const own = (metric: typeof memory) =>
      metric?.samples.find(({ labels }) => labels?.['role'] === 'main')?.value ?? 0;
    assert.ok(own(memory) > 10e6 && own(cpu) > 0.05);
    assert.ok(Math.abs(own(started) - (Date.now() / 1000 - process.uptime())) < 3);
    assert.deepEqual(processMetrics(2 ** 22 + 1).map(({ samples }) => samples.length), [0, 0, 0]);
  });

  it('tell of no process once the one that started all of them has ended: who takes in orphans is none of ours', () => {
    let parent = process.pid;
    const main = parentWhileItLives(() => parent);
    assert.ok(processMetrics(main()).every(({ samples }) => samples.length > 0));
    parent = 1;
    assert.deepEqual(processMetrics(main()).map(({ samples }) => samples.length), [0, 0, 0]);
  });
});

describe('GET /metrics', () => {
  let web: RunningWeb;
  let cookie: string;
  beforeEach(async () => {
    web = await startWeb();
    cookie = await web.owner();
  });
  afterEach(() => web[Symbol.asyncDispose]());

  const scrape = async (headers: Readonly<Record<string, string>> = { cookie }): Promise<Map<string, number>> => {
    const { status, headers: told, bytes } = await call(web.port, 'GET', '/metrics', { headers });
    assert.deepEqual([status, told['content-type']], [200, 'text/plain; version=0.0.4; charset=utf-8']);
    return new Map(bytes.toString().split('\n').filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  };

  it('tells how the device is', async () => {
    web.bus.storageState = STORAGE;
    web.bus.uploadFigures = uploadStatusSchema.parse({
      pending: 3, uploaded: 9, acknowledged: 8, refused: 1, dead: 2, problem: null,
    });
    web.bus.setCamera({
      tamper: ['covered'], load: { level: 2, shed: ['x', 'y'] },
      stream: { codec: 'h264', bitrate: 2_000_000, frameRate: 15, gop: 30 },
    });
    const now = Date.now() / 1000;
    web.archive.ledgerEntries.push({ from: now - 30, to: now, state: 'recorded', reason: '' });
    web.bus.say('end', sampleEvent(Math.floor(now) - 60, 5, { kinds: ['motion', 'person'] }));
    const told = await scrape();
    const expected = {
      'tyto_build_info{version="0.1.0",device="tyto-1"}': 1, 'tyto_camera_online': 1,
      'tyto_armed': 1, 'tyto_recording': 0, 'tyto_tamper{kind="covered"}': 1,
      'tyto_tamper{kind="moved"}': 0, 'tyto_load_level': 2,
      'tyto_camera_bitrate_bits_per_second': 2_000_000, 'tyto_frames_analysed_total': 100,
      'tyto_events_total{kind="person"}': 1,
      'tyto_events_total{kind="face"}': 0, 'tyto_storage_used_bytes{class="continuous"}': 6,
      'tyto_disk_free_bytes': 50, 'tyto_recording_rate_bytes_per_second': 2,
      'tyto_disk_written_today_bytes{class="other",day="2026-11-21"}': 4,
      'tyto_storage_alarm{code="storage.full"}': 1, 'tyto_uploads_pending': 3,
      'tyto_uploads_dead': 2, 'tyto_uploads_total': 9, 'tyto_clock_synced': 1, 'tyto_live_viewers': 0,
    };
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, told.get(name)])), expected);
    assert.ok(Math.abs((told.get('tyto_ledger_seconds{state="recorded"}') ?? 0) - 30) < 0.01);
  });

  it('says of a camera that has not spoken only that it is not online', async () => {
    web.bus.loseCamera();
    const told = await scrape();
    assert.deepEqual(
      [told.get('tyto_camera_online'), told.has('tyto_tamper{kind="covered"}'), told.has('tyto_disk_free_bytes')],
      [0, false, false],
    );
  });

  it('is for the owner, and for who shows a key', async () => {
    const { token } = await web.access.createViewToken('Prometheus');
    assert.equal((await scrape({ authorization: `Bearer ${token}` })).get('tyto_camera_online'), 1);
    assert.equal((await call(web.port, 'GET', '/metrics')).status, 401);
  });

  it('has every metric in the reference, and no other stands there', async () => {
    web.bus.storageState = STORAGE;
    web.bus.uploadFigures = uploadStatusSchema.parse({ pending: 0, uploaded: 0, refused: 0, problem: null });
    web.bus.setCamera({
      decoding: { mode: 'full', reason: '', decoded: 1 }, stream: { codec: 'h264', bitrate: 1, frameRate: 1, gop: 1 },
    });
    const { bytes } = await call(web.port, 'GET', '/metrics', { headers: { cookie } });
    const told = [...bytes.toString().matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
      .sort();
    const reference = await readFile(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
    const written = [
      ...reference.matchAll(/^\| `(tyto_\w+)(?:\{[^`]*\})?` \| (gauge|counter) \|/gm),
    ].map(([, name, type]) => `${name} ${type}`)
      .sort();
    assert.deepEqual(told, written);
  });
});
