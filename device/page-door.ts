/** The page's port, which `main` keeps open while the process that serves the page comes and goes. */
import type { RunningBroker } from './bus/broker.ts';
import type { Settings } from './config/settings.ts';
import { deviceTopics } from './contract/topics.ts';
import { millis, type Millis } from './core/units.ts';
import { Doorway } from './http/doorway.ts';
import type { Clock } from './runtime/clock.ts';
import { healthOf, healthStatus, PAGE_PORT, type DoorNews } from './web/health.ts';

export interface PageDoorParts {
  readonly broker: RunningBroker;
  readonly clock: Clock;
  /** Hears at which port it has opened. */
  readonly opened?: (port: number) => void;
}

/** It answers for the device's health itself while no page is served, by what it hears on the bus. */
export function pageDoor({ bus, camera, web }: Settings, { broker, clock, opened }: PageDoorParts): Doorway {
  const { state } = deviceTopics(bus.prefix).camera(camera.name);
  let heardAt: Millis | undefined;
  let loss: string | null = null;
  broker.onPublish((topic, payload) => {
    if (topic !== state) return;
    heardAt = clock.monotonic();
    loss = lossIn(payload);
  });
  const silence = (): Millis | undefined => (heardAt === undefined ? undefined : millis(clock.monotonic() - heardAt));
  return new Doorway({
    address: { ...web, ...PAGE_PORT }, clock, ...(opened === undefined ? {} : { opened }),
    answer: (path) => {
      const health = healthOf(silence(), loss);
      if (path === '/healthz') return { status: healthStatus(health), body: health };
      if (path === '/readyz')
        return { status: heardAt === undefined ? 503 : 200, body: { ready: heardAt !== undefined } };
      return undefined;
    },
    news: () => ({ silence: silence() ?? null }) satisfies DoorNews,
  });
}

/** Of a camera's state, which any program on the device may have said. */
function lossIn(payload: string | Buffer): string | null {
  try {
    const said: unknown = JSON.parse(payload.toString());
    return typeof said === 'object' && said !== null && 'loss' in said && typeof said.loss === 'string'
      ? said.loss : null;
  } catch {
    return null;
  }
}
