import { useEffect, useState } from 'preact/hooks';
import type { SessionView } from '../../../../device/contract/session.ts';
import { SetPassword, SignIn } from './screens/door.tsx';
import { Home } from './screens/home.tsx';
import { inWords, server } from './server.ts';

/** First visit, signed out, or in. */
export function App() {
  const [session, setSession] = useState<SessionView | undefined>(undefined);
  const [error, setError] = useState<string | undefined>(undefined);
  const ask = (): void => {
    server.session().then(
      (answer) => {
        setSession(answer);
        setError(undefined);
      },
      (refused: unknown) => setError(inWords(refused)),
    );
  };
  useEffect(ask, []);
  if (session?.signedIn === true) return <Home onSignedOut={ask} />;
  if (session !== undefined) return session.owner ? <SignIn onDone={ask} /> : <SetPassword onDone={ask} />;
  return (
    <main class="door" aria-busy={error === undefined}>
      <div class="opening">
        <img class="door-owl" src="/owl.svg" alt="Tyto" width="84" height="84" />
        {error === undefined ? null : (
          <>
            <p role="alert">{error}</p>
            <button type="button" class="plain" onClick={ask}>
              Try again
            </button>
          </>
        )}
      </div>
    </main>
  );
}
