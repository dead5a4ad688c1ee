/**
 * Ten thousand events for each kind of receiver while it is away: what it costs to note them, and whether
 * all are told, in order per device.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync } from 'mqtt';
import { eventually } from '../eventually.ts';
import { CutLine } from '../fixtures/cut-line.ts';
import { accepted, eventOf, ListedNews, tell } from '../fleet/telling.ts';
import { freePort } from '../free-port.ts';
import { startKafka } from '../servers/kafka.ts';
import { startMosquitto, USER } from '../servers/mosquitto.ts';
import { REGION, startSqs } from '../servers/sqs.ts';
import { startToldServer } from '../servers/told-server.ts';

export interface FleetEventsResult {
  readonly what: string;
  /** Events noted in the outbox in a second. */
  readonly noted: number;
  /** Messages told in a second, once the receiver is there. */
  readonly told: number;
  readonly twice: number;
  readonly missing: number;
  readonly inOrder: boolean;
}

/** A receiver that is away at first. */
interface Receiver extends AsyncDisposable {
  readonly plan: object;
  come(): Promise<void> | void;
  /** Bodies, in the order in which they came, of each device. */
  bodies(): readonly string[];
}

const DEVICES = 20;

/** Left out where its server is not installed. */
export async function* measureFleetEvents(events: number): AsyncGenerator<FleetEventsResult> {
  for (const [what, open] of Object.entries({ Kafka: kafka, 'SQS, FIFO': sqs, MQTT: mqtt, webhook })) {
    await using receiver = await open();
    if (receiver !== undefined) yield { what, ...await measure(receiver, events) };
  }
}

async function measure(receiver: Receiver, events: number): Promise<Omit<FleetEventsResult, 'what'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tyto-fleet-events-'));
  try {
    const news = new ListedNews();
    { await using _ = await tell({ folder, news, plans: [receiver.plan] }); } // it is known before the first of them
    const expected: string[] = [];
    for (let n = 0; n < events; n++) {
      const event = eventOf(Math.floor(n / DEVICES) + 1, { device: `camera-${n % DEVICES}` });
      news.all.push(accepted(event));
      expected.push(`${event.device}/${event.id}/accepted`);
    }
    const began = performance.now();
    await using running = await tell({ folder, news, plans: [receiver.plan] });
    const counts = () => running.events.views()[0]?.counts;
    await eventually('all noted', () => counts()?.waiting === events, 120_000);
    const noted = performance.now();
    await receiver.come();
    await eventually('all told', () => counts()?.told === events, 600_000);
    const told = performance.now();
    const got = await eventually('all arrived', () => {
      const ids = receiver.bodies().map((body) => (JSON.parse(body) as { id: string }).id);
      return ids.length >= events ? ids : undefined;
    }, 60_000);
    const firsts = [...new Set(got)];
    const of = (ids: readonly string[], device: number): string =>
      ids.filter((id) => id.startsWith(`camera-${device}/`)).join();
    return {
      noted: events / ((noted - began) / 1000),
      told: events / ((told - noted) / 1000), twice: got.length - firsts.length,
      missing: expected.length - firsts.length,
      inOrder: Array.from({ length: DEVICES }, (_, n) => n).every((n) => of(firsts, n) === of(expected, n)),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function kafka(): Promise<Receiver | undefined> {
  const server = await startKafka();
  if (server === undefined) return undefined;
  server.pause();
  return {
    plan: { name: 'kafka', type: 'kafka', brokers: [server.broker], topic: 'events', timeout: '2s' },
    come: () => server.resume(), bodies: () => server.read('events').map(({ value }) => value),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function sqs(): Promise<Receiver> {
  const first = await startSqs();
  const queue = first.queue('events.fifo');
  await first[Symbol.asyncDispose]();
  const stack = new AsyncDisposableStack();
  const back: { server?: Awaited<ReturnType<typeof startSqs>> } = {};
  return {
    plan: {
      name: 'sqs', type: 'sqs', queue, region: REGION, access_key_id: 'x', secret_access_key: 'y', timeout: '2m',
    },
    come: async () => {
      back.server = stack.use(await startSqs(first.port));
      back.server.queue('events.fifo');
    },
    bodies: () => (back.server?.messages('events.fifo') ?? []).map(({ body }) => body),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function mqtt(): Promise<Receiver | undefined> {
  const server = await startMosquitto(await freePort());
  if (server === undefined) return undefined;
  const bodies: string[] = [];
  const stack = new AsyncDisposableStack();
  stack.use(server);
  const client = await connectAsync(`mqtt://127.0.0.1:${server.port}`, { ...USER });
  stack.defer(() => client.endAsync(true));
  client.on('message', (_topic, payload) => { bodies.push(payload.toString()); });
  await client.subscribeAsync('tyto/fleet/#', { qos: 1 });
  const line = stack.use(await CutLine.to(`http://127.0.0.1:${server.port}`));
  line.down();
  return {
    plan: { name: 'mqtt', type: 'mqtt', url: line.by(`mqtt://127.0.0.1:${server.port}`), ...USER, timeout: '20s' },
    come: () => line.up(), bodies: () => bodies, [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function webhook(): Promise<Receiver> {
  const port = await freePort();
  const stack = new AsyncDisposableStack();
  const back: { server?: Awaited<ReturnType<typeof startToldServer>> } = {};
  return {
    plan: { name: 'webhook', type: 'webhook', url: `http://127.0.0.1:${port}/` },
    come: async () => { back.server = stack.use(await startToldServer(undefined, port)); },
    bodies: () => (back.server?.told ?? []).map(({ body }) => body.toString()),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
