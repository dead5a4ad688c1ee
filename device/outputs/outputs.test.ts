import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../../test/eventually.ts';
import { endedEvent, ListedEvents } from '../../test/fixtures/ended-events.ts';
import { runOutputs } from '../../test/fixtures/running-outputs.ts';
import { begun, ended } from '../../test/fixtures/told-events.ts';
import { startToldServer, type Told } from '../../test/servers/told-server.ts';

const keyOf = ({ headers }: Told): unknown => headers['idempotency-key'];
const ends = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${endedEvent(index + 1).id}-end`);
const hook = (url: string, more: object = {}) => ({ name: 'log', type: 'webhook', url, stale: '30d', ...more });

describe('outputs', () => {
  let folder: string;
  beforeEach(async () => { folder = await mkdtemp(path.join(tmpdir(), 'tyto-outputs-')); });
  afterEach(() => rm(folder, { recursive: true }));

  it('tell all that happened while the receiver was down, in order and once', async () => {
    const { port } = await unusedPort();
    await using running = await runOutputs(folder, [hook(`http://127.0.0.1:${port}/`)]);
    for (let n = 1; n <= 150; n++) { running.outputs.heard(begun(n)); running.outputs.heard(ended(n)); }
    await eventually('a first failure', () =>
      running.outputs.view().outputs[0]?.problem?.message.includes('cannot be reached') === true);
    await using server = await startToldServer(undefined, port);
    await eventually('all told', () => server.told.length >= 300);
    assert.deepEqual(
      server.told.map(keyOf),
      Array.from({ length: 150 }, (_, n) => ['new', 'end'].map((phase) => `${endedEvent(n + 1).id}-${phase}`)).flat(),
    );
    await eventually('all noted', () => running.outputs.view().outputs[0]?.counts.delivered === 300);
    assert.equal(running.outputs.view().outputs[0]?.problem, null);
  });

  it('do not wait for one another: one hangs, one fails, one is told', async () => {
    await using hanging = await startToldServer(() => 'hang');
    await using failing = await startToldServer(() => ({ status: 500 }));
    await using well = await startToldServer();
    await using running = await runOutputs(
      folder, [hook(hanging.url, { name: 'a' }), hook(failing.url, { name: 'b' }), hook(well.url, { name: 'c' })],
    );
    for (let n = 1; n <= 20; n++) running.outputs.heard(begun(n));
    await eventually('the last is told', () => well.told.length === 20);
    assert.equal(hanging.told.length, 1);
    assert.ok(failing.told.every((one) =>
      keyOf(one) === keyOf(failing.told[0] ?? one)), 'in order: it is tried again before the next');
  });

  it('put aside what is refused, go on, and try it again when asked to', async () => {
    const first = `${endedEvent(1).id}-new`;
    let isMended = false;
    await using server = await startToldServer((told) =>
      ({ status: keyOf(told) === first && !isMended ? 422 : 204, body: 'no such yard' }));
    await using running = await runOutputs(folder, [hook(server.url)]);
    for (const n of [1, 2]) running.outputs.heard(begun(n));
    await eventually('the second is told', () => server.told.length === 2);
    const view = () => running.outputs.view().outputs[0];
    await eventually('both noted', () => view()?.counts.delivered === 1);
    assert.match(view()?.last.find(({ state }) => state === 'dead')?.result ?? '', /answered with 422: no such yard/);
    isMended = true;
    assert.deepEqual(running.outputs.redrive('log'), { redriven: 1 });
    await eventually('it is told', () => view()?.counts.delivered === 2);
    assert.deepEqual(server.told.map(keyOf), [first, `${endedEvent(2).id}-new`, first]);
  });

  it('put aside what the receiver cannot digest after a few attempts', async () => {
    const bad = `${endedEvent(1).id}-new`;
    await using server = await startToldServer((told) => ({ status: keyOf(told) === bad ? 500 : 200 }));
    await using running = await runOutputs(folder, [hook(server.url)]);
    for (const n of [1, 2]) running.outputs.heard(begun(n));
    await eventually('the second is told', () => server.told.some((one) => keyOf(one) !== bad));
    assert.equal(server.told.filter((one) => keyOf(one) === bad).length, 8);
  });

  it('leave a receiver alone for as long as it asks', async () => {
    await using server = await startToldServer((_told, count) =>
      (count === 1 ? { status: 429, headers: { 'Retry-After': '30' } } : { status: 200 }));
    await using running = await runOutputs(folder, [hook(server.url)]);
    running.outputs.heard(begun(1));
    await eventually('refused', () => running.outputs.view().outputs[0]?.problem !== null);
    const { retry_at: at = 0, since = 0 } = running.outputs.view().outputs[0]?.problem ?? {};
    assert.equal(Math.round((at ?? 0) - since), 30);
    await eventually('told', () => server.told.length === 2);
  });

  it('catch up from the catalogue with what ended while nobody listened', async () => {
    await using server = await startToldServer();
    {
      await using running = await runOutputs(folder, [hook(server.url, { when: { phases: ['end'] } })], {
        catalogue: ListedEvents.upTo(3),
      });
      await eventually('three told', () => running.outputs.view().outputs[0]?.counts.delivered === 3);
    }
    await using again = await runOutputs(folder, [hook(server.url, { when: { phases: ['end'] } })], {
      catalogue: ListedEvents.upTo(5),
    });
    await eventually('five told', () => again.outputs.view().outputs[0]?.counts.delivered === 5);
    assert.deepEqual(server.told.map(keyOf), ends(5));
  });

  it('do not tell what is too old', async () => {
    await using server = await startToldServer();
    await using running = await runOutputs(folder, [hook(server.url, { stale: '1s' })], {
      catalogue: ListedEvents.upTo(3),
    });
    running.outputs.heard(begun(4));
    await eventually('told', () => server.told.length === 1);
    assert.deepEqual(server.told.map(keyOf), [`${endedEvent(4).id}-new`]);
  });

  it('try one out past its queue, and say what came of it', async () => {
    await using server = await startToldServer();
    await using running = await runOutputs(folder, [hook(server.url), hook('http://127.0.0.1:1/', { name: 'gone' })]);
    const { signal } = new AbortController();
    const [well, ill, none] = [
      await running.outputs.test('log', signal), await running.outputs.test('gone', signal),
      await running.outputs.test('x', signal),
    ];
    assert.deepEqual([well?.ok, well?.result, ill?.ok, none], [true, 'answered with 204', false, undefined]);
    assert.match(ill?.result ?? '', /cannot be reached \(ECONNREFUSED\)/);
    assert.match(String(server.told[0] && keyOf(server.told[0])), /^test-/);
  });

  it('lose nothing that was queued when the process is killed, again and again, and keep the order', async () => {
    const COUNT = 60;
    await using server = await startToldServer();
    for (let round = 1; round <= 3; round++) {
      const child = fork(
        new URL('../../test/fixtures/outputs-child.ts', import.meta.url), [folder, server.url, String(COUNT)],
      );
      const dead = once(child, 'exit');
      await eventually('some told', () => server.told.length >= Math.min(round * 15, COUNT));
      child.kill('SIGKILL');
      await dead;
    }
    const child = fork(
      new URL('../../test/fixtures/outputs-child.ts', import.meta.url), [folder, server.url, String(COUNT)],
    );
    await eventually('all told', () => new Set(server.told.map(keyOf)).size === COUNT);
    child.kill('SIGKILL');
    const keys = server.told.map(keyOf);
    assert.deepEqual(keys.filter((key, index) =>
      keys[index - 1] !== key), ends(COUNT), 'one that was under way comes again under the same key, and nothing else');
    assert.ok(keys.length <= COUNT + 4);
  });
});

async function unusedPort(): Promise<{ readonly port: number }> {
  await using server = await startToldServer();
  return { port: server.port };
}
