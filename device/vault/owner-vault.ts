/** The owner's keys in the process that shows recordings: opened with the password, held in memory. */
import { isDeepStrictEqual } from 'node:util';
import { describeError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { oneAtATime } from '../core/one-at-a-time.ts';
import type { WrappedKey } from '../contract/encrypted-box.ts';
import { BoxPlaces } from './box-places.ts';
import {
  createOwnerKeys, openOwnerPair, readOwnerKeys, writeOwnerKeys, type OwnerKeys, type OwnerPair,
} from './owner-keys.ts';
import { DEFAULT_COST, Password, type ScryptCost } from './password-box.ts';
import { Keyring, type KeyOpener } from './wrapped-key.ts';
import { newKeyPair, privateKeyBytes, type KeyPair } from './x25519.ts';

export interface OwnerVaultOptions {
  readonly file: string;
  /** Whether recordings are encrypted now: a pair is then made where there is none, with the password. */
  readonly makes: boolean;
  readonly log: Log;
  readonly cost?: ScryptCost;
}

export class OwnerVault implements KeyOpener {
  /** A player asks for a recording part by part. */
  readonly places = new BoxPlaces();
  readonly #file: string;
  readonly #makes: boolean;
  readonly #cost: ScryptCost;
  readonly #log: Log;
  /** By public key. */
  readonly #opened = new Map<string, KeyPair>();
  /**
   * Pairs that the right password does not open, by public key: it was another one, and neither
   * asking nor trying again would help.
   */
  readonly #forgotten = new Map<string, OwnerPair>();
  #ring = new Keyring([]);
  readonly #inTurn = oneAtATime(<T>(work: () => Promise<T>) => work());
  constructor({ file, makes, log, cost = DEFAULT_COST }: OwnerVaultOptions) {
    this.#file = file;
    this.#makes = makes;
    this.#log = log;
    this.#cost = cost;
  }

  open(recipients: readonly WrappedKey[], fileId: Uint8Array): Uint8Array | undefined {
    return this.#ring.open(recipients, fileId);
  }

  /** Whether this process holds keys that only the password opens anew. */
  get isOpened(): boolean { return this.#opened.size > 0; }

  /** Whether the password is needed before recordings can be opened that are made from then on. */
  async isLocked(): Promise<boolean> {
    const keys = await readOwnerKeys(this.#file).catch(() => 'damaged' as const);
    if (keys === 'damaged') return false; // no password mends that
    const newest = keys?.pairs[0];
    return newest === undefined ? this.#makes : !this.#opened.has(newest.public) && !this.#forgotten.has(newest.public);
  }

  /**
   * Opens what `password`, the right one, opens. What lay open is locked with it; another pair takes its place, for
   * what once lay on a card may be found there. Never rejects: a sign-in must work on a full disk, too.
   */
  takePassword(password: string): Promise<void> {
    return this.#inTurn(() => this.#takeOrSayWhy(new Password(password)));
  }

  /**
   * Changes the password: what is opened is locked with the new one too, then `commit` makes it the password, then the
   * old locks go. Killed anywhere between, whichever password holds opens all.
   *
   * @throws {unknown} What `commit` throws, and the system's error before that: the password is then the old one.
   */
  changePassword(password: string, newPassword: string, commit: () => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#take(new Password(password));
      const keys = await this.#read();
      if (keys === undefined) return await commit();
      const next = new Password(newPassword);
      const locked = await Promise.all(keys.pairs.map((pair) => this.#lockedAnew(pair, next)));
      await writeOwnerKeys(this.#file, { ...keys, pairs: locked.map(({ both }) => both) });
      await commit();
      await this.#write({ ...keys, pairs: locked.map(({ alone }) => alone) });
      this.#forgotten.clear(); // the new one may be theirs
      await this.#takeOrSayWhy(next);
    });
  }

  #takeOrSayWhy(password: Password): Promise<void> {
    return this.#take(password).catch((error: unknown) => {
      this.#log.error('the keys to encrypted recordings could not be opened', { reason: describeError(error) });
    });
  }

  async #take(password: Password): Promise<void> {
    const known = await this.#read();
    if (known !== undefined && known.pairs.every((pair) => this.#isSettled(pair))) return;
    const before = known?.pairs ?? [];
    for (const pair of before) await this.#openPair(pair, password);
    this.#ring = new Keyring([...this.#opened.values()].map(({ privateKey }) => privateKey));
    const [newest] = before;
    const layOpen = before.some((pair) => 'open' in pair.private);
    const isNeeded = this.#makes && (newest === undefined || layOpen || !this.#opened.has(newest.public));
    const made = isNeeded ? newKeyPair() : undefined;
    if (made === undefined && !layOpen && before.every((pair) => !this.#hasOldLocks(pair))) return;
    const pairs = made === undefined ? [] : [await this.#locked(made, password)];
    for (const pair of before) {
      const opened = this.#opened.get(pair.public);
      pairs.push(opened === undefined ? pair : await this.#locked(opened, password));
    }
    if (!await this.#write({ version: 1, pairs }, known === undefined) || made === undefined) return;
    this.#opened.set(made.publicKey, made);
    this.#ring = new Keyring([...this.#opened.values()].map(({ privateKey }) => privateKey));
  }

  #isSettled(pair: OwnerPair): boolean {
    return this.#opened.has(pair.public) && 'locked' in pair.private && !this.#hasOldLocks(pair);
  }

  #hasOldLocks(pair: OwnerPair): boolean {
    return this.#opened.has(pair.public) && 'locked' in pair.private && pair.private.locked.length > 1;
  }

  async #openPair(pair: OwnerPair, password: Password): Promise<void> {
    if (this.#opened.has(pair.public) || isDeepStrictEqual(this.#forgotten.get(pair.public), pair)) return;
    const privateKey = await openOwnerPair(pair, password);
    if (privateKey === undefined) this.#forgotten.set(pair.public, pair);
    else this.#opened.set(pair.public, { publicKey: pair.public, privateKey });
  }

  async #locked({ publicKey, privateKey }: KeyPair, password: Password): Promise<OwnerPair> {
    return { public: publicKey, private: { locked: [await password.lock(privateKeyBytes(privateKey), this.#cost)] } };
  }

  /** What is not opened stays as it is: another password may be remembered some day. */
  async #lockedAnew(pair: OwnerPair, next: Password): Promise<{ readonly both: OwnerPair; readonly alone: OwnerPair }> {
    const opened = this.#opened.get(pair.public);
    if (opened === undefined) return { both: pair, alone: pair };
    const alone = await this.#locked(opened, next);
    const [before, now] = [pair.private, alone.private];
    const both = 'locked' in before && 'locked' in now
      ? { ...alone, private: { locked: [...now.locked, ...before.locked.slice(0, 1)] } }
      : alone;
    return { both, alone };
  }

  async #read(): Promise<OwnerKeys | undefined> {
    return await readOwnerKeys(this.#file).catch((error: unknown) => {
      this.#log.error(describeError(error));
      return undefined;
    });
  }

  /** @returns Whether it is durable. */
  async #write(keys: OwnerKeys, isFirst = false): Promise<boolean> {
    try {
      await (isFirst ? createOwnerKeys(this.#file, keys) : writeOwnerKeys(this.#file, keys));
      return true;
    } catch (error) {
      this.#log.error('the keys to encrypted recordings could not be stored; they are locked at the next sign-in', {
        reason: describeError(error),
      });
      return false;
    }
  }
}
