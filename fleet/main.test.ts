import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mailFolderOf } from '../device/contract/mail.ts';
import { parseRequestKey } from '../device/contract/mail.ts';
import type { FleetEventsView, FleetStatusView } from '../device/contract/fleet-api.ts';
import { FINDINGS_FOLDER } from '../device/contract/fleet-findings.ts';
import { run, type Running } from '../test/e2e/processes.ts';
import { eventually } from '../test/eventually.ts';
import { filesBelow } from '../test/files-below.ts';
import { makeClip, makePicture } from '../test/fleet/footage.ts';
import { land, uploadOf } from '../test/fleet/uploads.ts';
import { call } from '../test/http/client.ts';
import { startToldServer } from '../test/servers/told-server.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const NOON = Date.parse('2026-11-21T12:00:00Z');

describe('tyto-fleet', () => {
  let home: string;
  beforeEach(async () => { home = await mkdtemp(path.join(tmpdir(), 'tyto-fleet-')); });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const tytoFleet = (args: readonly string[], env: Record<string, string> = {}): Running =>
    run(process.execPath, [MAIN, ...args], env);
  const at = (name: string): string => path.join(home, name);
  const serve = (...args: readonly string[]): Running =>
    tytoFleet(['serve', '--landing', at('landing'), '--data', at('fleet'), '--port', '0', ...args], {
      TYTO_FLEET_POLL: '100ms',
    });
  const portOf = async ({ printed, child }: Running): Promise<number> =>
    Number(
      await eventually(
        "the page's address",
        () => {
          assert.equal(child.exitCode, null, printed());
          return /http:\/\/localhost:(\d+)\//.exec(printed())?.[1];
        },
      ),
    );

  it('takes uploads in, shows them, and stops within three seconds', async () => {
    await using fleet = serve();
    const port = await portOf(fleet);
    assert.match(fleet.printed(), /^Tyto fleet \S+ starts on \S+\/fleet; [^]*^Tyto fleet is there\n {2}page/m);
    assert.match(fleet.printed(), /landing {3}\S+\/landing \(made just now: it was not there\)/);
    const upload = uploadOf({ clip: await makeClip(1), picture: await makePicture() }, { at: NOON });
    await land(at('landing'), upload.objects);
    const { cookie } = await call(port, 'POST', '/api/owner', { body: { password: 'gutter lantern 41' } });
    const events = async () =>
      ((await call(port, 'GET', '/api/events', { headers: { cookie } })).body as FleetEventsView).events;
    const [shown] = await eventually(
      'the event',
      async () => {
        const found = await events();
        return found.length > 0 && found;
      },
    );
    assert.deepEqual(shown?.event, upload.event);
    assert.equal((await call(port, 'GET', shown?.links.clip ?? '')).status, 200);
    const { landing } = (await call(port, 'GET', '/api/status', { headers: { cookie } })).body as FleetStatusView;
    assert.deepEqual(landing, { place: at('landing'), trouble: null, unreadable: [] });
    const { code, took } = await fleet.stop('SIGINT');
    assert.deepEqual([code, took < 3000], [0, true], `${took} ms ${fleet.printed()}`);
    assert.match(fleet.printed(), /fleet: tyto-fleet has stopped\n$/);
  });

  it('is not started with a library that lacks what was filed, unless somebody says so', async () => {
    const upload = uploadOf({ picture: await makePicture() }, { at: NOON });
    await land(at('landing'), upload.objects);
    await using first = serve();
    await eventually('the event in the library', async () =>
      (await filesBelow(at('fleet/library'))).some((key) => key.endsWith('.json'))
      && (await filesBelow(at('landing'))).every((key) => mailFolderOf(key) !== undefined));
    await first.stop('SIGINT');
    await using second = serve('--library', at('other'));
    await eventually('its end', () => second.child.exitCode !== null);
    assert.equal(second.child.exitCode, 78);
    assert.match(
      second.printed(),
      /until now events were filed into \S+\/fleet\/library, and the library is \S+\/other now, which holds none of the 1 events/,
    );
    await using accepted = serve('--library', at('other'), '--accept-library', at('other'));
    const port = await portOf(accepted);
    const { cookie } = await call(port, 'POST', '/api/owner', { body: { password: 'gutter lantern 41' } });
    const { library } = (await call(port, 'GET', '/api/status', { headers: { cookie } })).body as FleetStatusView;
    assert.equal(library.place, at('other'));
    assert.match(library.trouble ?? '', /which were filed into \S+\/fleet\/library/);
    await accepted.stop('SIGINT');
    await rename(at('other'), at('empty'));
    await rename(at('fleet/library'), at('other'));
    await using moved = serve('--library', at('other'));
    assert.equal(
      ((await call(
        await portOf(moved), 'GET', '/api/status', { headers: { cookie } },
      )).body as FleetStatusView).library.trouble,
      null,
    );
  });

  it('tells a webhook what it takes in, and lets a rule ask the device for the clip', async () => {
    await using hook = await startToldServer();
    await using fleet = run(process.execPath, [
      MAIN, 'serve', '--landing', at('landing'), '--data', at('fleet'), '--port', '0',
    ], {
      TYTO_FLEET_POLL: '100ms',
      TYTO_FLEET_EVENTS: JSON.stringify([
        { name: 'hook', type: 'webhook', url: hook.url, links: { base: 'http://fleet.example/' } },
      ]),
      TYTO_FLEET_ASK: JSON.stringify([{ name: 'all', kinds: ['motion'] }]),
    });
    await portOf(fleet);
    const { event, objects } = uploadOf({ picture: await makePicture() }, { at: NOON });
    const manifest = [...objects.keys()].find((key) => key.endsWith('.json')) ?? '';
    const held = {
      ...JSON.parse(Buffer.from(objects.get(manifest) ?? '').toString()) as object,
      held: [{ role: 'clip', bytes: 5000 }],
    };
    await land(at('landing'), new Map([...objects, [manifest, Buffer.from(JSON.stringify(held))]]));
    const told = () => hook.told.map(({ body }) =>
      JSON.parse(body.toString()) as { type: string; event?: object; links?: { picture: string } });
    await eventually('both told', () => told().length === 2);
    assert.deepEqual(told().map(({ type }) => type), ['device.first_seen', 'event.accepted']);
    assert.deepEqual(told()[1]?.event, event);
    assert.match(told()[1]?.links?.picture ?? '', /^http:\/\/fleet\.example\/media\/yard\//);
    const requested = async () =>
      (await filesBelow(at('landing'))).map((key) => parseRequestKey(key)).find((one) => one?.event === event.id);
    await eventually('the request', async () => await requested() !== undefined);
  });

  it('comes to the same end when it is killed again and again', async () => {
    const footage = { clip: await makeClip(1), picture: await makePicture() };
    const uploads = Array.from({ length: 6 }, (_, n) =>
      uploadOf(footage, { at: NOON + n * 1000, device: n % 2 === 0 ? 'yard' : 'shed' }),
    );
    for (const { objects } of uploads) await land(at('landing'), objects);
    const left = async (): Promise<number> =>
      (await filesBelow(at('landing'))).filter((key) => mailFolderOf(key) === undefined).length;
    for (let round = 0; round < 3; round++) {
      await using fleet = serve();
      const before = await left();
      await eventually(
        'some work',
        async () => {
          assert.equal(fleet.child.exitCode, null, fleet.printed());
          return (await left()) < before;
        },
      );
    }
    await using fleet = serve();
    const port = await portOf(fleet);
    await eventually('an empty landing', async () => await left() === 0);
    const { cookie } = await call(port, 'POST', '/api/owner', { body: { password: 'gutter lantern 41' } });
    const { body } = await call(port, 'GET', '/api/events', { headers: { cookie } });
    assert.deepEqual(await filesBelow(at('fleet/quarantine')), [], 'nothing sound is rejected');
    assert.deepEqual(
      (body as FleetEventsView).events.map(({ event }) => event),
      uploads.map(({ event }) => event).reverse(),
    );
    // thumbnails that the devices did not send
    const isOurs = (key: string): boolean => key.includes(`/${FINDINGS_FOLDER}`);
    const library = await filesBelow(at('fleet/library'));
    assert.deepEqual(
      library.filter((key) => !isOurs(key)), uploads.flatMap(({ objects }) => [...objects.keys()]).sort(),
    );
    assert.equal(library.filter(isOurs).length, uploads.length);
    assert.deepEqual([await filesBelow(at('fleet/quarantine')), await filesBelow(at('fleet/work'))], [[], []]);
  });

  describe('tells a user\'s mistake in one message', () => {
    const refusal = async (fleet: Running, expected: RegExp, code = 78): Promise<void> => {
      await using running = fleet;
      await eventually('its end', () => running.child.exitCode !== null);
      assert.equal(running.child.exitCode, code, running.printed());
      assert.match(running.printed(), expected);
      assert.match(running.printed(), /^tyto-fleet: /m);
      assert.doesNotMatch(running.printed(), /^\s+at |node:|\.ts:/m, 'no stack trace');
    };

    it('when another one works on the same data', async () => {
      await using first = serve();
      await portOf(first);
      await refusal(serve(), /another tyto-fleet works on \S+; stop that one/);
    });
    it('when the port is taken', async () => {
      const server = createServer().listen(0, '0.0.0.0');
      await once(server, 'listening');
      const address = server.address();
      await refusal(
        serve('--port', String(typeof address === 'object' ? address?.port : '')),
        /port \d+ on 0\.0\.0\.0 is used by another program.*TYTO_FLEET_PORT/,
      );
      server.close();
    });
    it('when the landing is not there, is no folder, or is out of reach', async () => {
      await writeFile(at('file'), '');
      await Promise.all([
        refusal(serve('--landing', at('no/such')), /the landing \S+no\/such is not there, nor is \S+\/no;/),
        refusal(serve('--landing', at('file'), '--data', at('fleet2')), /the landing \S+file must be a folder/),
      ]);
    });
    it('when the data folder cannot be made or its index is no index', async () => {
      await writeFile(at('file'), '');
      await mkdir(at('other'));
      await writeFile(at('other/index.db'), 'these are notes, and many of them'.repeat(100));
      await Promise.all([
        refusal(serve('--data', at('file')), /the data folder \S+file cannot be made/),
        ...process.platform === 'linux' // where making it once ran for ever
          ? [refusal(serve('--data', '/proc/tyto/fleet'), /the data folder \/proc\/tyto\/fleet cannot be made/)]
          : [],
        refusal(serve('--data', at('other')), /index\.db: the index is damaged; put a backup in its place/),
      ]);
    });
    it('when settings are wrong', () => refusal(tytoFleet(['serve'], { TYTO_FLEET_WAIT: 'long' }), /TYTO_FLEET_WAIT/));
    it('when it was typed wrong, with all other mistakes', () =>
      refusal(
        tytoFleet(['serve', '--prot', '1'], { TYTO_FLEET_WAIT: 'long' }),
        /3 problems\n.*--prot.*\n.*\n.*TYTO_FLEET_WAIT/s,
        64,
      ));
  });

  it('explains itself', async () => {
    await using help = tytoFleet(['--help']);
    await using more = tytoFleet(['serve', '--help']);
    await using version = tytoFleet(['--version']);
    for (const one of [help, more, version]) await eventually('its end', () => one.child.exitCode !== null);
    assert.deepEqual([help, more, version].map(({ child }) => child.exitCode), [0, 0, 0]);
    assert.match(help.printed(), /Commands:\n {2}serve/);
    assert.match(more.printed(), /--landing DIR\|s3:\/\/…\S* {3}TYTO_FLEET_LANDING\n/);
    assert.match(version.printed(), /^\d+\.\d+\.\d+\n$/);
  });

  it('makes a key, prints its public half, and never overwrites one', async () => {
    await using made = tytoFleet(['key', 'new', at('fleet.key')]);
    await once(made.child, 'exit');
    const publicKey = made.printed().trim();
    assert.match(publicKey, /^[A-Za-z0-9_-]{43}$/);
    assert.equal((await stat(at('fleet.key'))).mode & 0o777, 0o600);
    await using shown = tytoFleet(['key', 'show', at('fleet.key')]);
    await once(shown.child, 'exit');
    assert.equal(shown.printed().trim(), publicKey);
    await using again = tytoFleet(['key', 'new', at('fleet.key')]);
    await once(again.child, 'exit');
    assert.match(again.printed(), /is there already, and a key is never overwritten/);
    assert.equal(again.child.exitCode, 78);
    await using wrong = serve('--key', at('none'));
    await once(wrong.child, 'exit');
    assert.match(wrong.printed(), /^tyto-fleet: TYTO_FLEET_KEY_FILE \(--key\): what was given \(\d+ characters, not shown\) names no file that is there \(ENOENT\); it must be a file/m);
  });
});
