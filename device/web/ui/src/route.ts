/**
 * Which screen: `/` is live, `/events/<id>` one event, `/places` what is drawn on the picture, `/people` who was named,
 * `/keys` who else may look, `/outputs` who is told of events, `/uploads` what has gone elsewhere,
 * `/recordings?at=1795252530` continuous recording, `/films` those of days.
 */
import { useAddress } from '../../../ui/navigation.ts';
import { readFilter, writeFilter } from './events/event-filter.ts';

export type Screen =
  | 'live' | 'event' | 'places' | 'people' | 'keys' | 'outputs' | 'uploads' | 'recordings' | 'films'
  /** The address is none of ours. */
  | 'nowhere';

export const useScreen = (): Screen => useAddress(readScreen);
/** The id of the event that is looked at; undefined on other screens. */
export const useSelectedEvent = (): string | undefined => useAddress(readEvent);

/** What stands in the address behind the screen: which events the list shows. */
export const useSearch = (): string => useAddress(readSearch);
/** The moment (Unix seconds) that continuous recording is to be shown from; undefined when none is asked for. */
export const useMoment = (): number | undefined => useAddress(readMoment);
/** The address of a screen that leaves the list as it is. */
export const beside = (path: string): string => path + readSearch();
export const eventPath = (id: string): string => beside(`/events/${id}`);

const readSearch = (): string => writeFilter(readFilter(location.search));

function readMoment(): number | undefined {
  const at = Number(new URLSearchParams(location.search).get('at') ?? '');
  return at > 0 ? at : undefined;
}

const SCREENS: Readonly<Record<string, Screen>> = {
  '/': 'live', '/index.html': 'live',
  '/places': 'places', '/people': 'people', '/keys': 'keys', '/outputs': 'outputs', '/uploads': 'uploads',
  '/recordings': 'recordings', '/films': 'films',
};

const readEvent = (): string | undefined => /^\/events\/([^/]+)$/.exec(location.pathname)?.[1];

function readScreen(): Screen {
  if (readEvent() !== undefined) return 'event';
  return SCREENS[location.pathname] ?? 'nowhere';
}
