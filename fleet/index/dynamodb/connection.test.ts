import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { millis } from '../../../device/core/units.ts';
import { eventually } from '../../../test/eventually.ts';
import { DynamoConnection } from './connection.ts';

describe('a connection to DynamoDB', () => {
  it('asks again where no answer comes', async () => {
    let asked = 0;
    const server = createServer(() => { asked++; }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const connection = new DynamoConnection({
      prefix: 'owl', region: 'eu-central-1', endpoint,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, requestTimeout: millis(100),
    });
    try {
      connection.get('rejected', { key: 'x' }).catch(() => {}); // cut off below
      await eventually('a second attempt', () => asked > 1);
    } finally {
      connection[Symbol.dispose]();
      server.closeAllConnections();
      server.close();
    }
  });
});
