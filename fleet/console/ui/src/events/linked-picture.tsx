import { useState } from 'preact/hooks';
import type { FleetEventView } from '../../../../../device/contract/fleet-api.ts';
import { server } from '../server.ts';

const smallOf = ({ links }: FleetEventView): string | null => links.thumbnail ?? links.picture;

/**
 * The event's picture in small, or else as it is. It is loaded when it comes into sight, which may be after its link
 * has died: then a fresh one is asked for, once. Where there is none, the owl stands in.
 */
export function LinkedPicture({ view }: { readonly view: FleetEventView }) {
  const [source, setSource] = useState(smallOf(view));
  const [tries, setTries] = useState(0);
  const onError = (): void => {
    setTries(tries + 1);
    if (tries > 0) return setSource(null);
    server.event(view.event.device, view.event.id).then((fresh) => setSource(smallOf(fresh)), () => setSource(null));
  };
  if (source === null) return <span class="no-picture" />;
  return <img src={source} alt="" loading="lazy" decoding="async" onError={onError} />;
}
