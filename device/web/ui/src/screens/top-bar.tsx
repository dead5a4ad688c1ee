import { Icon } from '../parts/icon.tsx';
import { Owl } from '../parts/owl.tsx';
import { navigate } from '../route.ts';
import { server } from '../server.ts';

export interface TopBarProps {
  readonly device: string | undefined;
  readonly version: string | undefined;
  readonly onChangePassword: () => void;
  readonly onSignedOut: () => void;
}

export function TopBar({ device, version, onChangePassword, onSignedOut }: TopBarProps) {
  const signOut = async (): Promise<void> => {
    await server.signOut().catch(() => {});
    onSignedOut();
  };
  return (
    <header class="top">
      <a class="brand" href="/" onClick={(click) => { click.preventDefault(); navigate('/'); }} aria-label="Tyto, live picture">
        <Owl />
        <span class="brand-name">Tyto</span>
      </a>
      <span class="device-name">{device}</span>
      <button type="button" class="plain round" popovertarget="menu" aria-label="Menu" title="Menu"><Icon name="menu" /></button>
      <div id="menu" class="menu" popover="auto">
        <button type="button" popovertarget="menu" popovertargetaction="hide" onClick={onChangePassword}><Icon name="key" />Change the password</button>
        <button type="button" popovertarget="menu" popovertargetaction="hide" onClick={() => void signOut()}><Icon name="leave" />Sign out</button>
        <p>{version === undefined ? 'Tyto' : `Tyto ${version}`}</p>
      </div>
    </header>
  );
}
