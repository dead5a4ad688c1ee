/**
 * What the device's eyes tell, on scenes made for it: zones, lines, masks, tampering, faces. Judged at the
 * bus and by the picture on the disk.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PersonView } from '../../device/contract/device-api.ts';
import { eventMessageSchema, type EventMessage, type TytoEvent } from '../../device/contract/event.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { call } from '../http/client.ts';
import { ROOT, run, start, type Running } from './processes.ts';

const FACE = path.resolve(ROOT, '../shared/data/faces/human-person-lexi.jpg');
/** A scene with structure that stands still. */
const SCENE = [
  '-f', 'lavfi', '-i',
  'mandelbrot=size=1280x720:rate=1:maxiter=120,trim=end_frame=1,loop=loop=-1:size=1:start=0,fps=15',
];
const ENCODED = ['-an', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '23', '-g', '15', '-pix_fmt', 'yuv420p'];

const STREET = { name: 'street', type: 'exclude', polygon: [[0, 0], [1, 0], [1, 0.4], [0, 0.4]] };
const YARD = { name: 'yard', polygon: [[0, 0.5], [1, 0.5], [1, 1], [0, 1]] };
const PATH_LINE = { name: 'path', from: [0.5, 1], to: [0.5, 0.4] };
const NEIGHBOUR = { name: 'neighbour', polygon: [[0.75, 0], [1, 0], [1, 0.35], [0.75, 0.35]] };

describe('what the eyes of a device tell', function () {
  this.timeout(300_000);
  this.slow(90_000);
  let folder: string;
  let open: Running[] = [];
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-eyes-')); });
  afterEach(async () => {
    for (const running of open) await running[Symbol.asyncDispose]();
    open = [];
    await rm(folder, { recursive: true, force: true });
  });

  const makeClip = (...args: readonly string[]): string => {
    const file = path.join(folder, 'scene.mp4');
    const { status, stderr } = spawnSync(
      'ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, ...ENCODED, file], { encoding: 'utf8' },
    );
    assert.equal(status, 0, stderr);
    return file;
  };

  const watch = async (env: Readonly<Record<string, string>>) => {
    const [web, bus] = [await freePort(), await freePort()];
    const listener = run(
      'sh',
      [
        '-c',
        `until mosquitto_sub -p ${bus} -t tyto/events -t 'tyto/camera/#' -T tyto/camera/motion/snapshot -F '%t %p'; do sleep 0.05; done`,
      ],
    );
    const device = start('tyto', ['run'], {
      TYTO_DATA: path.join(folder, 'data'), TYTO_WEB_PORT: String(web),
      TYTO_BUS_PORT: String(bus), TYTO_RECORDING_POST_ROLL: '2s', TYTO_RECORDING_MINIMUM_FREE: '0', ...env,
    });
    open.push(device, listener);
    const heard = (topic: string): string[] =>
      listener.printed().split('\n').filter((line) => line.startsWith(`${topic} `))
        .map((line) => line.slice(topic.length + 1));
    const messages = (): EventMessage[] =>
      heard('tyto/events').map((text) => eventMessageSchema.parse(JSON.parse(text)));
    const events = (): TytoEvent[] => [...new Map(messages().map(({ after }) => [after.id, after])).values()];
    return { web, heard, events };
  };

  /** Mean brightness of a part of a picture, `[x, y, width, height]` as fractions. */
  const brightness = (file: string, [x, y, w, h]: readonly [number, number, number, number]): number => {
    const { stdout } = spawnSync('ffmpeg', [
      '-nostdin', '-v', 'error', '-i', file, '-vf',
      `crop=iw*${w}:ih*${h}:iw*${x}:ih*${y},scale=1:1:flags=area,format=gray`, '-f', 'rawvideo', 'pipe:1',
    ]);
    return stdout[0] ?? NaN;
  };

  it('is not what an exclude zone keeps out, but what enters a zone and crosses a line; black is what nobody may see, and a covered camera is an event', async () => {
    // Somebody in the street from 4 s to 8 s, somebody in the yard from 10 s to 14 s, and
    // from 18 s on a hand over the lens.
    const somebody = (from: number, until: number, y: number) =>
      `overlay=x='-100+(t-${from})*350':y=${y}:enable='between(t,${from},${until})'`;
    const source = makeClip(
      ...SCENE,
      '-f', 'lavfi', '-i', 'color=white:size=90x170:rate=15', '-t', '60', '-filter_complex',
      `[1:v]split[one][other];[0:v][one]${somebody(4, 8, 80)}[street];[street][other]${somebody(10, 14, 480)},drawbox=color=black:thickness=fill:enable='gte(t,18)'`,
    );
    const { heard, events } = await watch({
      TYTO_CAMERA_SOURCE: source, TYTO_FACES_MODE: 'off',
      TYTO_ZONES: JSON.stringify([STREET, YARD]), TYTO_LINES: JSON.stringify([PATH_LINE]),
      TYTO_PRIVACY_MASKS: JSON.stringify([NEIGHBOUR]),
    });
    const yard = await eventually('the event in the yard', () => events().find(({ end_time: end }) => end !== null));
    assert.deepEqual(
      [yard.kinds, yard.entered_zones, yard.crossings.map(({ line }) => line)], [['motion'], ['yard'], ['path']],
    );
    assert.ok(yard.tracks.some(({ direction, zones }) =>
      direction === 'right' && zones.some(({ zone, seconds }) => zone === 'yard' && seconds > 1)));
    assert.equal(events()[0]?.id, yard.id, 'nobody in the street made an event');
    assert.ok(heard('tyto/camera/zones/yard/motion').includes('ON'));
    const { in: inwards, out } = JSON.parse(
      heard('tyto/camera/lines/path').at(-1) ?? '{}',
    ) as { in: number; out: number };
    assert.equal(inwards + out, 1);
    const picture = path.join(
      folder, 'data', 'media', new Date(yard.start_time * 1000).toISOString().slice(0, 10), yard.snapshot?.name ?? '',
    );
    assert.ok(brightness(picture, [0.76, 0.01, 0.23, 0.33]) < 4, 'the neighbour is black');
    assert.ok(brightness(picture, [0.1, 0.5, 0.6, 0.4]) > 8, 'the yard is not');

    const covered = await eventually(
      'the covered camera', () => events().find(({ kinds }) => kinds.includes('covered')),
    );
    assert.equal(covered.label, 'covered');
    assert.equal(heard('tyto/camera/tamper').at(-1), 'ON');
    await eventually('its picture', () => events().find(({ id }) => id === covered.id)?.has_snapshot);
  });

  it('is a face that comes by, and whose it is once somebody has said so, on footage', async function () {
    if (!existsSync(FACE)) return this.skip();
    const source = makeClip(...SCENE, '-loop', '1', '-framerate', '15', '-i', FACE, '-t', '30', '-filter_complex',
      "[1:v]scale=-2:460[face];[0:v][face]overlay=x='if(lt(t,5),-2000,-380+(t-5)*90)':y=180");
    const { events, heard, web } = await watch({ TYTO_CAMERA_SOURCE: source });
    const event = await eventually(
      'an event of a face', () => events().find(({ kinds }) => kinds.includes('face')), 240_000,
    );
    assert.ok(event.faces.length > 0 && event.label === 'face');
    assert.ok(heard('tyto/camera/face').some((count) => Number(count) > 0));

    await eventually('its end', () => events().find(({ id }) => id === event.id)?.end_time);
    const { cookie } = await call(web, 'POST', '/api/owner', { body: { password: 'gutter lantern 41' } });
    const ask = (method: string, at: string, body?: unknown) =>
      call(web, method, at, { headers: { cookie }, ...(body === undefined ? {} : { body }) });
    const named = await ask('POST', '/api/people', { name: 'Ada', event: event.id });
    assert.equal(named.status, 201, named.code);
    const known = await eventually(
      'the name', () => events().find(({ faces }) => faces.some(({ person }) => person === 'Ada')),
    );
    assert.equal((await ask('DELETE', `/api/people/${(named.body as PersonView).id}`)).status, 204);
    const { faces } = (await ask('GET', `/api/events/${known.id}`)).body as TytoEvent;
    assert.deepEqual([faces.length > 0, faces.filter(({ person }) => person !== null)], [true, []]);
  });
});
