import type { OwnerCalls } from '../server.ts';
import { Icon, type IconName } from './icon.tsx';

export interface MenuEntry { readonly icon: IconName; readonly label: string; readonly onClick: () => void }

export interface MenuProps {
  readonly server: OwnerCalls;
  /** What this page has besides. */
  readonly entries?: readonly MenuEntry[];
  /** Which Tyto this is, in its last line. */
  readonly about: string;
  readonly onChangePassword: () => void;
  readonly onSignedOut: () => void;
}

/** What the owner can do on every screen, behind a button. */
export function Menu({ server, entries = [], about, onChangePassword, onSignedOut }: MenuProps) {
  const signOut = async (): Promise<void> => {
    await server.signOut().catch(() => {});
    onSignedOut();
  };
  return (
    <>
      <button type="button" class="plain round" popovertarget="menu" aria-label="Menu" title="Menu">
        <Icon name="menu" />
      </button>
      <div id="menu" class="menu" popover="auto">
        {entries.map(({ icon, label, onClick }) => (
          <button type="button" key={label} popovertarget="menu" popovertargetaction="hide" onClick={onClick}>
            <Icon name={icon} />{label}
          </button>
        ))}
        <button type="button" popovertarget="menu" popovertargetaction="hide" onClick={onChangePassword}>
          <Icon name="key" />Change the password
        </button>
        <button type="button" popovertarget="menu" popovertargetaction="hide" onClick={() => void signOut()}>
          <Icon name="leave" />Sign out
        </button>
        <p>{about}</p>
      </div>
    </>
  );
}
