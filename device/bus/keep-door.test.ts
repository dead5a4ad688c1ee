import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { eventually } from '../../test/eventually.ts';
import { makeCertificates } from '../camera/simulated/certificates.ts';
import { silentLog, type Log } from '../core/log.ts';
import { millis, minutes } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { startBroker } from './broker.ts';
import { keepDoor } from './keep-door.ts';

describe('a door to the network that cannot open', () => {

  it('is tried again, and opens once nothing stands in its way', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tyto-door-'));
    const { signed } = await makeCertificates(folder);
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const address = occupant.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const certificate = path.join(folder, 'not-there-yet.pem');
    const network = {
      port, host: '127.0.0.1', username: 'ann', password: 'correct horse battery', certificate, key: signed.key,
      topics: { prefix: 'tyto', presence: [] },
    };
    const said: string[] = [];
    const log: Log = { ...silentLog, error: (_text, fields) => { said.push(String(fields?.['code'])); } };
    const clock = new VirtualClock(millis(0));
    const stop = new AbortController();
    await using broker = await startBroker(0, silentLog);
    const running = keepDoor(broker, network, { clock, log }, stop.signal);

    const tried = async (count: number): Promise<void> => {
      await eventually(`try ${count}`, async () => { await clock.advance(minutes(5)); return said.length >= count; });
    };
    await tried(1);
    await writeFile(certificate, signed.cert);
    await tried(said.length + 1);
    occupant.close();
    await once(occupant, 'close');
    await using client = await eventually('it is open', async () => {
      await clock.advance(minutes(5));
      const { username, password } = network;
      const joined = await connectAsync(
        `mqtts://127.0.0.1:${port}`, { username, password, rejectUnauthorized: false, reconnectPeriod: 0 }, false,
      )
        .catch(() => undefined);
      return joined && { joined, [Symbol.asyncDispose]: () => joined.endAsync(true) };
    });
    assert.deepEqual([said[0], said.at(-1)], ['bus.certificate', 'bus.port-in-use']);
    assert.equal(client.joined.connected, true);
    stop.abort();
    await running;
    await rm(folder, { recursive: true, force: true });
  });
});
