import { useEffect } from 'preact/hooks';
import type { DoorWords } from '../../../ui/sign-in/door.tsx';
import { SignedIn } from '../../../ui/sign-in/signed-in.tsx';
import type { EarlyLive } from './live/early-live.ts';
import { noteLetIn } from './live/was-here.ts';
import { Home } from './screens/home.tsx';
import { server } from './server.ts';

/** The page, for its owner. */
export const App = ({ early }: { readonly early: EarlyLive | undefined }) =>
  <SignedIn server={server} words={WORDS}>
    {(onSignedOut) => <LetIn early={early} onSignedOut={onSignedOut} />}
  </SignedIn>;

/** Remembers that it is, for the next time that the page is opened. */
function LetIn({ early, onSignedOut }: { readonly early: EarlyLive | undefined; readonly onSignedOut: () => void }) {
  useEffect(() => {
    noteLetIn(true);
    return () => noteLetIn(false);
  }, []);
  return <Home early={early} onSignedOut={onSignedOut} />;
}

const WORDS: DoorWords = {
  welcome: 'Welcome to Tyto',
  whose: 'This camera is yours. Choose a password that keeps it so: there is no default one.',
  begin: 'Start watching',
  known: 'The password was set when this page was first opened.',
};
