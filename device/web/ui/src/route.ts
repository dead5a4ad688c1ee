/** Which screen: `/` is live, `/events/<id>` one event. */
import { useAddress } from '../../../ui/navigation.ts';

/** The id of the event that is looked at; undefined for live. */
export const useSelectedEvent = (): string | undefined => useAddress(read);

const read = (): string | undefined => /^\/events\/([^/]+)$/.exec(location.pathname)?.[1];
