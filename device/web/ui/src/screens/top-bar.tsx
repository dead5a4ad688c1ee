import { navigate } from '../../../../ui/navigation.ts';
import { Menu, type MenuEntry } from '../../../../ui/parts/menu.tsx';
import { Owl } from '../../../../ui/parts/owl.tsx';
import { server } from '../server.ts';

export interface TopBarProps {
  readonly device: string | undefined;
  readonly version: string | undefined;
  readonly onChangePassword: () => void;
  readonly onSignedOut: () => void;
}

const ENTRIES: readonly MenuEntry[] = [
  { icon: 'camera', label: 'Continuous recording', onClick: () => navigate('/recordings') },
  { icon: 'play', label: 'Films of days', onClick: () => navigate('/films') },
  { icon: 'zones', label: 'Zones and masks', onClick: () => navigate('/places') },
  { icon: 'people', label: 'People', onClick: () => navigate('/people') },
  { icon: 'sound', label: 'Outputs', onClick: () => navigate('/outputs') },
  { icon: 'upload', label: 'Uploads', onClick: () => navigate('/uploads') },
  { icon: 'eye', label: 'Access keys', onClick: () => navigate('/keys') },
];

export function TopBar({ device, version, onChangePassword, onSignedOut }: TopBarProps) {
  return (
    <header class="top">
      <a class="brand" href="/" onClick={(click) => {
        click.preventDefault();
        navigate('/');
      }} aria-label="Tyto, live picture">
        <Owl />
        <span class="brand-name">Tyto</span>
      </a>
      {device === undefined ? <span class="spacer" /> : <h1 class="device-name">{device}</h1>}
      <Menu
        server={server} entries={ENTRIES} about={version === undefined ? 'Tyto' : `Tyto ${version}`}
        onChangePassword={onChangePassword} onSignedOut={onSignedOut}
      />
    </header>
  );
}
