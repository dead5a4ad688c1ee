/** `GET /metrics` */
import type { Middleware } from 'koa';
import type { LedgerState, LedgerView, StateView } from '../../contract/device-api.ts';
import { millis, seconds, type Millis } from '../../core/units.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { LiveHub } from '../live-hub.ts';
import type { DeviceBus, EventArchive } from '../ports.ts';
import { deviceMetrics } from './device-metrics.ts';
import { exposition, EXPOSITION_TYPE } from './exposition.ts';
import { parentWhileItLives, processMetrics } from './process-metrics.ts';

export interface MetricsParts {
  readonly state: () => StateView;
  readonly bus: DeviceBus;
  readonly archive: EventArchive;
  readonly hub: LiveHub;
  readonly clock: Clock;
  readonly clockSynced: () => boolean;
}

/** A day's account is not drawn up more often, however often it is asked for. */
const ACCOUNT_EVERY: Millis = seconds(30);

export function metricsHandler({ state, bus, archive, hub, clock, clockSynced }: MetricsParts): Middleware {
  const main = parentWhileItLives();
  let account: { readonly at: Millis; readonly seconds: LedgerView['seconds'] } | undefined;
  return async (ctx) => {
    if (account === undefined || clock.monotonic() - account.at > ACCOUNT_EVERY) {
      account = { at: clock.monotonic(), seconds: await accountOfToday(archive, clock.now()) };
    }
    const figures = {
      state: state(), uploads: bus.uploads(), ledger: account.seconds,
      events: bus.endedEvents(), clockSynced: clockSynced(),
      live: { viewers: hub.viewers, skipped: hub.dropped },
    };
    ctx.body = exposition([...deviceMetrics(figures), ...processMetrics(main())]);
    ctx.type = EXPOSITION_TYPE;
  };
}

async function accountOfToday(archive: EventArchive, now: Millis): Promise<LedgerView['seconds']> {
  const total: Record<LedgerState, number> = {
    watched: 0, recorded: 0, uploaded: 0, deleted: 0, lost: 0, off: 0, unknown: 0,
  };
  let from: number | null = new Date(now).setHours(0, 0, 0, 0);
  while (from !== null && from < now) {
    const view: LedgerView = await archive.ledger({ from: millis(from), to: now });
    for (const [state, value] of Object.entries(view.seconds)) total[state as LedgerState] += value;
    from = view.next === null ? null : view.next * 1000;
  }
  return total;
}
