import assert from 'node:assert/strict';
import { ONLINE } from '../../test/web/fake-device.ts';
import { deviceTopics } from '../contract/topics.ts';
import { silentLog } from '../core/log.ts';
import { millis, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { DeviceView, type BusConnection } from './device-view.ts';

const topics = deviceTopics('tyto');

describe('the device as its bus tells of it', () => {
  let clock: VirtualClock;
  let view: DeviceView;
  let hear: (topic: string, payload: string, retained?: boolean) => void;
  beforeEach(() => {
    const handlers = new Map<string, Parameters<BusConnection['subscribe']>[1]>();
    const bus: BusConnection = { connected: true, publish: () => {}, subscribe: (topic, handler) => { handlers.set(topic, handler); } };
    clock = new VirtualClock(millis(0));
    view = new DeviceView({ bus, topics, camera: 'yard', clock, log: silentLog });
    view.open();
    hear = (topic, payload, retained = false) => handlers.get(topic)?.(Buffer.from(payload), topic, retained);
  });
  const state = JSON.stringify(ONLINE);

  it('knows for how long the camera\'s process has been silent', async () => {
    assert.equal(view.cameraSilence(), undefined);
    hear(topics.camera('yard').state, state);
    await clock.advance(seconds(12));
    assert.equal(view.cameraSilence(), seconds(12));
    hear(topics.available, 'offline');
    assert.deepEqual([view.camera(), view.cameraSilence()], [undefined, seconds(12)]);
    hear(topics.camera('yard').state, state);
    assert.equal(view.cameraSilence(), 0);
  });

  it('takes what the broker has kept for the latest state, not for a sign of life', () => {
    hear(topics.camera('yard').state, state, true);
    assert.deepEqual([view.camera(), view.cameraSilence()], [ONLINE, undefined]);
  });

  it('takes nothing for a state or a sign of life that is neither', () => {
    for (const junk of ['', '{}', 'null', '{"camera":"yard"}']) hear(topics.camera('yard').state, junk);
    assert.deepEqual([view.camera(), view.cameraSilence()], [undefined, undefined]);
  });
});
