import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { call } from '../../test/http/client.ts';
import { eventually } from '../../test/eventually.ts';
import { millis, seconds } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Visits } from './visits.ts';

describe('visits of a service', () => {
  it('tell for how long nobody has come, and whether anybody ever has; programs that always ask are nobody', async () => {
    const clock = new VirtualClock(millis(0));
    const visits = new Visits(clock, ['/healthz']);
    const server = createServer(visits.of({ handle: (_request, response) => { response.end('{}'); } }).handle);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      await clock.advance(seconds(20));
      await call(port, 'GET', '/healthz');
      assert.deepEqual([visits.hadAny, visits.quietFor], [false, seconds(20)]);
      await call(port, 'GET', '/');
      await eventually('it is over', () => visits.quietFor === 0);
      await clock.advance(seconds(5));
      await eventually('time passes since', () => visits.quietFor === seconds(5));
      assert.equal(visits.hadAny, true);
    } finally {
      server.close();
    }
  });
});
