import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { OwnerName, PasswordField } from '../parts/password-field.tsx';
import { inWords, Refusal, type OwnerCalls } from '../server.ts';

/** What a page says to who stands before it. */
export interface DoorWords {
  /** Title on the first visit. */
  readonly welcome: string;
  /** Why a password is to be chosen. */
  readonly whose: string;
  /** The button that chooses it. */
  readonly begin: string;
  /** Where the password came from, for who is asked for it. */
  readonly known: string;
}

export interface AskPasswordProps {
  readonly server: OwnerCalls;
  readonly words: DoorWords;
  readonly onDone: () => void;
}

/** As many characters as the server asks of a password. */
export const SHORTEST = 10;

/** First visit: nobody owns what the page shows yet. */
export function SetPassword({ server, words, onDone }: AskPasswordProps) {
  const [password, setPassword] = useState('');
  const missing = SHORTEST - Array.from(password).length;
  return (
    <Door
      title={words.welcome} lead={words.whose} button={words.begin} ready={missing <= 0}
      send={() => server.createOwner(password)} onDone={onDone}
    >
      {(invalid) => (
        <PasswordField
          label="Password" kind="new-password" value={password} onValue={setPassword} invalid={invalid} focus
          hint={missing > 0 && password !== ''
            ? `${missing} more ${missing === 1 ? 'character' : 'characters'}`
            : `At least ${SHORTEST} characters. A few words in a row are easy to remember.`}
        />
      )}
    </Door>
  );
}

export function SignIn({ server, words, onDone }: AskPasswordProps) {
  const [password, setPassword] = useState('');
  return (
    <Door title="Sign in" lead={words.known} onDone={onDone} button="Sign in" ready={password !== ''} send={() =>
      server.signIn(password)}>
      {(
        invalid,
      ) => <PasswordField
        label="Password" kind="current-password" value={password} onValue={setPassword} invalid={invalid} focus
      />}
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
  readonly children: (invalid: boolean) => ComponentChildren;
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
      <form onSubmit={(event) => void submit(event)} onInput={() => setError(undefined)}>
        <img class="door-owl" src="/owl.svg" alt="Tyto" width="84" height="84" />
        <h1>{title}</h1>
        <p class="lead">{lead}</p>
        <OwnerName />
        {children(error !== undefined)}
        <p class="error" role="alert">{error}</p>
        <button type="submit" class="primary" disabled={!ready || busy}>{busy ? 'One moment…' : button}</button>
      </form>
    </main>
  );
}
