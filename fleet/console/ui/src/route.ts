/**
 * Which screen: `/` lists events, `/events/<device>/<id>` has one of them open on top, `/requests` lists what was asked
 * of devices, `/rejected` what was not taken in, `/subscribers` who is told; what stands behind the `?` narrows the
 * list of events.
 */
import { useAddress } from '../../../../device/ui/navigation.ts';
import { readFilter, writeFilter, type EventFilter, type FilterChange } from './events/event-filter.ts';

export interface Route {
  readonly view: 'events' | 'accounts' | 'subscribers' | 'requests' | 'rejected' | 'nowhere';
  /** Which events the list shows. */
  readonly filter: EventFilter;
  readonly open: { readonly device: string; readonly id: string } | undefined;
}

export const REQUESTS_PATH = '/requests';
export const SUBSCRIBERS_PATH = '/subscribers';
export const ACCOUNTS_PATH = '/accounts';
export const listPath = (filter: FilterChange): string => `/${writeFilter(filter)}`;
/** @param filter - Of the list behind it. */
export const eventPath = (
  { device, id }: { readonly device: string; readonly id: string }, filter: EventFilter,
): string =>
  `/events/${device}/${id}${writeFilter(filter)}`;

const VIEWS: Readonly<Record<string, Route['view']>> = {
  '/': 'events', '/index.html': 'events',
  '/rejected': 'rejected', [ACCOUNTS_PATH]: 'accounts', [REQUESTS_PATH]: 'requests', [SUBSCRIBERS_PATH]: 'subscribers',
};

export const useRoute = (): Route => useAddress(read);

function read(): Route {
  const [, device, id] = /^\/events\/([^/]+)\/([^/]+)$/.exec(location.pathname) ?? [];
  return {
    view: id === undefined ? VIEWS[location.pathname] ?? 'nowhere' : 'events',
    filter: readFilter(location.search),
    open: device === undefined || id === undefined ? undefined : { device, id },
  };
}
