import { navigate } from '../../../../../device/ui/navigation.ts';
import { Menu, type MenuEntry } from '../../../../../device/ui/parts/menu.tsx';
import { Owl } from '../../../../../device/ui/parts/owl.tsx';
import { Link } from '../parts/link.tsx';
import { ACCOUNTS_PATH, listPath, REQUESTS_PATH, SUBSCRIBERS_PATH, type Route } from '../route.ts';
import { server } from '../server.ts';

export interface TopBarProps {
  readonly route: Route;
  readonly version: string | undefined;
  /** How many requests for footage are open, as far as known. */
  readonly requests: number;
  /** How many things were rejected, as far as known: `3`, `48+`; empty for none. */
  readonly rejected: string;
  readonly onChangePassword: () => void;
  readonly onSignedOut: () => void;
}

const ENTRIES: readonly MenuEntry[] = [
  { icon: 'people', label: 'Accounts and keys', onClick: () => navigate(ACCOUNTS_PATH) },
  { icon: 'sound', label: 'Who is told', onClick: () => navigate(SUBSCRIBERS_PATH) },
];

export function TopBar({ route, version, requests, rejected, onChangePassword, onSignedOut }: TopBarProps) {
  return (
    <header class="top">
      <h1 class="title">
        <Link class="brand" to="/" label="Tyto fleet, all events">
          <Owl />
          <span class="brand-name">Tyto</span>{' '}
          <span class="brand-fleet">fleet</span>
        </Link>
      </h1>
      <nav class="tabs" aria-label="Lists">
        <Link class="tab" to={listPath({ device: route.filter.device })} current={route.view === 'events'}>
          Events
        </Link>
        <Link class="tab" to={REQUESTS_PATH} current={route.view === 'requests'}>
          Requests{requests === 0 ? null : <b class="count open">{requests}</b>}
        </Link>
        <Link class="tab" to="/rejected" current={route.view === 'rejected'}>
          Rejected{rejected === '' ? null : <b class="count">{rejected}</b>}
        </Link>
      </nav>
      <Menu
        server={server}
        entries={ENTRIES}
        about={version === undefined ? 'Tyto fleet' : `Tyto fleet ${version}`}
        onChangePassword={onChangePassword}
        onSignedOut={onSignedOut}
      />
    </header>
  );
}
