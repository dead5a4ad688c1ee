import { useEffect, useState } from 'preact/hooks';
import type { FleetDeviceView, FleetEventView, RejectedView, RequestView } from '../../../../../device/contract/fleet-api.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { NoPage } from '../../../../../device/ui/parts/no-page.tsx';
import { ChangePassword } from '../../../../../device/ui/sign-in/change-password.tsx';
import { AccountsScreen } from '../accounts/accounts-screen.tsx';
import { DeviceList } from '../devices/device-list.tsx';
import { EVENTS_OF_A_PAGE, queryOf, writeFilter } from '../events/event-filter.ts';
import { EventGrid } from '../events/event-grid.tsx';
import { EventPlayer } from '../events/event-player.tsx';
import { FilterBar } from '../events/filter-bar.tsx';
import { mergeEvents } from '../events/merge-events.ts';
import { AskFootage } from '../requests/ask-footage.tsx';
import { RequestList } from '../requests/request-list.tsx';
import { isOpen } from '../requests/request-words.ts';
import { mergeRejections } from '../rejected/merge-rejections.ts';
import { RejectedList } from '../rejected/rejected-list.tsx';
import { useRoute } from '../route.ts';
import { server } from '../server.ts';
import { useFleet } from '../use-fleet.ts';
import { usePages } from '../use-pages.ts';
import { SubscribersScreen } from '../subscribers/subscribers-screen.tsx';
import { Banners } from './banners.tsx';
import { TopBar } from './top-bar.tsx';

/** The owner's page: devices, and what all of them, or one, recorded. */
export function Home({ onSignedOut }: { readonly onSignedOut: () => void }) {
  const { status, devices, reached } = useFleet(onSignedOut);
  const route = useRoute();
  const { device } = route.filter;
  const [changing, setChanging] = useState(false);
  const revision = status?.revision;
  const events = usePages<FleetEventView>({
    of: writeFilter(route.filter),
    revision,
    merge: mergeEvents,
    full: EVENTS_OF_A_PAGE,
    load: async (before) => {
      const { events: rows, next } = await server.events(queryOf(route.filter, before));
      return { rows, next };
    },
  });
  const rejected = usePages<RejectedView>({
    of: 'rejected', revision, merge: mergeRejections,
    load: async (before) => { const { rejected: rows, next } = await server.rejected(before); return { rows, next }; },
  });
  const requests = usePages<RequestView>({
    of: 'requests', revision: status?.requests_revision, merge: mergeRequests,
    load: async (before) => {
      const { requests: rows, next } = await server.requests({ before });
      return { rows, next };
    },
  });
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    document.title =
      route.view === 'rejected'
        ? 'Rejected uploads - Tyto fleet'
        : route.view === 'accounts'
          ? 'Accounts and keys - Tyto fleet'
        : route.view === 'subscribers'
          ? 'Who is told - Tyto fleet'
        : route.view === 'requests'
          ? 'Requests for footage - Tyto fleet'
        : device === undefined
          ? 'Tyto fleet'
          : `${device} - Tyto fleet`;
  }, [route]);
  useEffect(() => scrollTo({ top: 0 }), [route.view, device]);
  const now = status?.time ?? Date.now() / 1000;
  return (
    <div class="home">
      <TopBar
        route={route}
        version={status?.version}
        requests={requests.rows.filter(isOpen).length}
        rejected={rejected.rows.length === 0 ? '' : `${rejected.rows.length}${rejected.more ? '+' : ''}`}
        onChangePassword={() => setChanging(true)}
        onSignedOut={onSignedOut}
      />
      <Banners status={status} reached={reached} view={route.view} />
      <div class="columns" data-view={route.view}>
        {route.view === 'events' ? <DeviceList devices={devices} filter={route.filter} now={now} /> : null}
        <main class="list">
          {route.view === 'events' && device !== undefined ? (
            <header class="ask">
              <h2>{device}</h2>
              <button type="button" class="plain" onClick={() => setAsking(true)}>
                <Icon name="download" />
                Ask for footage
              </button>
            </header>
          ) : null}
          {route.view === 'requests' ? <RequestList pages={requests} now={now} />
            : route.view === 'accounts' ? <AccountsScreen now={now} />
            : route.view === 'subscribers' ? <SubscribersScreen now={now} />
            : route.view === 'nowhere' ? <NoPage home="all events" />
            : route.view === 'rejected' ? <RejectedList pages={rejected} now={now} />
            : <>
              <FilterBar filter={route.filter} devices={namesOf(devices)} />
              <EventGrid pages={events} filter={route.filter} status={status} />
            </>}
        </main>
      </div>
      {route.open === undefined ? null : (
        <EventPlayer
          key={`${route.open.device} ${route.open.id}`}
          open={route.open}
          filter={route.filter}
          events={events.rows}
          requestsRevision={status?.requests_revision}
        />
      )}
      {asking && device !== undefined
        ? <AskFootage device={device} now={now} onClose={() => setAsking(false)} />
        : null}
      {changing ? <ChangePassword server={server} onClose={() => setChanging(false)} /> : null}
    </div>
  );
}

/** By name; a device that went from one account to another stands in the list of devices twice. */
const namesOf = (devices: readonly FleetDeviceView[] = []): readonly string[] =>
  [...new Set(devices.map(({ device }) => device))];

/** Newest first; what is known of one gives way to what is newer. */
const mergeRequests = (known: readonly RequestView[], news: readonly RequestView[]): readonly RequestView[] =>
  [...new Map([...known, ...news].map((row) => [row.id, row])).values()].sort((a, b) => (a.id < b.id ? 1 : -1));
