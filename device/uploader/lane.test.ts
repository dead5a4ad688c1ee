import assert from 'node:assert/strict';
import { RemoteError } from '../core/errors.ts';
import { millis, seconds, type Millis } from '../core/units.ts';
import { VirtualClock } from '../runtime/virtual-clock.ts';
import { Lane } from './lane.ts';
import { RETRY } from './retry.ts';

const never = new AbortController().signal;

describe('a store that is away', () => {
  /** How long each of many devices waits after its server was away for an hour. */
  async function waitOf(random: number): Promise<Millis> {
    const clock = new VirtualClock(millis(1_795_252_530_000));
    const landing = { list: () => Promise.reject(new RemoteError('vault.unreachable', 'away')), put: () =>
      Promise.reject(new RemoteError('vault.unreachable', 'away')) };
    const lane = new Lane({
      store: { name: 'vault', landing }, place: 0, device: 'yard', retry: RETRY, clock, random: () => random,
      onBack: () => {}, onProblem: () => {},
    });
    const until = clock.monotonic() + seconds(3600);
    while (clock.monotonic() < until) {
      await lane.ask(never);
      const { readiness } = lane;
      assert.equal(typeof readiness, 'number');
      await clock.advance(millis(Number(readiness)));
    }
    await lane.ask(never);
    return millis(Number(lane.readiness));
  }

  it('is looked for again within half a minute, by many devices at as many times', async () => {
    const waits = await Promise.all(Array.from({ length: 20 }, (_, device) => waitOf(device / 20)));
    assert.ok(waits.every((wait) => wait >= seconds(15) && wait <= seconds(30)), waits.join());
    assert.equal(new Set(waits).size, 20);
    assert.ok(Math.max(...waits) - Math.min(...waits) > seconds(14));
  });
});
