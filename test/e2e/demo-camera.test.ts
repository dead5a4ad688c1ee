/** What a newcomer meets: no camera, no setting, and within half a minute an event that is true. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { trueEvents } from '../../device/camera/demo/scene.ts';
import { eventMessageSchema } from '../../device/contract/event.ts';
import { seconds } from '../../device/core/units.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import { run, start } from './processes.ts';

describe('the demo camera', function () {
  this.timeout(300_000);
  this.slow(60_000);
  let folder: string;
  before(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-demo-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives its first visitor as one event, with a clip that shows what led to it', async () => {
    const [web, bus] = [await freePort(), await freePort()];
    await using device = start('tyto', ['run'], {
      TYTO_DATA: folder, TYTO_CAMERA_SOURCE: 'demo', TYTO_WEB_PORT: String(web), TYTO_BUS_PORT: String(bus),
      TYTO_RECORDING_POST_ROLL: '4s', TYTO_RECORDING_MINIMUM_FREE: '0',
    });
    await using listener = run('sh', ['-c', `until mosquitto_sub -p ${bus} -t tyto/events; do sleep 0.05; done`]);
    const messages = () => listener.printed().split('\n').filter((line) => line.startsWith('{'))
      .map((line) => eventMessageSchema.parse(JSON.parse(line)));
    const ended = await eventually(
      'the visit recorded', () => messages().find(({ type }) => type === 'end')?.after, 240_000,
    );
    const [visit] = trueEvents(seconds(0), seconds(30));
    assert.ok(visit !== undefined && ended.clip !== null && ended.end_time !== null);
    const trueLength = (visit.end - visit.start) / 1000;
    const length = ended.end_time - ended.start_time;
    assert.ok(Math.abs(length - trueLength) < 2, `a visit of ${trueLength} s was seen for ${length} s`);
    assert.equal(messages().filter(({ type }) => type === 'new').length, 1, 'nothing else was taken for an event');
    assert.ok(ended.start_time - ended.clip.start_time >= 5, 'pre-roll');
    assert.ok(ended.clip.duration >= 5 + length + 3, 'post-roll');
    assert.ok(ended.has_snapshot);
    assert.equal((await device.stop('SIGTERM')).code, 0);
  });
});
