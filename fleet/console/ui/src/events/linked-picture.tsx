import { useState } from 'preact/hooks';
import type { FleetEventView } from '../../../../../device/contract/fleet-api.ts';
import { server } from '../server.ts';

/**
 * The event's picture. It is loaded when it comes into sight, which may be after its link has died: then a fresh one is
 * asked for, once. Where there is none, the owl stands in.
 */
export function LinkedPicture({ view }: { readonly view: FleetEventView }) {
  const [source, setSource] = useState(view.links.picture);
  const [tries, setTries] = useState(0);
  const onError = (): void => {
    setTries(tries + 1);
    if (tries > 0) return setSource(null);
    server.event(view.event.device, view.event.id).then(({ links }) => setSource(links.picture), () => setSource(null));
  };
  if (source === null) return <span class="no-picture" />;
  return <img src={source} alt="" loading="lazy" decoding="async" onError={onError} />;
}
