/** What a new password must be: long, and not what a guesser tries first. */

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

export type PasswordComplaint = 'too-short' | 'too-long' | 'too-obvious';

/** Words that stand alone or several times over in most guessed passwords; plain letters, as `letters` leaves them. */
const OBVIOUS_WORDS = [
  'password', 'passwort', 'passphrase', 'passcode', 'pass', 'word', 'contrasena', 'motdepasse', 'qwerty',
  'qwertz', 'azerty', 'letmein',
  'welcome', 'willkommen', 'admin', 'administrator', 'root', 'owner', 'user', 'guest', 'login', 'signin',
  'default', 'changeme',
  'secret', 'geheim', 'iloveyou', 'sunshine', 'princess', 'football', 'baseball', 'superman', 'batman',
  'dragon', 'monkey',
  'master', 'shadow', 'trustno', 'starwars', 'whatever', 'hello', 'hallo', 'test', 'testing', 'computer',
  'internet', 'security',
  'camera', 'kamera', 'surveillance', 'video', 'raspberry', 'raspberrypi', 'pi', 'balena', 'tyto', 'owl',
  'barnowl', 'barn',
  'kerberos', 'frigate', 'motion', 'my', 'the', 'is', 'home', 'new',
];

/** Rows of keys and the alphabet: any run of these, in either direction, is a guess. */
const ROWS = [
  'abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'zxcvbnm',
  'yxcvbnm', '1q2w3e4r5t6y7u8i9o0p', 'qazwsxedcrfvtgbyhnujm', '1qaz2wsx3edc4rfv5tgb',
];

/** What is wrong with `password`, or undefined when it will do. */
export function passwordComplaint(password: string): PasswordComplaint | undefined {
  const length = Array.from(password.normalize('NFKC')).length;
  if (length < PASSWORD_MIN) return 'too-short';
  if (length > PASSWORD_MAX) return 'too-long';
  return isObvious(password) ? 'too-obvious' : undefined;
}

function isObvious(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  if (new Set(plain).size < 4) return true;
  if (isRuns(plain) || isRuns(plain.replaceAll(/[^a-z0-9]/g, ''))) return true;
  return [plain, unleet(plain)].some((text) => isObviousWords(letters(text)));
}

/** Made of obvious words only, whatever digits and signs stand between and after them. */
function isObviousWords(text: string): boolean {
  if (text === '') return false;
  const reached = new Set([0]);
  for (let at = 0; at < text.length; at++) {
    if (!reached.has(at)) continue;
    for (const word of OBVIOUS_WORDS) if (text.startsWith(word, at)) reached.add(at + word.length);
  }
  return reached.has(text.length);
}

/** Made of pieces of keyboard rows, each of at least three keys: `1234567890`, `qwertyasdfgh`, `abcabcabcabc`. */
function isRuns(text: string): boolean {
  if (text === '') return false;
  let at = 0;
  while (at < text.length) {
    const length = runLength(text, at);
    if (length < 3) return false;
    at += length;
  }
  return true;
}

function runLength(text: string, at: number): number {
  let best = 1;
  for (const row of DIRECTED_ROWS) {
    while (row.includes(text.slice(at, at + best + 1)) && at + best < text.length) best += 1;
  }
  let same = 1;
  while (at + same < text.length && text[at + same] === text[at]) same += 1;
  return Math.max(best, same);
}

const DIRECTED_ROWS = [...ROWS, ...ROWS.map((row) => row.split('').toReversed().join(''))];

const letters = (text: string): string => text.replaceAll(/[^a-z]/g, '');

const LEET: Readonly<Record<string, string>> = {
  0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i',
};
/** The tail of digits and signs goes first: in `passw0rd1!` the `1!` are no letters. */
const unleet = (text: string): string =>
  text.replace(/[^a-z]+$/, '').replaceAll(/[013457@$!]/g, (sign) => LEET[sign] ?? sign);
