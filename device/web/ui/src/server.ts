/** The device's API, as this page uses it. */
import type { ArmedView, EventsView } from '../../../contract/device-api.ts';
import type { TytoEvent } from '../../../contract/event.ts';
import { callsTo, ownerCalls } from '../../../ui/server.ts';

const calls = callsTo({ name: 'the device', remedy: 'check that it has power and that you are on its network' });
const { ask } = calls;

export const server = {
  ...ownerCalls(calls),
  arm: (armed: boolean) => ask<ArmedView>('PUT', '/api/armed', { armed }),
  events: (before?: string) => ask<EventsView>('GET', `/api/events${before === undefined ? '' : `?before=${before}`}`),
  event: (id: string) => ask<TytoEvent>('GET', `/api/events/${encodeURIComponent(id)}`),
};
