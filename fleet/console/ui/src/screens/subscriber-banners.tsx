import type { FleetStatusView } from '../../../../../device/contract/fleet-api.ts';
import { Link } from '../parts/link.tsx';
import { SUBSCRIBERS_PATH } from '../route.ts';

/** Says who could not be told of events. */
export function SubscriberBanners({ subscribers }: { readonly subscribers: FleetStatusView['subscribers'] }) {
  return (
    <>
      {subscribers.map(({ name, dead, trouble }) => (
        <p class="banner" key={name}>
          {trouble === null
            ? `${name} refused ${dead} of what it was told; they were put aside. `
            : `${name} cannot be told of events: ${trouble} `}
          <Link to={SUBSCRIBERS_PATH}>Who is told</Link>
        </p>
      ))}
    </>
  );
}
