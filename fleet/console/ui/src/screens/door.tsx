import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { OwnerName, PasswordField } from '../parts/password-field.tsx';
import { inWords, Refusal, server } from '../server.ts';

const SHORTEST = 10;

/** First visit: nobody owns the fleet's page yet. */
export function SetPassword({ onDone }: { readonly onDone: () => void }) {
  const [password, setPassword] = useState('');
  const missing = SHORTEST - Array.from(password).length;
  return (
    <Door
      title="Welcome to your fleet"
      lead="Here is what all your cameras recorded. Choose a password for this page: there is no default one."
      button="Open the page"
      ready={missing <= 0}
      send={() => server.createOwner(password)}
      onDone={onDone}
    >
      <PasswordField
        label="Password"
        kind="new-password"
        value={password}
        onValue={setPassword}
        focus
        hint={
          missing > 0 && password !== ''
            ? `${missing} more ${missing === 1 ? 'character' : 'characters'}`
            : `At least ${SHORTEST} characters. A few words in a row are easy to remember.`
        }
      />
    </Door>
  );
}

export function SignIn({ onDone }: { readonly onDone: () => void }) {
  const [password, setPassword] = useState('');
  return (
    <Door
      title="Sign in"
      lead="The password of the fleet's page was set when it was first opened."
      button="Sign in"
      ready={password !== ''}
      send={() => server.signIn(password)}
      onDone={onDone}
    >
      <PasswordField label="Password" kind="current-password" value={password} onValue={setPassword} focus />
    </Door>
  );
}

interface DoorProps {
  readonly title: string;
  readonly lead: string;
  readonly button: string;
  readonly ready: boolean;
  readonly send: () => Promise<unknown>;
  readonly onDone: () => void;
  readonly children: ComponentChildren;
}

function Door({ title, lead, button, ready, send, onDone, children }: DoorProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await send();
      onDone();
    } catch (refused) {
      // Somebody was quicker, or the password was taken away: ask again what is wanted.
      if (refused instanceof Refusal && ['access.has-owner', 'access.no-owner'].includes(refused.code)) onDone();
      setError(inWords(refused));
      setBusy(false);
    }
  };
  return (
    <main class="door">
      <form onSubmit={(event) => void submit(event)}>
        <img class="door-owl" src="/owl.svg" alt="Tyto" width="84" height="84" />
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        <OwnerName />
        {children}
        <p class="error" role="alert">{error}</p>
        <button type="submit" class="primary" disabled={!ready || busy}>{busy ? 'One moment…' : button}</button>
      </form>
    </main>
  );
}
