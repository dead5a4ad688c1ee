/**
 * `device/ui` is what the page of a device and the page of a fleet are both made of, so that who knows one knows the
 * other. In `sign-in` is what stands before each page until its owner is known, in `parts` what both put on their
 * screens, in `style` how all of it looks, in `page-config.ts` how a page is built. Nothing here knows which page it is
 * in: what differs comes as a parameter.
 */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SessionView } from '../../contract/session.ts';
import { inWords, type OwnerCalls } from '../server.ts';
import { SetPassword, SignIn, type DoorWords } from './door.tsx';

export interface SignedInProps {
  readonly server: OwnerCalls;
  readonly words: DoorWords;
  /** What only the owner sees; `onSignedOut` is to be called when the session is found to be over. */
  readonly children: (onSignedOut: () => void) => ComponentChildren;
}

/** First visit, signed out, or in. */
export function SignedIn({ server, words, children }: SignedInProps) {
  const [session, setSession] = useState<SessionView | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const ask = (): void => {
    server.session().then(
      (answer) => { setSession(answer); setError(undefined); },
      (refused: unknown) => setError(inWords(refused)),
    );
  };
  useEffect(ask, []);
  if (session === undefined) return <Opening error={error} onAgain={ask} />;
  if (!session.owner) return <SetPassword server={server} words={words} onDone={ask} />;
  if (!session.signedIn) return <SignIn server={server} words={words} onDone={ask} />;
  return children(ask);
}

function Opening({ error, onAgain }: { readonly error: string | undefined; readonly onAgain: () => void }) {
  return (
    <main class="door" aria-busy={error === undefined}>
      <div class="opening">
        <img class="door-owl" src="/owl.svg" alt="Tyto" width="84" height="84" />
        {error === undefined ? null
          : <><p role="alert">{error}</p><button type="button" class="plain" onClick={onAgain}>Try again</button></>}
      </div>
    </main>
  );
}
