import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectAsync } from 'mqtt';
import { millis } from '../../../device/core/units.ts';
import { eventually } from '../../../test/eventually.ts';
import { CutLine } from '../../../test/fixtures/cut-line.ts';
import { accepted, eventOf, ListedNews, tell, tellingFolder } from '../../../test/fleet/telling.ts';
import { startKafka, type Kafka } from '../../../test/servers/kafka.ts';
import { startMosquitto, USER } from '../../../test/servers/mosquitto.ts';
import { REGION, startSqs } from '../../../test/servers/sqs.ts';
import { startToldServer } from '../../../test/servers/told-server.ts';
import type { HeardNews } from '../ports.ts';

/** `npm run bench -- events` has ten thousand. */
const EVENTS = 200;
/** For what hangs: a busy disk may be slow. */
const LONG = 60_000;
const DEVICES = ['yard', 'shed', 'gate', 'door'];

/** Events of four devices. */
function manyEvents(): ListedNews {
  const news = new ListedNews();
  for (let n = 1; n <= EVENTS / DEVICES.length; n++)
    for (const device of DEVICES) news.all.push(accepted(eventOf(n, { device })));
  return news;
}
const idsOf = (news: ListedNews, device?: string): readonly string[] => news.all.flatMap((one) =>
  (one.what === 'accepted' && (device === undefined || one.row.event.device === device)
    ? [`${one.row.event.device}/${one.row.event.id}/accepted`]
    : []));
/** All of them, in the order of each device; repetitions aside. */
function assertAll(news: ListedNews, told: readonly string[]): void {
  for (const device of DEVICES)
    assert.deepEqual([...new Set(told.filter((id) => id.startsWith(device)))], idsOf(news, device));
}
const rejectedBelow = (device: string): HeardNews => ({
  at: millis(1_795_262_400_000), what: 'rejected',
  rejection: { key: `${device}/a.json`, device, code: 'manifest.not-json', message: 'no JSON', delivery: '1' },
});
const idIn = (body: string): string => (JSON.parse(body) as { id: string }).id;

describe('publishers of events', function () {
  let place: Awaited<ReturnType<typeof tellingFolder>>;
  beforeEach(async () => { place = await tellingFolder(); });
  afterEach(() => place[Symbol.asyncDispose]());

  /** Tells many events to a server that is away when they come. */
  async function tellMany(plan: object, back: () => Promise<void> | void): Promise<ListedNews> {
    const [news, { folder }] = [manyEvents(), place];
    { await using _ = await tell({ folder, news: new ListedNews(), plans: [plan] }); } // from before the first of them
    await using running = await tell({ folder, news, plans: [plan] });
    await eventually('all noted, and the server missed', () => {
      const [view] = running.events.views();
      return view?.counts.waiting === EVENTS && view.problem !== undefined;
    }, LONG);
    await back();
    await eventually('all told', () => running.events.views()[0]?.counts.told === EVENTS, LONG);
    assert.equal(running.events.views()[0]?.problem, undefined);
    return news;
  }

  describe('to Kafka', () => {
    let kafka: Kafka | undefined;
    before(async function () {
      kafka = await startKafka();
      if (kafka === undefined) {
        console.log('      skipped: kcat is not installed; type: sudo apt-get install kcat');
        this.skip();
      }
    });
    after(() => kafka?.[Symbol.asyncDispose]());

    it('tell all, in order per device, after the broker was away', async () => {
      const server = kafka;
      assert.ok(server);
      server.pause();
      const plan = { name: 'bus', type: 'kafka', brokers: [server.broker], topic: 'events', timeout: '2s' };
      const news = await tellMany(plan, () => server.resume());
      const records = server.read('events');
      assertAll(news, records.map(({ value }) => idIn(value)));
      assert.ok(records.every(({ key, value, headers }) =>
        idIn(value).startsWith(`${key}/`) && headers.includes(`id=${idIn(value)}`)));
      for (const device of DEVICES)
        assert.equal(new Set(records.filter(({ key }) => key === device).map(({ partition }) => partition)).size, 1);
    });
  });

  it('to SQS tell all after the queue was away', async () => {
    await using before = await startSqs();
    const queue = before.queue('events');
    await before[Symbol.asyncDispose]();
    const plan = {
      name: 'queue', type: 'sqs', queue, region: REGION, access_key_id: 'x', secret_access_key: 'y', timeout: '5s',
    };
    await using stack = new AsyncDisposableStack();
    let read: () => readonly string[] = () => [];
    const news = await tellMany(plan, async () => {
      const sqs = stack.use(await startSqs(before.port));
      sqs.queue('events');
      read = () => sqs.messages('events').map(({ body }) => idIn(body));
    });
    assert.deepEqual([...new Set(read())].sort(), [...idsOf(news)].sort());
  });

  it('to a FIFO queue of SQS keep the order of each device, and refuse no others for one that is too large', async () => {
    await using sqs = await startSqs();
    const plan = {
      name: 'queue', type: 'sqs', queue: sqs.queue('events.fifo'), region: REGION, access_key_id: 'x',
      secret_access_key: 'y',
    };
    const { folder } = place;
    const news = new ListedNews();
    await using running = await tell({ folder, news, plans: [plan] });
    for (let n = 1; n <= 10; n++) for (const device of DEVICES) news.all.push(accepted(eventOf(n, { device })));
    news.all.push(accepted(eventOf(11, { sub_label: 'x'.repeat(2_000_000) })), accepted(eventOf(12)));
    await eventually('all told that can be', () => running.events.views()[0]?.counts.told === 41, LONG);
    const messages = sqs.messages('events.fifo');
    for (const device of DEVICES) {
      const told = messages.filter(({ group }) => group === device).map(({ body }) => idIn(body));
      assert.deepEqual(told.slice(0, 10), idsOf(news, device).slice(0, 10));
    }
    assert.deepEqual(messages[0]?.attributes, {
      id: idIn(messages[0]?.body ?? ''), type: 'event.accepted', device: idIn(messages[0]?.body ?? '').split('/')[0],
    });
    assert.equal(
      (await eventually('put aside', () => running.events.views()[0]?.dead[0], LONG)).id,
      `yard/${eventOf(11).id}/accepted`,
    );
  });

  it('to MQTT tell all, in order, after the line was cut, and while it is', async function () {
    const free = await startToldServer();
    const { port } = free;
    await free[Symbol.asyncDispose]();
    const started = await startMosquitto(port);
    if (started === undefined) {
      console.log('      skipped: mosquitto is not installed');
      return this.skip();
    }
    await using _ = started;
    const told: string[] = [];
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, USER);
    client.on('message', (_topic, payload) => { told.push(idIn(payload.toString())); });
    await client.subscribeAsync('tyto/fleet/+/event.accepted', { qos: 1 });
    await using line = await CutLine.to(`http://127.0.0.1:${port}`);
    line.down();
    const plan = { name: 'house', type: 'mqtt', url: line.by(`mqtt://127.0.0.1:${port}`), ...USER, timeout: '20s' };
    const news = await tellMany(plan, async () => {
      line.up();
      await eventually('some of them', () => told.length > 0, LONG);
      line.down();
      line.up();
    });
    await eventually('the last of them', () => new Set(told).size === EVENTS, LONG);
    assertAll(news, told);
    news.all.push(rejectedBelow('Камера\n+#$\u0001'), accepted(eventOf(1, { device: 'last' })));
    await using again = await tell({ folder: place.folder, news, plans: [plan] });
    await eventually('what no topic may hold, and what came after it', () =>
      again.events.views()[0]?.counts.told === EVENTS + 2, LONG);
    await client.endAsync(true);
  });

  it('to a webhook sign what they say, and wait as long as they are asked to', async () => {
    await using server = await startToldServer((_told, count) =>
      (count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 204 }));
    const news = new ListedNews();
    await using running = await tell({
      folder: place.folder, news,
      plans: [{ name: 'hook', type: 'webhook', url: `${server.url}/in`, secret: 'shared', headers: { 'X-Own': '1' } }],
    });
    news.all.push(accepted(eventOf(1)));
    await eventually('told', () => running.events.views()[0]?.counts.told === 1);
    const { headers, body } = server.told[1] ?? {};
    assert.deepEqual([server.told.length, headers?.['idempotency-key'], headers?.['x-own'], server.told[1]?.method], [
      2, idIn(body?.toString() ?? ''), '1', 'POST',
    ]);
    const signature = createHmac('sha256', 'shared')
      .update(`${String(headers?.['x-tyto-timestamp'])}.${body?.toString()}`)
      .digest('hex');
    assert.equal(headers?.['x-tyto-signature'], `sha256=${signature}`);
  });

  it('to a webhook tell of what lay below a name that no header may hold', async () => {
    await using server = await startToldServer(() => ({ status: 204 }));
    const news = new ListedNews();
    await using running = await tell({
      folder: place.folder, news, plans: [{ name: 'hook', type: 'webhook', url: server.url }],
    });
    news.all.push(rejectedBelow('Камера\n'), rejectedBelow('yard'));
    await eventually('told', () => running.events.views()[0]?.counts.told === 2);
    assert.deepEqual(server.told.map(({ headers }) => String(headers['idempotency-key']).split('/')[0]), ['-', 'yard']);
  });

  it('to a webhook hear no more of an answer than its beginning', async () => {
    const server = createServer((_, answer) => {
      const more = (): void => { while (!answer.destroyed && answer.write('x'.repeat(1000))); };
      answer.on('drain', more).on('error', () => {});
      more();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const news = new ListedNews();
      await using running = await tell({
        folder: place.folder, news,
        plans: [{ name: 'hook', type: 'webhook', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }],
      });
      news.all.push(accepted(eventOf(1)));
      await eventually('told', () => running.events.views()[0]?.counts.told === 1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('to a webhook put aside what is refused, and follow no redirect', async () => {
    await using server = await startToldServer((_told, count) =>
      (count === 1 ? { status: 302, headers: { location: '/elsewhere' } } : { status: 400, body: 'what is this?' }));
    const news = new ListedNews();
    await using running = await tell({
      folder: place.folder, news, plans: [{ name: 'hook', type: 'webhook', url: server.url }],
    });
    news.all.push(accepted(eventOf(1)), accepted(eventOf(2)));
    await eventually('put aside', () => running.events.views()[0]?.dead.length === 2);
    assert.deepEqual(running.events.views()[0]?.dead.map(({ result }) =>
      result), ['answered with 400: what is this?', 'answered with 302; redirects are not followed']);
  });
});
