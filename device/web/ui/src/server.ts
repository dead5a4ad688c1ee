/** The device's API, as this page uses it. */
import type { ArmedView, EventsView, KeptEvent, LedgerView, StarView } from '../../../contract/device-api.ts';
import { callsTo, ownerCalls } from '../../../ui/server.ts';

const calls = callsTo({ name: 'the device', remedy: 'check that it has power and that you are on its network' });
const { ask } = calls;

export const server = {
  ...ownerCalls(calls),
  arm: (armed: boolean) => ask<ArmedView>('PUT', '/api/armed', { armed }),
  events: (before?: string) => ask<EventsView>('GET', `/api/events${before === undefined ? '' : `?before=${before}`}`),
  event: (id: string) => ask<KeptEvent>('GET', `/api/events/${encodeURIComponent(id)}`),
  star: (id: string, starred: boolean) => ask<StarView>('PUT', `/api/events/${encodeURIComponent(id)}/star`, { starred }),
  remove: (id: string) => ask<void>('DELETE', `/api/events/${encodeURIComponent(id)}`),
  ledger: () => ask<LedgerView>('GET', '/api/ledger'),
};
