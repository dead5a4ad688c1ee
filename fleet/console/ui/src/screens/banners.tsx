import type { FleetStatusView } from '../../../../../device/contract/fleet-api.ts';
import type { Route } from '../route.ts';
import { ReplicaBanners } from './replica-banners.tsx';
import { SubscriberBanners } from './subscriber-banners.tsx';

export interface BannersProps {
  readonly status: FleetStatusView | undefined;
  /** Whether the server was heard when last asked: what it said before may be old. */
  readonly reached: boolean;
  readonly view: Route['view'];
}

/** What of the fleet needs a person, above every screen. */
export function Banners({ status, reached, view }: BannersProps) {
  return (
    <section class="banners" aria-label="What needs attention">
      {reached ? null : (
        <p class="banner" role="alert">
          The server cannot be reached. What you see may be old. Trying again…
        </p>
      )}
      {reached && status !== undefined ? <Troubles status={status} view={view} /> : null}
    </section>
  );
}

function Troubles({ status: { landing, library, replicas, subscribers }, view }: {
  readonly status: FleetStatusView; readonly view: Route['view'];
}) {
  return (
    <>
      {landing.trouble === null ? null : (
        <p class="banner" role="alert">
          New uploads cannot be taken in: {landing.trouble}
        </p>
      )}
      {landing.trouble !== null || landing.unreadable.length === 0 ? null : (
        <p class="banner" role="alert">
          Uploads wait in {landing.unreadable.join(', ')}: the server may not read there. Change owner or mode.
        </p>
      )}
      {library.trouble === null ? null : (
        <p class="banner">
          The library {library.trouble}.
        </p>
      )}
      <ReplicaBanners replicas={replicas} />
      {view === 'subscribers' ? null : <SubscriberBanners subscribers={subscribers} />}
    </>
  );
}
