/**
 * Which screen: `/` is live, `/events/<id>` one event, `/places` what is drawn on the picture, `/people` who was named, `/keys` who
 * else may look.
 */
import { useAddress } from '../../../ui/navigation.ts';

export type Screen = 'live' | 'event' | 'places' | 'people' | 'keys';

export const useScreen = (): Screen => useAddress(readScreen);
/** The id of the event that is looked at; undefined on other screens. */
export const useSelectedEvent = (): string | undefined => useAddress(readEvent);

/** What stands in the address behind the screen: which events the list shows. */
export const useSearch = (): string => useAddress(() => location.search);
/** The address of a screen that leaves the list as it is. */
export const beside = (path: string): string => path + location.search;
export const eventPath = (id: string): string => beside(`/events/${id}`);

const SCREENS: Readonly<Record<string, Screen>> = { '/places': 'places', '/people': 'people', '/keys': 'keys' };

const readEvent = (): string | undefined => /^\/events\/([^/]+)$/.exec(location.pathname)?.[1];

function readScreen(): Screen {
  if (readEvent() !== undefined) return 'event';
  return SCREENS[location.pathname] ?? 'live';
}
