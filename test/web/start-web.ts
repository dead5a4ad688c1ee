/** The device's page and API on a port of this machine, with the rest of the device in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Access } from '../../device/access/access.ts';
import type { Environment } from '../../device/config/load-settings.ts';
import { PlacesStore } from '../../device/config/places-store.ts';
import { silentLog } from '../../device/core/log.ts';
import { minutes, type Millis } from '../../device/core/units.ts';
import { OutputsCaller } from '../../device/outputs/outputs-caller.ts';
import { systemClock } from '../../device/runtime/clock.ts';
import { deadUploads, redrive } from '../../device/uploader/redrive.ts';
import { OWNER_KEYS_FILE } from '../../device/vault/owner-keys.ts';
import { OwnerVault } from '../../device/vault/owner-vault.ts';
import { LiveHub } from '../../device/web/live-hub.ts';
import { createWebApp, serveWeb } from '../../device/web/web-app.ts';
import { call } from '../http/client.ts';
import { FakeArchive, FakeBus, FakePeople } from './fake-device.ts';

export const PASSWORD = 'gutter lantern 41';

export interface RunningWeb extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly access: Access;
  readonly bus: FakeBus;
  readonly archive: FakeArchive;
  readonly people: FakePeople;
  readonly hub: LiveHub;
  /** The owner's keys to encrypted recordings. */
  readonly vault: OwnerVault;
  /** Sets the owner's password. @returns The cookie of a session. */
  owner(): Promise<string>;
}

export async function startWeb({
  pageFolder = '/nowhere', maxViewers = 8, environment = {}, mjpegPatience, encrypts = false, outputsSocket,
  root = tmpdir(),
}: {
  readonly pageFolder?: string; readonly maxViewers?: number;
  readonly environment?: Environment; readonly mjpegPatience?: Millis;
  readonly encrypts?: boolean;
  /** Where outputs are served; without, there are none. */
  readonly outputsSocket?: string;
  /** Where the folder of its data is made. */
  readonly root?: string;
} = {}): Promise<RunningWeb> {
  const folder = await mkdtemp(path.join(root, 'tyto-web-'));
  const limits = { perAddress: 5, altogether: 50, within: minutes(1) };
  const vault = new OwnerVault({
    file: path.join(folder, OWNER_KEYS_FILE), makes: encrypts, cost: { N: 2, r: 1, p: 1 }, log: silentLog,
  });
  const access = await Access.open({
    folder, clock: systemClock, cost: { N: 1024, r: 8, p: 1 }, limits, secrets: vault,
  });
  const bus = new FakeBus();
  const archive = new FakeArchive();
  const hub = new LiveHub({ clock: systemClock, maxViewers });
  const places = await PlacesStore.open({ ...environment, TYTO_DATA: folder });
  bus.stored = places;
  const people = new FakePeople();
  const uploads = path.join(folder, 'uploads.db');
  const facts = { device: 'tyto-1', version: '0.1.0' };
  const app = await createWebApp({
    facts, access, archive, bus, hub, places, people,
    outputs: new OutputsCaller(outputsSocket ?? '/nowhere', outputsSocket !== undefined),
    uploads: { dead: (limit) => deadUploads(uploads, limit), redrive: (event) => redrive(uploads, event) }, pageFolder,
    clock: systemClock, clockSynced: () => true, log: silentLog,
    ...(mjpegPatience === undefined ? {} : { mjpegPatience }),
  });
  const stop = new AbortController();
  const listening = Promise.withResolvers<number>();
  const served = serveWeb(app, { port: 0, host: '127.0.0.1' }, { signal: stop.signal, onListening: listening.resolve });
  served.catch(listening.reject);
  const port = await listening.promise;
  return {
    port, folder, access, bus, archive, people, hub, vault,
    owner: async () => (await call(port, 'POST', '/api/owner', { body: { password: PASSWORD } })).cookie,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await served;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
