/**
 * Which screen: `/` is live, `/events/<id>` one event, `/places` what is drawn on the picture, `/people` who was named, `/keys` who
 * else may look.
 */
import { useAddress } from '../../../ui/navigation.ts';

export type Screen = 'live' | 'event' | 'places' | 'people' | 'keys';

export const useScreen = (): Screen => useAddress(readScreen);
/** The id of the event that is looked at; undefined on other screens. */
export const useSelectedEvent = (): string | undefined => useAddress(readEvent);

const SCREENS: Readonly<Record<string, Screen>> = { '/places': 'places', '/people': 'people', '/keys': 'keys' };

const readEvent = (): string | undefined => /^\/events\/([^/]+)$/.exec(location.pathname)?.[1];

function readScreen(): Screen {
  if (readEvent() !== undefined) return 'event';
  return SCREENS[location.pathname] ?? 'live';
}
