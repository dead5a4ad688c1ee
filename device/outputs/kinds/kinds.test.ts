import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../../../test/e2e/processes.ts';
import { eventually } from '../../../test/eventually.ts';
import { endedEvent } from '../../../test/fixtures/ended-events.ts';
import { outputParts } from '../../../test/fixtures/running-outputs.ts';
import { begun, ended, faceOf } from '../../../test/fixtures/told-events.ts';
import { hastyClock } from '../../../test/hasty-clock.ts';
import { startMailServer } from '../../../test/servers/mail-server.ts';
import { startToldServer, type ToldServer } from '../../../test/servers/told-server.ts';
import { eventMessageSchema, type EventMessage } from '../../contract/event.ts';
import { outputsSchema } from '../../contract/outputs.ts';
import { openOutput } from '../open-output.ts';
import type { OutputParts } from '../parts.ts';
import { Pictures } from '../pictures.ts';
import { DeliveryFault, type Delivery, type Output } from '../port.ts';

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from('a picture \r\n--'), 0xff, 0xd9]);

const make = async (plan: object, parts: Partial<OutputParts> = {}): Promise<Output> => {
  const [only] = outputsSchema.parse([{ name: 'x', ...plan }]);
  assert.ok(only);
  return openOutput(only, outputParts(parts));
};
const delivery = (message: EventMessage = begun(1), skipped = 0): Delivery => {
  const phase = message.type === 'end' ? 'end' : 'new';
  return { key: `${message.after.id}-${phase}`, phase, message, skipped };
};
const soon = (): AbortSignal => AbortSignal.timeout(60_000);
const blameOf = (blame: string, message: RegExp) => (error: unknown): true => {
  assert.ok(error instanceof DeliveryFault);
  assert.deepEqual([error.facts.blame, message.test(error.message) || error.message], [blame, true]);
  return true;
};

/** As if the camera had just shown the best moment of the first event. */
function withPicture(): Partial<OutputParts> {
  const clock = {
    ...hastyClock, now: () => (endedEvent(1).start_time * 1000 + 2000) as ReturnType<typeof hastyClock.now>,
  };
  const pictures = new Pictures('/nowhere', () => undefined, clock);
  pictures.seen(JPEG);
  return { pictures, clock };
}

describe('a webhook', () => {
  it('gets the message of the bus, signed with the time of the attempt', async () => {
    await using server = await startToldServer();
    await using hook = await make({
      type: 'webhook', url: `${server.url}/in?token=1`, secret: 'hush', headers: { 'X-House': 'ours' },
    });
    assert.equal(await hook.send(delivery(begun(1), 2), soon()), 'answered with 204');
    const [told] = server.told;
    assert.ok(told);
    const { delivery: key, skipped, ...message } = JSON.parse(told.body.toString()) as Record<string, unknown>;
    assert.deepEqual([eventMessageSchema.parse(message), key, skipped], [begun(1), `${endedEvent(1).id}-new`, 2]);
    const {
      'x-tyto-timestamp': time, 'x-tyto-signature': signature, 'idempotency-key': same, 'x-house': house,
      'content-type': type,
    } = told.headers;
    assert.equal(
      signature,
      `sha256=${createHmac('sha256', 'hush').update(`${String(time)}.${told.body.toString()}`).digest('hex')}`,
    );
    assert.ok(Math.abs(Number(time) - Date.now() / 1000) < 60);
    assert.deepEqual([same, house, type, told.url], [key, 'ours', 'application/json', '/in?token=1']);
  });

  it('gets a body of the user\'s own, in which no value can break out of its quotes', async () => {
    await using server = await startToldServer();
    await using hook = await make({
      type: 'webhook', url: server.url,
      body: '{"who":"{{ event.sub_label }}","at":"{{event.camera}}","more":{{skipped}}}',
    });
    await hook.send(delivery(begun(1, { sub_label: '","admin":"\\ü' })), soon());
    assert.deepEqual(JSON.parse(server.told[0]?.body.toString() ?? ''), {
      who: '","admin":"\\ü', at: 'camera', more: 0,
    });
  });

  it('is refused for good by 4xx and redirects, and not by what may pass', async () => {
    const answers = [[404, 'never'], [302, 'never'], [500, 'message'], [503, 'receiver'], [429, 'receiver']] as const;
    for (const [status, blame] of answers) {
      await using server = await startToldServer(() =>
        ({ status, headers: { Location: 'http://127.0.0.1:1/', 'Retry-After': '7' } }));
      await using hook = await make({ type: 'webhook', url: `${server.url}/secret-path` });
      await assert.rejects(hook.send(
        delivery(), soon(),
      ), (error) => blameOf(blame, new RegExp(`answered with ${status}`))(error)
        && !(error as Error).message.includes('secret-path')
        && ((error as DeliveryFault).facts.after ?? 7000) === 7000);
      assert.equal(server.told.length, 1);
    }
  });

  it('is given up when its time is over, however slowly it goes on answering', async () => {
    await using server = await startToldServer(() => 'hang');
    await using hook = await make({ type: 'webhook', url: server.url });
    await assert.rejects(hook.send(delivery(), AbortSignal.timeout(50)));
  });

  it('may answer with more than anybody wants to read', async () => {
    await using server = await startToldServer(() => ({ status: 200, body: 'x'.repeat(1_000_000) }));
    await using hook = await make({ type: 'webhook', url: server.url });
    assert.equal(await hook.send(delivery(), soon()), 'answered with 200');
  });
});

describe('a program on a port', () => {
  it('gets a line for each, over one connection, and over another one when that broke', async () => {
    const connections: Socket[] = [];
    const lines: string[] = [];
    const server = createServer((socket) => {
      connections.push(socket);
      socket.setEncoding('utf8').on('data', (text: string) => { lines.push(...text.trimEnd().split('\n')); }).on(
        'error', () => {},
      );
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    const { port } = server.address() as AddressInfo;
    await using out = await make({ type: 'tcp', host: '127.0.0.1', port });
    await out.send(delivery(), soon());
    await out.send(delivery(ended(1)), soon());
    await eventually('two lines', () => lines.length === 2);
    assert.deepEqual(lines.map((line) => (JSON.parse(line) as EventMessage).type), ['new', 'end']);
    assert.equal(connections.length, 1);
    connections[0]?.destroy();
    await eventually('a line over another connection', async () => {
      await out.send(delivery(begun(2)), soon());
      return connections.length === 2;
    });
    server.close();
    for (const each of connections) each.destroy();
    await eventually('it is gone', () =>
      out.send(delivery(), soon()).then(() => false, blameOf('receiver', /cannot be reached/)));
  });
});

describe('a script', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tyto-script-'));
    file = path.join(folder, 'told.sh');
  });
  afterEach(() => rm(folder, { recursive: true }));
  const script = async (body: string, ...args: string[]): Promise<Output> => {
    await writeFile(file, `#!/bin/sh\n${body}\n`);
    await chmod(file, 0o755);
    return make({ type: 'script', command: [file, ...args] });
  };

  it('gets its arguments as they are, the event on its input, and nothing of our environment', async () => {
    const out = await script(
      `printf '%s' "$1" > ${folder}/argument; cat > ${folder}/input; env > ${folder}/environment; echo thanks`,
      '$(touch /evil); "x"',
    );
    assert.equal(await out.send(delivery(), soon()), 'ended well: thanks');
    assert.equal(await readFile(`${folder}/argument`, 'utf8'), '$(touch /evil); "x"');
    assert.equal((JSON.parse(await readFile(`${folder}/input`, 'utf8')) as EventMessage).after.id, endedEvent(1).id);
    const names = (await readFile(`${folder}/environment`, 'utf8')).split('\n').map((line) => line.split('=')[0])
      .filter((name) => name?.startsWith('TYTO'));
    assert.deepEqual(names.toSorted((a = '', b = '') =>
      a.localeCompare(b)), ['TYTO_DELIVERY', 'TYTO_EVENT', 'TYTO_PHASE']);
  });

  it('is killed with all that it started when its time is over', async () => {
    const out = await script(`sleep 600 & echo $! > ${folder}/begun; sleep 600`);
    const over = new AbortController();
    const sent = assert.rejects(out.send(delivery(), over.signal));
    const pid = await eventually('it has begun', async () =>
      Number(await readFile(`${folder}/begun`, 'utf8').catch(() => '')) || undefined);
    over.abort(new Error('its time is over'));
    await sent;
    await eventually('none of it is left', () => !isAlive(pid));
  });

  it('says what went wrong, in a few words', async () => {
    await assert.rejects(
      (await script(`yes complaint | head -n 100000 >&2; exit 3`)).send(delivery(), soon()),
      blameOf('message', /^exit code 3: complaint[\s\S]{0,200}$/),
    );
    await assert.rejects((await script('exit 75')).send(delivery(), soon()), blameOf('receiver', /75/));
    await assert.rejects(
      (await make({ type: 'script', command: ['/no/such/program'] })).send(delivery(), soon()),
      blameOf('receiver', /cannot be started/),
    );
  });
});

describe('notices for people', () => {
  let server: ToldServer;
  const start = async (...given: Parameters<typeof startToldServer>): Promise<string> => {
    server = await startToldServer(...given);
    return server.url;
  };
  afterEach(() => server[Symbol.asyncDispose]());
  const bodies = (): string[] => server.told.map(({ body }) => body.toString('latin1'));

  it('go to ntfy with the picture as the body and words of any script in headers', async () => {
    await using out = await make(
      { type: 'ntfy', server: await start(), topic: 'hof', token: 'tk_1', priority: 5 }, withPicture(),
    );
    assert.equal(await out.send(
      delivery(begun(1, { kinds: ['motion', 'face'], faces: [faceOf('Zoë Ångström')], entered_zones: ['drive'] })),
      soon(),
    ), 'answered with 204, with picture');
    const [told] = server.told;
    assert.ok(told);
    assert.deepEqual(
      [told.method, told.url, told.headers['authorization'], told.headers['priority'], told.headers['filename']],
      ['PUT', '/hof', 'Bearer tk_1', '5', 'event.jpg'],
    );
    assert.deepEqual(told.body, JPEG);
    const words = (name: string) =>
      String(told.headers[name]).replaceAll(
        /=\?UTF-8\?B\?([^?]*)\?= ?/g, (_, text: string) => Buffer.from(text, 'base64').toString(),
      );
    assert.equal(words('title'), 'Zoë Ångström: camera');
    assert.match(words('message'), /^camera, drive, 21 Nov, 09:00:20$/);
  });

  it('go to ntfy without a picture where there is none', async () => {
    await using out = await make({
      type: 'ntfy', server: await start(), topic: 'hof', message: 'Look: {{event.kinds}}', picture: false,
    });
    await out.send(delivery(), soon());
    assert.deepEqual([server.told[0]?.method, bodies()[0]], ['POST', 'Look: motion']);
  });

  it('go to Telegram as a photo with a caption', async () => {
    await using out = await make(
      { type: 'telegram', server: await start(), token: '1:abc', chat: '-100' }, withPicture(),
    );
    await out.send(delivery(begun(1), 3), soon());
    assert.equal(server.told[0]?.url, '/bot1:abc/sendPhoto');
    const [body = ''] = bodies();
    assert.ok(body.includes(JPEG.toString('latin1')));
    assert.match(body, /name="chat_id"\r\n\r\n-100\r\n/);
    assert.match(body, /name="caption"\r\n\r\nMovement: camera\ncamera, 21 Nov, 09:00:20 \(and 3 more before it\)\r\n/);
  });

  it('go to Telegram as text, and its token is in no message', async () => {
    await using out = await make({
      type: 'telegram', server: await start(() => ({ status: 401, body: '{"ok":false,"description":"Unauthorized"}' })),
      token: '1:abc', chat: '5', picture: false,
    });
    await assert.rejects(out.send(delivery(), soon()), (error) =>
      blameOf('never', /answered with 401: .*Unauthorized/)(error) && !(error as Error).message.includes('1:abc'));
    assert.equal(server.told[0]?.url, '/bot1:abc/sendMessage');
  });

  it('go to Pushbullet, the picture first', async () => {
    const url = await start((told) => (told.url === '/v2/upload-request'
      ? { status: 200, body: JSON.stringify({
        file_name: 'event.jpg', file_type: 'image/jpeg', file_url: 'https://dl/event.jpg',
        upload_url: `http://${told.headers.host}/put`,
      }) }
      : { status: 200, body: '{}' }));
    await using out = await make({ type: 'pushbullet', server: url, token: 'o.x' }, withPicture());
    await out.send(delivery(), soon());
    assert.deepEqual(server.told.map((told) => [told.url, told.headers['access-token']]), [
      ['/v2/upload-request', 'o.x'], ['/put', undefined], ['/v2/pushes', 'o.x'],
    ]);
    assert.ok(bodies()[1]?.includes(JPEG.toString('latin1')));
    const { type, file_url: file, guid, title } = JSON.parse(bodies()[2] ?? '') as Record<string, unknown>;
    assert.deepEqual(
      [type, file, guid, title], ['file', 'https://dl/event.jpg', `${endedEvent(1).id}-new`, 'Movement: camera'],
    );
  });
});

describe('mail', () => {

  it('goes to all who are named, with the picture', async () => {
    await using server = await startMailServer();
    await using out = await make({
      type: 'email', server: `smtp://127.0.0.1:${server.port}`, from: 'owl@house.example',
      to: ['ann@house.example', 'bob@house.example'],
    }, withPicture());
    assert.equal(await out.send(delivery(), soon()), 'sent, with picture');
    const [mail] = server.mails;
    assert.deepEqual([mail?.from, mail?.to], ['owl@house.example', ['ann@house.example', 'bob@house.example']]);
    assert.match(mail?.data ?? '', /^Subject: Movement: camera$/m);
    assert.match(mail?.data ?? '', new RegExp(`^Message-ID: <${endedEvent(1).id}-new@yard\\.tyto\\.invalid>$`, 'm'));
    assert.ok(mail?.data.includes(JPEG.toString('base64')));
  });

  it('that is refused is not sent again; a server that is away is asked again', async () => {
    await using server = await startMailServer('550 no such sender');
    await using refused = await make({
      type: 'email', server: `smtp://127.0.0.1:${server.port}`, from: 'a@b.c', to: ['a@b.c'], picture: false,
    });
    await assert.rejects(refused.send(delivery(), soon()), blameOf('never', /550 no such sender/));
    await using away = await make({
      type: 'email', server: 'smtp://127.0.0.1:1', from: 'a@b.c', to: ['a@b.c'], picture: false,
    });
    await assert.rejects(away.send(delivery(), soon()), blameOf('receiver', /does not take it/));
  });

  it('gives its password to nobody without TLS', async () => {
    await using server = await startMailServer();
    await using out = await make({
      type: 'email', server: `smtp://127.0.0.1:${server.port}`, user: 'ann', password: 'hush', from: 'a@b.c',
      to: ['a@b.c'], picture: false,
    });
    await assert.rejects(out.send(delivery(), soon()), blameOf('receiver', /ETLS|does not take it/));
    assert.equal(server.mails.length, 0);
  });
});
