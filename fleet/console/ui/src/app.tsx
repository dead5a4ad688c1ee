import type { DoorWords } from '../../../../device/ui/sign-in/door.tsx';
import { SignedIn } from '../../../../device/ui/sign-in/signed-in.tsx';
import { Home } from './screens/home.tsx';
import { server } from './server.ts';

/** The page, for its owner. */
export const App = () =>
  <SignedIn server={server} words={WORDS}>{(onSignedOut) => <Home onSignedOut={onSignedOut} />}</SignedIn>;

const WORDS: DoorWords = {
  welcome: 'Welcome to your fleet',
  whose: 'Here is what all your cameras recorded. Choose a password for this page: there is no default one.',
  begin: 'Open the page',
  known: 'The password of the fleet\'s page was set when it was first opened.',
};
