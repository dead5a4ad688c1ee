/**
 * Which screen: `/` lists events, `/events/<device>/<id>` has one of them open on top, `/requests` lists what was asked
 * of devices, `/rejected` what was not taken in, `/subscribers` who is told; `?device=` narrows the list to one device.
 */
import { useAddress } from '../../../../device/ui/navigation.ts';

export interface Route {
  readonly view: 'events' | 'accounts' | 'subscribers' | 'requests' | 'rejected';
  readonly device: string | undefined;
  readonly open: { readonly device: string; readonly id: string } | undefined;
}

export const REQUESTS_PATH = '/requests';
export const SUBSCRIBERS_PATH = '/subscribers';
export const ACCOUNTS_PATH = '/accounts';
export const listPath = (device: string | undefined): string => `/${narrowed(device)}`;
export const eventPath = (
  event: { readonly device: string; readonly id: string },
  device: string | undefined,
): string => `/events/${event.device}/${event.id}${narrowed(device)}`;

const narrowed = (device: string | undefined): string =>
  device === undefined ? '' : `?device=${encodeURIComponent(device)}`;

const VIEWS: Readonly<Record<string, Route['view']>> = {
  '/rejected': 'rejected', [ACCOUNTS_PATH]: 'accounts', [REQUESTS_PATH]: 'requests', [SUBSCRIBERS_PATH]: 'subscribers',
};

export const useRoute = (): Route => useAddress(read);

function read(): Route {
  const [, device, id] = /^\/events\/([^/]+)\/([^/]+)$/.exec(location.pathname) ?? [];
  return {
    view: VIEWS[location.pathname] ?? 'events',
    device: new URLSearchParams(location.search).get('device') ?? undefined,
    open: device === undefined || id === undefined ? undefined : { device, id },
  };
}
