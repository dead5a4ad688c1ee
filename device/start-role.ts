/** What each of a device's processes begins with. Only the roots of the processes use it. */
import path from 'node:path';
import { Bus } from './bus/bus-client.ts';
import { BROKER_HOST } from './bus/broker-host.ts';
import { deviceId } from './config/identity.ts';
import { loadSettings } from './config/load-settings.ts';
import type { Settings } from './config/settings.ts';
import { deviceTopics, type DeviceTopics } from './contract/topics.ts';
import type { Log } from './core/log.ts';
import { archiveSocketPath, liveSocketPath } from './live/socket-path.ts';
import { createLog } from './runtime/pino-log.ts';

export interface RoleStart {
  readonly settings: Settings;
  /** What must be set besides for uploads to work, a sentence each. */
  readonly lacks: readonly string[];
  readonly device: string;
  readonly log: Log;
  readonly topics: DeviceTopics;
  readonly place: Places;
  /** Joins the bus as this role. `lastWord` is what the broker says when the role vanishes. */
  readonly joinBus: (lastWord?: { readonly topic: string; readonly payload: string }) => Bus;
}

/** Where things lie in the data folder. */
export interface Places {
  readonly data: string;
  readonly media: string;
  readonly archive: string;
  readonly uploads: string;
  /** The people who have been named. */
  readonly people: string;
  /** The landing folder of a device whose owner named no other. */
  readonly landing: string;
  /** Where `web` asks `watch` for changes of the archive. */
  readonly archiveSocket: string;
  /** What waits to be told to others. */
  readonly outbox: string;
  /** Where `web` asks how outputs stand. */
  readonly outputsSocket: string;
}

/** @throws {ConfigError} As `loadSettings` and `deviceId`. */
export async function startRole(role: string): Promise<RoleStart> {
  const { values: settings, lacks, data } = await loadSettings();
  const device = await deviceId(data, settings.device.id);
  const log = createLog(role, settings.log.format, settings.log.level);
  return {
    settings, lacks, device, log,
    topics: deviceTopics(settings.bus.prefix),
    place: {
      data, media: path.join(data, 'media'),
      archive: path.join(data, 'archive.db'), uploads: path.join(data, 'uploads.db'), people: path.join(data, 'people'),
      landing: path.join(data, 'landing'),
      archiveSocket: archiveSocketPath(data),
      outbox: path.join(data, 'outputs.db'),
      outputsSocket: path.join(path.dirname(liveSocketPath(data)), 'outputs.sock'),
    },
    joinBus: (will) => new Bus({
      url: `mqtt://${BROKER_HOST}:${settings.bus.port}`, clientId: `${device}-${role}`,
      log: log.child('bus'), ...(will === undefined ? {} : { will }),
    }),
  };
}
