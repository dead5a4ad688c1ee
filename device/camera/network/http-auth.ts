/**
 * How a camera asks for a user name and a password over HTTP, and what answers it: Basic
 * (RFC 7617) and Digest (RFC 7616).
 */
import { createHash } from 'node:crypto';

export interface Credentials { readonly user: string; readonly password: string }

/** One way that a server offers; its parameters by their names in lower case. */
export interface Challenge { readonly scheme: string; readonly parameters: ReadonlyMap<string, string> }

/** Reads the values of all `WWW-Authenticate` headers. */
export function readChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((header) => {
    // A scheme is a word that no = follows; what follows it up to the next one are its parameters.
    const starts = [...header.matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[\w-]+\s*=|\s*(?:,|$))/g)];
    return starts.map((start, index) => {
      const text = header.slice(start.index + start[0].length, starts[index + 1]?.index);
      const found = [...text.matchAll(/([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))/g)];
      return {
        scheme: start[1]?.toLowerCase() ?? '',
        parameters: new Map(found.map(([, name = '', quoted, plain]) =>
          [name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? ''])),
      };
    });
  });
}

/** Node's names of the hashes, the stronger first. */
const HASHES: readonly (readonly [algorithm: string, hash: string])[] = [
  ['SHA-512-256', 'sha512-256'], ['SHA-256', 'sha256'], ['MD5', 'md5'],
];

/** Answers each request of one connection or many, for as long as its challenge holds. */
export class Authentication {
  readonly #credentials: Credentials;
  readonly #challenge: Challenge;
  readonly #clientNonce: () => string;
  #count = 0;

  constructor(credentials: Credentials, challenge: Challenge, clientNonce: () => string) {
    this.#credentials = credentials;
    this.#challenge = challenge;
    this.#clientNonce = clientNonce;
  }

  /** The value of the `Authorization` header. @param target - Path and query, as the request has them. */
  header(method: string, target: string): string {
    const { user, password } = this.#credentials;
    if (this.#challenge.scheme === 'basic') return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return this.#digest(method, target);
  }

  #digest(method: string, target: string): string {
    const { user, password } = this.#credentials;
    const { parameters } = this.#challenge;
    const [realm, nonce, algorithm] = [
      parameters.get('realm') ?? '', parameters.get('nonce') ?? '', parameters.get('algorithm'),
    ];
    const hash = hasher(hashOf(this.#challenge) ?? 'md5');
    const quality = parameters.get('qop') === undefined ? undefined : 'auth';
    const count = (++this.#count).toString(16).padStart(8, '0');
    const client = this.#clientNonce();
    const plain = hash(`${user}:${realm}:${password}`);
    const secret = /-sess$/i.test(algorithm ?? '') ? hash(`${plain}:${nonce}:${client}`) : plain;
    const asked = hash(`${method}:${target}`);
    const response = quality === undefined ? hash(`${secret}:${nonce}:${asked}`)
      : hash(`${secret}:${nonce}:${count}:${client}:${quality}:${asked}`);
    const opaque = parameters.get('opaque');
    return `Digest ${[
      `username="${quoted(user)}"`, `realm="${quoted(realm)}"`, `nonce="${quoted(nonce)}"`,
      `uri="${target}"`, `response="${response}"`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
      ...(quality === undefined ? [] : [`qop=${quality}`, `nc=${count}`, `cnonce="${client}"`]),
    ].join(', ')}`;
  }
}

/** The safest of what a server offers and we can answer; undefined when there is none. */
export function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  for (const [, hash] of HASHES) {
    const digest = challenges.find((challenge) =>
      challenge.scheme === 'digest' && hashOf(challenge) === hash && offersAuth(challenge));
    if (digest !== undefined) return digest;
  }
  return challenges.find(({ scheme }) => scheme === 'basic');
}

const hashOf = ({ parameters }: Challenge): string | undefined => {
  const algorithm = (parameters.get('algorithm') ?? 'MD5').toUpperCase().replace(/-SESS$/, '');
  return HASHES.find(([name]) => name === algorithm)?.[1];
};

const offersAuth = ({ parameters }: Challenge): boolean =>
  parameters.get('qop')?.split(',').some((word) => word.trim() === 'auth') !== false;

const hasher = (algorithm: string) => (text: string): string => createHash(algorithm).update(text).digest('hex');
const quoted = (text: string): string => text.replaceAll(/["\\]/g, String.raw`\$&`);

/** What stands before the host in an address; undefined when nothing does. */
export function credentialsOf({ username, password }: URL): Credentials | undefined {
  return username === '' && password === '' ? undefined : { user: decoded(username), password: decoded(password) };
}

/** A lone % is itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
