/**
 * Ten thousand events while a webhook is down: what it costs to keep them, and whether all arrive, once and in order.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { endedEvent } from '../fixtures/ended-events.ts';
import { runOutputs } from '../fixtures/running-outputs.ts';
import { begun } from '../fixtures/told-events.ts';
import { freePort } from '../free-port.ts';
import { startToldServer } from '../servers/told-server.ts';

export interface ToldResult {
  readonly events: number;
  /** Milliseconds that noting one took, at the median and at most. */
  readonly noted: { readonly median: number; readonly most: number };
  /** Bytes of the outbox when all wait. */
  readonly bytes: number;
  /** Deliveries a second once the receiver is there. */
  readonly rate: number;
  readonly inOrder: boolean;
  readonly twice: number;
}

export async function measureTold(events: number): Promise<ToldResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-told-'));
  try {
    const port = await freePort();
    await using running = await runOutputs(
      folder, [{ name: 'log', type: 'webhook', url: `http://127.0.0.1:${port}/`, stale: '30d' }],
    );
    const took: number[] = [];
    for (let n = 1; n <= events; n++) {
      const began = performance.now();
      running.outputs.heard(begun(n));
      took.push(performance.now() - began);
      if (n % 100 === 0) await new Promise((resolve) => { setImmediate(resolve); });
    }
    took.sort((a, b) => a - b);
    const sizes = await Promise.all((await readdir(folder)).map(async (name) =>
      (await stat(path.join(folder, name))).size));
    await using server = await startToldServer(undefined, port);
    const began = performance.now();
    await eventually('all told', () => running.outputs.view().outputs[0]?.counts.delivered === events, 600_000);
    const seconds = (performance.now() - began) / 1000;
    const keys = server.told.map(({ headers }) => String(headers['idempotency-key']));
    const firsts = [...new Set(keys)];
    return {
      events, noted: { median: took[Math.floor(events / 2)] ?? NaN, most: took.at(-1) ?? NaN },
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      rate: events / seconds,
      inOrder: firsts.length === events && firsts.every((key, index) => key === `${endedEvent(index + 1).id}-new`),
      twice: keys.length - firsts.length,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
