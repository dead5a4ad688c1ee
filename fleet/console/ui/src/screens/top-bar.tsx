import { Menu } from '../../../../../device/ui/parts/menu.tsx';
import { Owl } from '../../../../../device/ui/parts/owl.tsx';
import { Link } from '../parts/link.tsx';
import { listPath, type Route } from '../route.ts';
import { server } from '../server.ts';

export interface TopBarProps {
  readonly route: Route;
  readonly version: string | undefined;
  /** How many things were rejected, as far as known: `3`, `48+`; empty for none. */
  readonly rejected: string;
  readonly onChangePassword: () => void;
  readonly onSignedOut: () => void;
}

export function TopBar({ route, version, rejected, onChangePassword, onSignedOut }: TopBarProps) {
  return (
    <header class="top">
      <Link class="brand" to="/" label="Tyto fleet, all events">
        <Owl />
        <span class="brand-name">Tyto</span>
        <span class="brand-fleet">fleet</span>
      </Link>
      <nav class="tabs" aria-label="Lists">
        <Link class="tab" to={listPath(route.device)} current={route.view === 'events'}>
          Events
        </Link>
        <Link class="tab" to="/rejected" current={route.view === 'rejected'}>
          Rejected{rejected === '' ? null : <b class="count">{rejected}</b>}
        </Link>
      </nav>
      <Menu
        server={server}
        about={version === undefined ? 'Tyto fleet' : `Tyto fleet ${version}`}
        onChangePassword={onChangePassword}
        onSignedOut={onSignedOut}
      />
    </header>
  );
}
