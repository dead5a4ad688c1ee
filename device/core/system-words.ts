/** What the operating system refused, in words for people: its own are for programmers. */

/** As Node.js makes them: of files with `path`, maybe `dest`; of networks with `address` and `port` or `hostname`. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: unknown;
  /** Where `path` was to go. */
  readonly dest?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
  readonly hostname?: unknown;
}

/**
 * @returns `there is no /data/x (ENOENT)`: the code stays, to look for elsewhere. Undefined for what no system said,
 *   and for a code that has no better words than its own.
 */
export function systemWords(error: Error): string | undefined {
  if (!isOfSystem(error)) return undefined;
  const words = WORDS[error.code]?.(whatOf(error));
  return words === undefined ? undefined : `${words} (${error.code})`;
}

/**
 * Whether the machine refuses, whatever the program would do: somebody must change an owner or a mode, make room, or
 * see to the disk.
 */
export const isRefusedBySystem = (error: unknown): error is Error =>
  error instanceof Error && isOfSystem(error) && REFUSALS.has(error.code);

const REFUSALS: ReadonlySet<string> = new Set([
  'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE',
]);

const isOfSystem = (error: Error): error is SystemError =>
  'code' in error && typeof error.code === 'string' && 'syscall' in error && typeof error.syscall === 'string';

interface What {
  /** What it may be about: two, where something was to go from one place to another. */
  readonly file: string;
  readonly missing: string;
  /** What only the place can be where something was to be put. */
  readonly target: string;
  readonly there: string;
  readonly host: string;
}

function whatOf({ path, dest, address, port, hostname }: SystemError): What {
  const [from = 'the file', to, place, host] =
    [path, dest, address, hostname].map((one) => (typeof one === 'string' ? one : undefined));
  return {
    file: to === undefined ? from : `${from} or ${to}`,
    missing: to === undefined ? from : `${from}, or no folder for ${to}`,
    target: to ?? from, host: host ?? 'the server',
    there: place === undefined ? 'the address' : typeof port === 'number' ? `${place}:${port}` : place,
  };
}

const denied = ({ file }: What): string => `this user may not use ${file}`;
const full = (): string => 'the disk is full';
const cut = (): string => 'the connection was cut';
const noWay = ({ there }: What): string => `no network leads to ${there}`;

const WORDS: Readonly<Record<string, (what: What) => string>> = {
  ENOENT: ({ missing }) => `there is no ${missing}`,
  EACCES: denied, EPERM: denied,
  EEXIST: ({ target }) => `something is at ${target} already`,
  ENOTDIR: ({ file }) => `${file}, or what it lies in, is a file and no folder`,
  EISDIR: ({ target }) => `${target} is a folder and no file`,
  ENOTEMPTY: ({ target }) => `${target} is not empty`,
  ENOSPC: full, EDQUOT: full,
  EROFS: ({ file }) => `${file} lies on a disk that is read-only`,
  EIO: ({ file }) => `the disk reports errors at ${file}`,
  EMFILE: () => 'too many files are open', ENFILE: () => 'too many files are open',
  ECONNREFUSED: ({ there }) => `nothing listens at ${there}`,
  ETIMEDOUT: ({ there }) => `${there} does not answer`,
  EHOSTUNREACH: noWay, ENETUNREACH: noWay,
  ECONNRESET: cut, EPIPE: cut,
  EADDRINUSE: ({ there }) => `another program listens at ${there}`,
  ENOTFOUND: ({ host }) => `no network knows the name ${host}`,
  EAI_AGAIN: ({ host }) => `the name ${host} cannot be looked up just now`,
};
