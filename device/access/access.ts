/** The owner: one password, the sessions opened with it, and who may try how often. */
import path from 'node:path';
import { oneAtATime } from '../core/one-at-a-time.ts';
import { millis, type Millis } from '../core/units.ts';
import type { Clock } from '../runtime/clock.ts';
import { HttpError } from '../http/http-error.ts';
import { DEFAULT_LIMITS, LoginLimit, type LoginLimits } from './login-limit.ts';
import { openOwnerFile, type OwnerDocument, type OwnerFile } from './owner-file.ts';
import { DEFAULT_COST, hashPassword, verifyPassword, type ScryptCost } from './password-hash.ts';
import { PASSWORD_MAX, PASSWORD_MIN, passwordComplaint } from './password-rules.ts';
import { cookieNameFor, loadSessionKey } from './session-key.ts';
import { newGeneration, newSessionId, readToken, writeToken, type Session } from './session-token.ts';
import { findViewToken, MOST_VIEW_TOKENS, newViewToken, type ViewToken } from './view-token.ts';

const DAY = 86_400_000;
/** Without a visit for this long, a session ends. */
export const SESSION_LASTS: Millis = millis(30 * DAY);
/** A session in use is renewed once it is this old. */
const RENEW_AFTER: Millis = millis(DAY);

export interface AccessOptions {
  /** Where `owner.json`, `view-tokens.json` and `session.key` lie; exists. */
  readonly folder: string;
  readonly clock: Clock;
  readonly limits?: LoginLimits;
  readonly cost?: ScryptCost;
  /** What else the password opens. */
  readonly secrets?: PasswordSecrets;
}

/** Something that is locked with the owner's password, and opened when that is in hand. */
export interface PasswordSecrets {
  isLocked(): Promise<boolean>;
  /** @param password - The right one. Never rejects. */
  takePassword(password: string): Promise<void>;
  /** Locks it with `newPassword`; `commit` makes that the password. */
  changePassword(password: string, newPassword: string, commit: () => Promise<void>): Promise<void>;
}

const NO_SECRETS: PasswordSecrets = {
  isLocked: async () => false, takePassword: async () => {},
  changePassword: (_password, _newPassword, commit) => commit(),
};

/** Who tries a password. */
export interface Caller {
  /** The network address. */
  readonly address: string;
  /** What its cookie holds, also when that lets nobody in any more. */
  readonly token: string | undefined;
}

export class Access {
  readonly cookieName: string;
  readonly #file: OwnerFile;
  readonly #key: Buffer;
  readonly #clock: Clock;
  readonly #limit: LoginLimit;
  readonly #cost: ScryptCost;
  readonly #secrets: PasswordSecrets;
  readonly #listeners = new Set<() => void>();
  /** What reads the document and writes it follows one another: of two first visitors exactly one finds nobody. */
  readonly #inTurn = oneAtATime(<T>(work: () => Promise<T>) => work());

  /** @throws {ConfigError} When one of the two files is damaged; nothing is then served. */
  static async open(options: AccessOptions): Promise<Access> {
    const file = await openOwnerFile(options.folder);
    return new Access(file, await loadSessionKey(path.join(options.folder, 'session.key')), options);
  }

  private constructor(
    file: OwnerFile, key: Buffer,
    { clock, limits = DEFAULT_LIMITS, cost = DEFAULT_COST, secrets = NO_SECRETS }: AccessOptions,
  ) {
    this.cookieName = cookieNameFor(key);
    this.#file = file;
    this.#key = key;
    this.#clock = clock;
    this.#limit = new LoginLimit(limits);
    this.#cost = cost;
    this.#secrets = secrets;
  }

  /** Whether it is kept in memory that somebody tried a password lately. */
  get remembersTries(): boolean { return this.#limit.remembers; }

  get hasOwner(): boolean { return this.#file.document.owner !== null; }

  /** Whether something waits for the password although a session needs none: what `signIn` opens. */
  isLocked(): Promise<boolean> { return this.#secrets.isLocked(); }

  /**
   * The first visit: whoever sets the password is the owner.
   * @returns The token of a new session.
   * @throws {HttpError} 409 when there is an owner already, 422 when the password will not do.
   */
  createOwner(password: string): Promise<string> {
    refuseWeak(password);
    return this.#inTurn(async () => {
      if (this.hasOwner) throw new HttpError(409, 'access.has-owner', 'the password is already set; sign in with it');
      await this.#setPassword(password);
      await this.#secrets.takePassword(password);
      return this.#openSession();
    });
  }

  /**
   * @returns The token of a new session.
   * @throws {HttpError} 401 when the password is wrong, 409 before the first visit, 429 with
   * `retryAfter` after too many tries.
   */
  async signIn(password: string, caller: Caller): Promise<string> {
    await this.#checkPassword(password, caller);
    await this.#secrets.takePassword(password);
    return this.#openSession();
  }

  /**
   * Ends every session, the caller's too.
   * @returns The token of a new session for the caller.
   * @throws {HttpError} As `signIn`, and 422 when the new password will not do.
   */
  async changePassword(password: string, newPassword: string, caller: Caller): Promise<string> {
    refuseWeak(newPassword);
    await this.#checkPassword(password, caller);
    const token = await this.#inTurn(async () => {
      await this.#secrets.changePassword(password, newPassword, () => this.#setPassword(newPassword));
      return this.#openSession();
    });
    this.#tell();
    return token;
  }

  /** Takes a session back: its token is worth nothing from now on, wherever it was copied to. */
  async signOut({ id }: Session): Promise<void> {
    await this.#inTurn(() => {
      const now = this.#clock.now();
      const signedOut = this.#file.document.signedOut.filter(({ until }) => until > now);
      return this.#file.write({
        ...this.#file.document, signedOut: [...signedOut, { id, until: now + SESSION_LASTS }],
      });
    });
    this.#tell();
  }

  /** The session that a cookie's token stands for, while it holds. */
  session(token: string | undefined): Session | undefined {
    const session = token === undefined ? undefined : readToken(token, this.#key);
    return session !== undefined && this.holds(session) ? session : undefined;
  }

  /** Whether `session` still lets its bearer in. */
  holds({ id, generation, issuedAt }: Session): boolean {
    const { owner, signedOut }: OwnerDocument = this.#file.document;
    // A token from the future is ours too: the clock of a device without a battery starts in the past.
    return owner !== null && owner.generation === generation && this.#clock.now() < issuedAt + SESSION_LASTS
      && !signedOut.some((gone) => gone.id === id);
  }

  /** The keys that let programs look; they outlive a change of the password, and end one by one. */
  get viewTokens(): readonly ViewToken[] { return this.#file.document.viewTokens; }

  /**
   * @param name - What it is for.
   * @returns The key, which nobody can be told again.
   * @throws {HttpError} 409 `access.too-many-tokens`, `access.token-name-taken`.
   */
  createViewToken(name: string): Promise<{ readonly token: string; readonly kept: ViewToken }> {
    return this.#inTurn(async () => {
      if (this.viewTokens.length >= MOST_VIEW_TOKENS) {
        throw new HttpError(
          409,
          'access.too-many-tokens', `there are ${MOST_VIEW_TOKENS} access keys already; delete those that nobody needs`,
        );
      }
      const same = this.viewTokens.find((token) => isSameName(token.name, name));
      if (same !== undefined) {
        throw new HttpError(409, 'access.token-name-taken',
          `there is an access key "${same.name}" already; choose another name, or delete that one first`);
      }
      const made = newViewToken(name, this.#clock.now());
      await this.#file.write({ ...this.#file.document, viewTokens: [...this.viewTokens, made.kept] });
      return made;
    });
  }

  /** Takes a key back: who watches with it is let go. @returns Whether there was one. */
  async revokeViewToken(id: string): Promise<boolean> {
    const isKnown = await this.#inTurn(async () => {
      const rest = this.viewTokens.filter((token) => token.id !== id);
      if (rest.length === this.viewTokens.length) return false;
      await this.#file.write({ ...this.#file.document, viewTokens: rest });
      return true;
    });
    if (isKnown) this.#tell();
    return isKnown;
  }

  /** Whether `token` is a key that lets its bearer look. */
  isViewToken(token: string): boolean { return findViewToken(this.viewTokens, token) !== undefined; }

  /** Notes that a session was used from `address`: what others try does not hold up a sign-in from there. */
  welcome(address: string): void { this.#limit.welcome(address); }

  /** A token that lasts longer, once `session` is a day old; undefined before. */
  renew(session: Session): string | undefined {
    const now = this.#clock.now();
    return now - session.issuedAt < RENEW_AFTER ? undefined : writeToken({ ...session, issuedAt: now }, this.#key);
  }

  /** Calls `listener` whenever sessions may have ended: ask `holds` again. @returns What stops it. */
  onSessionsEnded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => { this.#listeners.delete(listener); };
  }

  async #checkPassword(password: string, { address, token }: Caller): Promise<void> {
    // A session that ended still tells that its browser was let in once.
    const visitor = { address, browser: token === undefined ? undefined : readToken(token, this.#key)?.id };
    const wait = await this.#limit.take(visitor);
    if (wait !== undefined) {
      throw new HttpError(
        429, 'access.too-many-tries', `too many wrong passwords; try again in ${inWords(wait)}`, { retryAfter: wait },
      );
    }
    // One hash at a time: each takes tens of megabytes.
    const right = await this.#inTurn(async () => {
      const { owner } = this.#file.document;
      if (owner === null)
        throw new HttpError(409, 'access.no-owner', 'no password is set yet; open the page and set one');
      return password.length <= PASSWORD_MAX * 4 && await verifyPassword(password, owner.password);
    });
    if (!right) throw new HttpError(401, 'access.wrong-password', 'this is not the password');
    await this.#limit.forgive(visitor);
  }

  async #setPassword(password: string): Promise<void> {
    const owner = { password: await hashPassword(password, this.#cost), generation: newGeneration() };
    await this.#file.write({ ...this.#file.document, owner, signedOut: [] });
  }

  #openSession(): string {
    const generation = this.#file.document.owner?.generation ?? '';
    return writeToken({ id: newSessionId(), generation, issuedAt: this.#clock.now() }, this.#key);
  }

  #tell(): void { for (const listener of this.#listeners) listener(); }
}

const WEAK = {
  'too-short': `the password must have at least ${PASSWORD_MIN} characters`,
  'too-long': `the password must have at most ${PASSWORD_MAX} characters`,
  'too-obvious': 'this password is among the first that anybody would try; choose a less obvious one',
} as const;

function refuseWeak(password: string): void {
  const complaint = passwordComplaint(password);
  if (complaint !== undefined) throw new HttpError(422, `access.password-${complaint}`, WEAK[complaint]);
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const inWords = (seconds: number): string => (seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`);
