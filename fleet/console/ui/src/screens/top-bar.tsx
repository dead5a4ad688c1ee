import { Icon } from '../parts/icon.tsx';
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
  const signOut = async (): Promise<void> => {
    await server.signOut().catch(() => {});
    onSignedOut();
  };
  return (
    <header class="top">
      <Link class="brand" to="/" label="Tyto fleet, all events">
        <img src="/owl.svg" alt="" width="36" height="36" />
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
      <button type="button" class="plain round" popovertarget="menu" aria-label="Menu" title="Menu">
        <Icon name="menu" />
      </button>
      <div id="menu" class="menu" popover="auto">
        <button type="button" popovertarget="menu" popovertargetaction="hide" onClick={onChangePassword}>
          <Icon name="key" />
          Change the password
        </button>
        <button type="button" popovertarget="menu" popovertargetaction="hide" onClick={() => void signOut()}>
          <Icon name="leave" />
          Sign out
        </button>
        <p>{version === undefined ? 'Tyto fleet' : `Tyto fleet ${version}`}</p>
      </div>
    </header>
  );
}
