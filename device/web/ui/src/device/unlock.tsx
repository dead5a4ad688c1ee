import { useEffect, useState } from 'preact/hooks';
import { OwnerName, PasswordField } from '../../../../ui/parts/password-field.tsx';
import { inWords } from '../../../../ui/server.ts';
import { server } from '../server.ts';

/**
 * Encrypted recordings wait for the password when the device was restarted, or encryption switched on, although
 * its owner is still signed in. Asked for anew whenever the device is heard again. What could not be shown
 * before is loaded anew with the page.
 */
export function Unlock({ connected }: { readonly connected: boolean }) {
  const [locked, setLocked] = useState(false);
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    if (connected) server.session().then((session) => setLocked(session.locked), () => {});
  }, [connected]);
  if (!locked) return null;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || password === '') return;
    setBusy(true);
    try {
      await server.signIn(password);
      location.reload();
    } catch (refused) {
      setError(inWords(refused));
      setBusy(false);
    }
  };
  return (
    <form class="unlock" aria-label="Unlock recordings" onSubmit={(event) =>
      void submit(event)} onInput={() => setError(undefined)}>
      <p>Recordings are encrypted. Enter the password once more to open them.</p>
      <OwnerName />
      <PasswordField
        label="Password" kind="current-password" value={password} onValue={setPassword} invalid={error !== undefined}
      />
      <button type="submit" class="primary" disabled={busy || password === ''}>
        {busy ? 'One moment…' : 'Unlock'}
      </button>
      <p class="error" role="alert">{error}</p>
    </form>
  );
}
