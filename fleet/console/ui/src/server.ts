/** The fleet's API, as this page uses it. */
import type {
  FleetDevicesView, FleetEventDetailView, FleetEventsView, FleetForgottenView, FleetPeopleView, FleetStatusView,
  RejectedPageView, RequestsView, RequestTrailView, RequestView, SubscribersView,
} from '../../../../device/contract/fleet-api.ts';
import type { StorageView } from '../../../../device/contract/storage-api.ts';
import type {
  AccountSecretView, AccountsView, AccountView, DeviceKeySecretView,
} from '../../../../device/contract/vault-api.ts';
import { callsTo, ownerCalls } from '../../../../device/ui/server.ts';

/** Ends with the session: nobody is signed in any more. */
export const SIGN_IN = 'access.sign-in';

/** A hundred thousand events on a slow machine; who gives up earlier and asks again waits for the same run. */
const FORGETTING_WITHIN_MS = 1_800_000;

const calls = callsTo({ name: 'the server', remedy: 'check that tyto-fleet runs and that you are on its network' });
const { ask, reach } = calls;

export const server = {
  ...ownerCalls(calls),
  status: () => ask<FleetStatusView>('GET', '/api/status'),
  devices: () => ask<FleetDevicesView>('GET', '/api/devices'),
  /** @param wanted - As `queryOf` of a filter makes it. */
  events: (wanted: string) => ask<FleetEventsView>('GET', `/api/events${wanted}`),
  people: () => ask<FleetPeopleView>('GET', '/api/people'),
  /** @param device - Only in its events; undefined for those of all. */
  forget: (name: string, device: string | undefined) =>
    ask<FleetForgottenView>(
      'DELETE', `/api/people/${encodeURIComponent(name)}${query({ device })}`, undefined, FORGETTING_WITHIN_MS,
    ),
  event: (device: string, id: string) =>
    ask<FleetEventDetailView>('GET', `/api/events/${encodeURIComponent(device)}/${encodeURIComponent(id)}`),
  /** Whether a link to media still works. Of one that leads to another server nothing is known: false. */
  holds: async (link: string) => link.startsWith('/') && (await reach('HEAD', link)).ok,
  requests: (of: {
    readonly device?: string;
    readonly event?: string;
    readonly before?: string | undefined;
    readonly limit?: number;
  }) => ask<RequestsView>('GET', `/api/requests${query({ ...of, limit: of.limit?.toString() })}`),
  /** With its trail. */
  request: (id: string) => ask<RequestTrailView>('GET', `/api/requests/${encodeURIComponent(id)}`),
  ask: (device: string, wanted: { readonly event: string } | { readonly from: number; readonly to: number }) =>
    ask<RequestView>('POST', `/api/devices/${encodeURIComponent(device)}/requests`, wanted),
  withdraw: (id: string) => ask<RequestView>('DELETE', `/api/requests/${encodeURIComponent(id)}`),
  stores: () => ask<StorageView>('GET', '/api/stores'),
  /** Has one event copied to a replica. */
  copyTo: (replica: string, device: string, id: string) =>
    ask('POST', `/api/stores/replicas/${[replica, `events`, device, id].map(encodeURIComponent).join('/')}`),
  subscribers: () => ask<SubscribersView>('GET', '/api/subscribers'),
  redriveSubscriber: (name: string) =>
    ask<{ readonly redriven: number }>('POST', `/api/subscribers/${encodeURIComponent(name)}/redrive`),
  accounts: () => ask<AccountsView>('GET', '/api/accounts'),
  addAccount: (wanted: { readonly name: string; readonly quota_bytes: number | null; readonly days: number | null }) =>
    ask<AccountSecretView>('POST', '/api/accounts', wanted),
  changeAccount: (
    name: string,
    terms: { readonly quota_bytes?: number | null; readonly days?: number | null; readonly disabled?: boolean },
  ) =>
    ask<AccountView>('PUT', `/api/accounts/${encodeURIComponent(name)}`, terms),
  renewSecret: (name: string) => ask<AccountSecretView>('POST', `/api/accounts/${encodeURIComponent(name)}/secret`),
  withdrawAccount: (name: string) => ask<undefined>('DELETE', `/api/accounts/${encodeURIComponent(name)}`),
  addDeviceKey: (of: { readonly device: string; readonly account: string }) =>
    ask<DeviceKeySecretView>('POST', '/api/device-keys', of),
  withdrawDeviceKey: (id: string) => ask<undefined>('DELETE', `/api/device-keys/${encodeURIComponent(id)}`),
  rejected: (before?: string) => ask<RejectedPageView>('GET', `/api/rejected${query({ before })}`),
};

function query(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? '' : `?${given.join('&')}`;
}
