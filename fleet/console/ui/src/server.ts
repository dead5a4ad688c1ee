/** The fleet's API, as this page uses it. */
import type {
  FleetDevicesView, FleetEventsView, FleetEventView, FleetStatusView, RejectedPageView,
} from '../../../../device/contract/fleet-api.ts';
import { callsTo, ownerCalls } from '../../../../device/ui/server.ts';

/** Ends with the session: nobody is signed in any more. */
export const SIGN_IN = 'access.sign-in';

const calls = callsTo({ name: 'the server', remedy: 'check that tyto-fleet runs and that you are on its network' });
const { ask, reach } = calls;

export const server = {
  ...ownerCalls(calls),
  status: () => ask<FleetStatusView>('GET', '/api/status'),
  devices: () => ask<FleetDevicesView>('GET', '/api/devices'),
  events: (of: { readonly device?: string | undefined; readonly before?: string | undefined }) =>
    ask<FleetEventsView>('GET', `/api/events${query(of)}`),
  event: (device: string, id: string) =>
    ask<FleetEventView>('GET', `/api/events/${encodeURIComponent(device)}/${encodeURIComponent(id)}`),
  /** Whether a link to media still works. */
  holds: async (link: string) => (await reach('HEAD', link)).ok,
  rejected: (before?: string) => ask<RejectedPageView>('GET', `/api/rejected${query({ before })}`),
};

function query(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}
