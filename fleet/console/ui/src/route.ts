/**
 * Which screen: `/` lists events, `/events/<device>/<id>` has one of them open on top, `/rejected` lists what was not
 * taken in; `?device=` narrows the list to one device.
 */
import { useEffect, useState } from 'preact/hooks';

export interface Route {
  readonly view: 'events' | 'rejected';
  readonly device: string | undefined;
  readonly open: { readonly device: string; readonly id: string } | undefined;
}

const MOVED = 'tyto-moved';

export const listPath = (device: string | undefined): string => `/${narrowed(device)}`;
export const eventPath = (
  event: { readonly device: string; readonly id: string },
  device: string | undefined,
): string => `/events/${event.device}/${event.id}${narrowed(device)}`;

const narrowed = (device: string | undefined): string =>
  device === undefined ? '' : `?device=${encodeURIComponent(device)}`;

export function navigate(path: string): void {
  if (path === location.pathname + location.search) return;
  history.pushState(null, '', path);
  dispatchEvent(new Event(MOVED));
}

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = (): void => setRoute(read());
    addEventListener('popstate', follow);
    addEventListener(MOVED, follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener(MOVED, follow);
    };
  }, []);
  return route;
}

function read(): Route {
  const [, device, id] = /^\/events\/([^/]+)\/([^/]+)$/.exec(location.pathname) ?? [];
  return {
    view: location.pathname === '/rejected' ? 'rejected' : 'events',
    device: new URLSearchParams(location.search).get('device') ?? undefined,
    open: device === undefined || id === undefined ? undefined : { device, id },
  };
}
