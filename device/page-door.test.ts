import { eventually } from '../test/eventually.ts';
import { call } from '../test/http/client.ts';
import { startBroker } from './bus/broker.ts';
import { Bus } from './bus/bus-client.ts';
import { loadSettings } from './config/load-settings.ts';
import { deviceTopics } from './contract/topics.ts';
import { silentLog } from './core/log.ts';
import { pageDoor } from './page-door.ts';
import { systemClock } from './runtime/clock.ts';

describe('the page\'s port while no page is served', () => {
  it('tells how the device is by what its camera\'s process said last', async () => {
    const { values } = await loadSettings({ TYTO_WEB_HOST: '127.0.0.1' });
    const { state } = deviceTopics(values.bus.prefix).camera(values.camera.name);
    await using broker = await startBroker(0, silentLog);
    await using watch = new Bus({ url: `mqtt://127.0.0.1:${broker.port}`, clientId: 'watch', log: silentLog });
    using door = pageDoor({ ...values, web: { ...values.web, port: 0 } }, { broker, clock: systemClock });
    await door.prepare();
    const health = async (): Promise<readonly [number, string]> => {
      const { status, body } = await call(door.port ?? 0, 'GET', '/healthz');
      return [status, JSON.stringify(body)];
    };
    const is = (status: number, body: string): Promise<unknown> =>
      eventually(body, async () => (await health()).join(' ') === `${status} ${body}`);

    await is(503, '{"status":"failing","silentSeconds":null}');
    watch.publish(state, JSON.stringify({ loss: null }));
    await is(200, '{"status":"ok"}');
    watch.publish(state, JSON.stringify({ loss: 'the disk is full' }));
    await is(200, '{"status":"degraded","loss":"the disk is full"}');
    watch.publish(state, 'no JSON');
    await is(200, '{"status":"ok"}');
  });
});
