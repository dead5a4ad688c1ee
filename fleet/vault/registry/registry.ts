/**
 * Who may upload and read: accounts, the keys of devices, and which device belongs to whom. Read anew at each
 * question: the command may change it.
 */
import { NAME_PATTERN } from '../../../device/contract/name-pattern.ts';
import { millis, type Millis } from '../../../device/core/units.ts';
import type { Sqlite, SqliteRow } from '../../../device/durable/sqlite.ts';
import { HttpError } from '../../../device/http/http-error.ts';
import { deviceKeyText, keep, newAccessKey, newKeyId, newSecret, type KeptSecret } from './secret.ts';

export interface Account {
  readonly name: string;
  /** What stands before the names of its files where others than us name them: `<directory>/<file>`. */
  readonly directory: string;
  readonly accessKey: string;
  /** Bytes; null for none. */
  readonly quota: number | null;
  /** That footage is kept; null for ever. */
  readonly days: number | null;
  readonly disabled: boolean;
  readonly createdAt: Millis;
}

export interface DeviceKey {
  readonly id: string;
  readonly device: string;
  readonly account: string;
  readonly createdAt: Millis;
}

export interface VaultDevice {
  readonly device: string;
  readonly account: string;
  /**
   * The owner gave it to the account; else the account merely used its name first, and only
   * what it uploads itself is its own.
   */
  readonly isGiven: boolean;
  readonly firstSeen: Millis;
  readonly lastSeen: Millis;
  /** What its last heartbeat told. */
  readonly state: unknown;
}

/** What may be chosen and changed of an account. */
export interface AccountTerms {
  readonly quota: number | null;
  readonly days: number | null;
  readonly disabled: boolean;
}

/** Who did something, for the audit: `owner`, `command`, `sweeper`, `account <name>`. */
export type Actor = string;

export interface AuditLine {
  readonly at: Millis;
  readonly actor: Actor;
  readonly action: string;
  readonly subject: string;
}

const DIRECTORY = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** Whose everything is that belongs to no account. */
const RESERVED = 'default';
const MOST_AUDIT_LINES = 100_000;

/** @throws {DeviceError} From every method, when the disk or the file fails; nothing is changed then. */
export class Registry {
  readonly #database: Sqlite;
  readonly #now: () => Millis;
  constructor(database: Sqlite, now: () => Millis) { this.#database = database; this.#now = now; }

  /** Whether anybody may do anything: no account, no door. */
  get isOpen(): boolean {
    return this.#database.get('SELECT 1 FROM accounts WHERE withdrawn = 0 LIMIT 1') !== undefined;
  }

  accounts(): readonly Account[] {
    return this.#database.all('SELECT * FROM accounts WHERE withdrawn = 0 ORDER BY name').map(readAccount);
  }

  account(name: string): Account | undefined {
    const row = this.#database.get('SELECT * FROM accounts WHERE name = ? AND withdrawn = 0', name);
    return row === undefined ? undefined : readAccount(row);
  }

  accountByKey(accessKey: string): { readonly account: Account; readonly secret: KeptSecret } | undefined {
    const row = this.#database.get('SELECT * FROM accounts WHERE access_key = ? AND withdrawn = 0', accessKey);
    return row === undefined ? undefined : { account: readAccount(row), secret: secretOf(row) };
  }

  /**
   * @returns The account, and its secret, which nobody can be told again.
   * @throws {HttpError} 400 for a name or directory that will not do, 409 for one that is taken.
   */
  createAccount(
    { name, directory, ...terms }: { readonly name: string; readonly directory: string } & AccountTerms, actor: Actor,
  ): { readonly account: Account; readonly secret: string } {
    if (!NAME_PATTERN.test(name))
      throw refused('name', 'the name of an account has letters, digits and inner hyphens, at most 64');
    if (name === RESERVED)
      throw refused('name', `"${RESERVED}" stands for all that belongs to no account; choose another name`);
    if (!DIRECTORY.test(directory))
      throw refused('directory', 'a directory has letters, digits, "_" and "-", at most 64');
    const secret = newSecret();
    const { salt, digest } = keep(secret);
    this.#database.transaction(() => {
      if (this.#database.get('SELECT 1 FROM accounts WHERE name = ? OR directory = ?', name, directory) !== undefined) {
        throw new HttpError(
          409, 'vault.account-taken',
          `the name "${name}" or the directory "${directory}" is taken, or was until its account was withdrawn; choose others`,
        );
      }
      this.#database.run(
        SQL.addAccount,
        name, directory, newAccessKey(), salt, digest, terms.quota, terms.days, Number(terms.disabled), this.#now(),
      );
      this.#note(actor, 'account.create', name);
    });
    return { account: this.#known(name), secret };
  }

  /** @throws {HttpError} 404 */
  changeAccount(name: string, terms: Partial<AccountTerms>, actor: Actor): Account {
    this.#database.transaction(() => {
      const { quota, days, disabled } = { ...this.#known(name), ...terms };
      this.#database.run(
        'UPDATE accounts SET quota = ?, days = ?, disabled = ? WHERE name = ?', quota, days, Number(disabled), name,
      );
      this.#note(actor, 'account.change', `${name} ${JSON.stringify(terms)}`);
    });
    return this.#known(name);
  }

  /** Another secret; the one before is worth nothing from now on. @throws {HttpError} 404 */
  renewSecret(name: string, actor: Actor): { readonly account: Account; readonly secret: string } {
    const secret = newSecret();
    const { salt, digest } = keep(secret);
    this.#database.transaction(() => {
      this.#known(name);
      this.#database.run('UPDATE accounts SET salt = ?, digest = ? WHERE name = ?', salt, digest, name);
      this.#note(actor, 'account.renew-secret', name);
    });
    return { account: this.#known(name), secret };
  }

  /**
   * For good: its keys and those of its devices open nothing any more. What they uploaded stays in the library; its
   * name and its devices stay taken, so that nobody else comes upon that under the same name.
   * @throws {HttpError} 404
   */
  withdrawAccount(name: string, actor: Actor): void {
    this.#database.transaction(() => {
      this.#known(name);
      this.#database.run('UPDATE accounts SET withdrawn = 1, digest = ? WHERE name = ?', new Uint8Array(), name);
      this.#database.run('DELETE FROM device_keys WHERE account = ?', name);
      this.#note(actor, 'account.withdraw', name);
    });
  }

  deviceKeys(account?: string): readonly DeviceKey[] {
    return this.#database.all('SELECT * FROM device_keys ORDER BY device, created_at').map(readDeviceKeyRow)
      .filter((key) => account === undefined || key.account === account);
  }

  deviceKey(id: string): { readonly key: DeviceKey; readonly secret: KeptSecret } | undefined {
    const row = this.#database.get('SELECT * FROM device_keys WHERE id = ?', id);
    return row === undefined ? undefined : { key: readDeviceKeyRow(row), secret: secretOf(row) };
  }

  /**
   * The device belongs to `account` from now on, with all that comes under its name: also where
   * another account used that name first.
   * @returns The key, and its text, which nobody can be told again.
   * @throws {HttpError} 400, 404, and 409 when the device was given to another account.
   */
  createDeviceKey(
    { device, account }: { readonly device: string; readonly account: string }, actor: Actor,
  ): { readonly key: DeviceKey; readonly text: string } {
    const [id, secret] = [newKeyId(), newSecret()];
    const { salt, digest } = keep(secret);
    const key = { id, device, account, createdAt: this.#now() };
    this.#database.transaction(() => {
      this.#known(account);
      const known = this.device(device);
      if (known !== undefined && known.account !== account && !known.isGiven)
        this.#database.run('DELETE FROM devices WHERE device = ?', device);
      this.claim(device, account);
      this.#database.run('UPDATE devices SET given = 1 WHERE device = ?', device);
      this.#database.run(
        'INSERT INTO device_keys (id, device, account, salt, digest, created_at) VALUES (?, ?, ?, ?, ?, ?)',
        id, device, account, salt, digest, key.createdAt,
      );
      this.#note(actor, 'device-key.create', `${id} ${device} ${account}`);
    });
    return { key, text: deviceKeyText(id, secret) };
  }

  /** @throws {HttpError} 404 */
  withdrawDeviceKey(id: string, actor: Actor): void {
    this.#database.transaction(() => {
      const known = this.deviceKey(id)?.key;
      if (known === undefined) throw new HttpError(404, 'vault.no-such-key', `there is no device key "${id}"`);
      this.#database.run('DELETE FROM device_keys WHERE id = ?', id);
      this.#note(actor, 'device-key.withdraw', `${id} ${known.device} ${known.account}`);
    });
  }

  /** Notes that `account` uses `device`: it is its own from the first time on. @throws {HttpError} 400, 409 */
  claim(device: string, account: string): void {
    if (!NAME_PATTERN.test(device))
      throw refused('device', 'the name of a device has letters, digits and inner hyphens, at most 64');
    const owner = this.device(device)?.account;
    if (owner !== undefined && owner !== account) {
      throw new HttpError(
        409, 'vault.device-taken', `the device "${device}" belongs to another account; give this one another name`,
      );
    }
    if (owner === undefined)
      this.#database.run(
        'INSERT INTO devices (device, account, first_seen, last_seen) VALUES (?, ?, ?, ?)',
        device, account, this.#now(), this.#now(),
      );
  }

  device(device: string): VaultDevice | undefined {
    const row = this.#database.get('SELECT * FROM devices WHERE device = ?', device);
    return row === undefined ? undefined : readDevice(row);
  }

  devices(account: string): readonly VaultDevice[] {
    return this.#database.all('SELECT * FROM devices WHERE account = ? ORDER BY device', account).map(readDevice);
  }

  /** Those that the owner gave to an account. */
  givenDevices(): readonly VaultDevice[] {
    return this.#database.all('SELECT * FROM devices WHERE given = 1 ORDER BY device').map(readDevice);
  }

  /** Of a device that is known; of another, nothing is kept. */
  saw(device: string, state: unknown): void {
    this.#database.run(
      'UPDATE devices SET last_seen = ?, state = coalesce(?, state) WHERE device = ?',
      this.#now(), state === undefined ? null : JSON.stringify(state), device,
    );
  }

  note(actor: Actor, action: string, subject: string): void {
    this.#database.transaction(() => this.#note(actor, action, subject));
  }

  /** The newest first. */
  audit(limit: number): readonly AuditLine[] {
    return this.#database.all('SELECT * FROM audit ORDER BY number DESC LIMIT ?', limit).map((row) => ({
      at: millis(Number(row['at'])), actor: String(row['actor']),
      action: String(row['action']), subject: String(row['subject']),
    }));
  }

  #note(actor: Actor, action: string, subject: string): void {
    this.#database.run(
      'INSERT INTO audit (at, actor, action, subject) VALUES (?, ?, ?, ?)', this.#now(), actor, action, subject,
    );
    this.#database.run('DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?', MOST_AUDIT_LINES);
  }

  #known(name: string): Account {
    const account = this.account(name);
    if (account === undefined) throw new HttpError(404, 'vault.no-such-account', `there is no account "${name}"`);
    return account;
  }
}

const SQL = {
  addAccount: `INSERT INTO accounts (name, directory, access_key, salt, digest, quota, days, disabled, withdrawn, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`,
} as const;

const refused = (what: string, message: string): HttpError => new HttpError(400, `vault.${what}-invalid`, message);

const numberOrNull = (value: SqliteRow[string] | undefined): number | null =>
  (typeof value === 'number' ? value : null);

const readAccount = (row: SqliteRow): Account => ({
  name: String(row['name']), directory: String(row['directory']), accessKey: String(row['access_key']),
  quota: numberOrNull(row['quota']), days: numberOrNull(row['days']),
  disabled: row['disabled'] === 1, createdAt: millis(Number(row['created_at'])),
});

const readDeviceKeyRow = (row: SqliteRow): DeviceKey => ({
  id: String(row['id']), device: String(row['device']),
  account: String(row['account']), createdAt: millis(Number(row['created_at'])),
});

const readDevice = (row: SqliteRow): VaultDevice => ({
  device: String(row['device']), account: String(row['account']),
  isGiven: row['given'] === 1, firstSeen: millis(Number(row['first_seen'])), lastSeen: millis(Number(row['last_seen'])),
  state: typeof row['state'] === 'string' ? JSON.parse(row['state']) : null,
});

const secretOf = (row: SqliteRow): KeptSecret =>
  ({ salt: row['salt'] as Uint8Array, digest: row['digest'] as Uint8Array });
