/** The page's port, which `main` keeps open while the process that serves the page comes and goes. */
import type { RunningBroker } from './bus/broker.ts';
import type { Settings } from './config/settings.ts';
import { deviceTopics } from './contract/topics.ts';
import { millis, type Millis } from './core/units.ts';
import { Doorway } from './http/doorway.ts';
import type { Clock } from './runtime/clock.ts';
import { healthOf, PAGE_PORT, type DoorNews } from './web/health.ts';

/** It answers for the device's health itself while no page is served, by what it hears on the bus. */
export function pageDoor({ bus, camera, web }: Settings, broker: RunningBroker, clock: Clock): Doorway {
  const { state } = deviceTopics(bus.prefix).camera(camera.name);
  let heardAt: Millis | undefined;
  broker.onPublish((topic) => { if (topic === state) heardAt = clock.monotonic(); });
  const silence = (): Millis | undefined => (heardAt === undefined ? undefined : millis(clock.monotonic() - heardAt));
  return new Doorway({
    address: { ...web, ...PAGE_PORT }, clock,
    answer: (path) => {
      const health = healthOf(silence());
      if (path === '/healthz') return { status: health.status === 'ok' ? 200 : 503, body: health };
      if (path === '/readyz')
        return { status: heardAt === undefined ? 503 : 200, body: { ready: heardAt !== undefined } };
      return undefined;
    },
    news: () => ({ silence: silence() ?? null }) satisfies DoorNews,
  });
}
