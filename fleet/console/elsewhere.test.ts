import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { FleetEventsView, FleetStatusView } from '../../device/contract/fleet-api.ts';
import type { StorageView } from '../../device/contract/storage-api.ts';
import { millis } from '../../device/core/units.ts';
import { Keyring } from '../../device/vault/wrapped-key.ts';
import { newKeyPair } from '../../device/vault/x25519.ts';
import { eventually } from '../../test/eventually.ts';
import { PASSWORD, RunningConsole, type ConsolePlan } from '../../test/fleet/console.ts';
import { makeClip, makePicture } from '../../test/fleet/footage.ts';
import { uploadOf } from '../../test/fleet/uploads.ts';
import { call } from '../../test/http/client.ts';
import { cipherFor, encryptedParts } from '../../test/recording/cipher.ts';
import { GcsServer } from '../../test/servers/gcs.ts';
import { browserMissing, launchBrowser } from '../../test/web/browser.ts';
import { GcsStore } from '../storage/gcs-store.ts';
import { LinkedLibrary } from '../storage/linked-library.ts';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const FACTS = { codec: 'avc1.64001f', width: 1280, height: 720, duration: 12 };

describe('a console whose library is a bucket elsewhere', () => {
  let server: GcsServer;
  let store: GcsStore;
  before(async () => {
    server = await GcsServer.start();
    server.createBucket('owls');
    const key =
      JSON.stringify(server.accounts.create('fleet', { may: ['get', 'create', 'delete', 'list'], prefix: '' }));
    store = new GcsStore({ endpoint: server.endpoint, bucket: 'owls', prefix: '', key }, new AbortController().signal);
  });
  after(() => server.stop());
  const start = (plan: ConsolePlan = {}): Promise<RunningConsole> =>
    RunningConsole.start({ library: () => store, storage: { linkOrigins: [server.endpoint] }, ...plan });

  it('plays from there in a browser, and lets the page load from nowhere else', async function () {
    const missing = browserMissing();
    if (missing !== undefined) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    const pageFolder = await mkdtemp(path.join(tmpdir(), 'tyto-elsewhere-'));
    await build({
      root: fileURLToPath(new URL('ui', import.meta.url)), logLevel: 'error',
      build: { outDir: pageFolder, emptyOutDir: true },
    });
    await using fleet = await start({ pageFolder });
    const browser = await launchBrowser();
    try {
      await fleet.owner();
      await fleet.add(uploadOf(
        { clip: await makeClip(4), picture: await makePicture() }, { at: Math.floor(Date.now() / 1000 - 60) * 1000 },
      ));
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on('console', (line) => {
        if (/Content Security Policy|Refused to/.test(line.text())) faults.push(line.text());
      });
      const answer = await page.goto(`http://127.0.0.1:${fleet.port}/`);
      const policy = answer?.headers()['content-security-policy'] ?? '';
      assert.match(
        policy, new RegExp(`img-src 'self' blob: ${server.endpoint};media-src 'self' blob: ${server.endpoint};`),
      );
      assert.match(policy, /connect-src 'self' ws:/);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.keyboard.press('Enter');
      await page.locator('a.event').first().click({ timeout: 60_000 });
      await eventually('the clip plays', () =>
        page.evaluate<boolean>(`(document.querySelector("video")?.currentTime ?? 0) > 0.2`));
      assert.ok(
        (await page.evaluate<string>('document.querySelector("video").src')).startsWith(`${server.endpoint}/owls/`),
      );
      assert.deepEqual(faults, []);
    } finally {
      await browser.close();
      await rm(pageFolder, { recursive: true, force: true });
    }
  });

  it('gives out what is encrypted itself, when it holds the key, and all else from there', async () => {
    const pair = newKeyPair();
    const clip = Buffer.concat(encryptedParts(cipherFor(pair), Buffer.from('head '), [Buffer.from('owl')]));
    await using fleet = await start({
      keys: new Keyring([pair.privateKey]), library: (own) => new LinkedLibrary(store, own),
    });
    const cookie = await fleet.owner();
    await fleet.add(uploadOf({ clip, picture: Buffer.from('in the clear') }, { at: NOON, facts: FACTS }), millis(NOON));
    const [view] = ((await call(
      fleet.port, 'GET', '/api/events', { headers: { cookie } },
    )).body as FleetEventsView).events;
    assert.match(view?.links.clip ?? '', /^\/media\/yard\//);
    assert.equal((await call(fleet.port, 'GET', view?.links.clip ?? '')).bytes.toString(), 'head owl');
    assert.ok(view?.links.picture?.startsWith(server.endpoint));
    assert.equal(await (await fetch(view?.links.picture ?? '')).text(), 'in the clear');
    assert.equal((await fetch((view?.links.picture ?? '').split('?')[0] ?? '')).status, 403);
  });

  it('tells of its stores, tries them out, and has an event copied where somebody asks for it', async () => {
    const asked: string[] = [];
    await using fleet = await start({
      storage: {
        place: 'gs://owls',
        validate: async () => [{ name: 'library', place: 'gs://owls', steps: [{ step: 'write', state: 'good' }] }],
        replicas: {
          status: () => [{
            name: 'offsite', place: '/mnt/owls', waiting: 2, waitingSince: millis(NOON), isNew: false, takesAll: true,
            stuck: 1, copied: 7, removed: 1, bytes: 900, lastAt: undefined,
            trouble: 'the folder /mnt/owls is not there',
          }],
          stuck: () => [{ key: 'yard/a.json', attempts: 5, code: 'landing.object-refused', reason: 'too large' }],
          forward: (name, { event }) => name === 'offsite' && asked.push(event.id) > 0,
          hurry: (name) => name === 'offsite' ? 2 : undefined,
        },
      },
    });
    const cookie = await fleet.owner();
    const upload = uploadOf({}, { at: NOON });
    await fleet.add(upload);
    const ask = (method: string, where: string) => call(fleet.port, method, where, { headers: { cookie } });
    assert.deepEqual((await ask('GET', '/api/stores')).body, {
      library: 'gs://owls',
      replicas: [{
        name: 'offsite', place: '/mnt/owls', waiting: 2, waiting_since: NOON / 1000, is_new: false, takes_all: true,
        copied: 7, removed: 1, bytes: 900, last_at: null,
        trouble: 'the folder /mnt/owls is not there',
        stuck: [{ key: 'yard/a.json', attempts: 5, reason: { code: 'landing.object-refused', message: 'too large' } }],
      }],
    } satisfies StorageView);
    assert.deepEqual(((await ask('GET', '/api/status')).body as FleetStatusView).replicas, [
      { name: 'offsite', waiting: 2, stuck: 1, trouble: 'the folder /mnt/owls is not there' },
    ]);
    assert.deepEqual((await ask('POST', '/api/stores/validate')).body, {
      stores: [{ name: 'library', place: 'gs://owls', steps: [{ step: 'write', state: 'good' }] }],
    });
    const event = `events/yard/${upload.event.id}`;
    const codes = [
      (await ask('POST', `/api/stores/replicas/offsite/${event}`)).status,
      (await ask('POST', `/api/stores/replicas/nowhere/${event}`)).code,
      (await ask('POST', '/api/stores/replicas/offsite/events/yard/1795262400.000000-zzzzzz')).code,
      (await ask('POST', '/api/stores/replicas/offsite/hurry')).status,
      (await ask('POST', '/api/stores/replicas/nowhere/hurry')).code,
    ];
    assert.deepEqual(codes, [202, 'storage.unknown-replica', 'events.unknown', 200, 'storage.unknown-replica']);
    assert.deepEqual(asked, [upload.event.id]);
  });
});
