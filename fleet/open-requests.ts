/** Footage on demand, as the settings have it. */
import path from 'node:path';
import type { Log } from '../device/core/log.ts';
import { systemClock } from '../device/runtime/clock.ts';
import type { LoadedFleetSettings } from './config/load-settings.ts';
import type { FleetIndex, NewsFeed } from './index/port.ts';
import type { OpenedLanding } from './open-landing.ts';
import { readAskRules } from './requests/ask-rules.ts';
import { Requests } from './requests/requests.ts';
import { SqliteRegister } from './requests/sqlite-register.ts';

export interface RequestsSurroundings {
  readonly settings: Pick<LoadedFleetSettings, 'data' | 'ask' | 'ingest'>;
  readonly landing: Pick<OpenedLanding, 'store'>;
  readonly index: FleetIndex & NewsFeed;
  readonly log: Log;
}

/**
 * Before anything is taken in: rules see what comes from then on.
 * @throws {ConfigError} `requests.settings` with everything that is wrong, `requests.damaged`, `requests.newer`.
 * @throws {DeviceError} When the register cannot be used.
 */
export async function openRequests({
  settings, landing, index, log,
}: RequestsSurroundings): Promise<{ readonly requests: Requests } & Disposable> {
  const rules = await readAskRules(settings.ask);
  using held = new DisposableStack();
  const register = held.use(SqliteRegister.open(path.join(settings.data, 'requests.db')));
  const requests = new Requests({
    register, index, landing: landing.store, rules, clock: systemClock, log,
    // what empties the landing there leaves them to us
    ...(settings.ingest === 'elsewhere' ? { reports: landing.store } : {}),
  });
  await requests.begin();
  const resources = held.move();
  return { requests, [Symbol.dispose]: () => resources.dispose() };
}
