/** Who a request comes from: an account by its access key and secret, or a device by its key. */
import type { Context } from 'koa';
import { HttpError } from '../../../device/http/http-error.ts';
import type { Account, DeviceKey, Registry } from '../registry/registry.ts';
import { holds, keep, newSecret, readDeviceKey, type KeptSecret } from '../registry/secret.ts';
import { KeyLimit, type KeyLimits } from './key-limit.ts';

/** Who may put: an account, and, where a device's key was shown, that device only. */
export interface Caller { readonly account: Account; readonly device: string | undefined }

/** Checked in the place of a secret that is not there, so that it takes as long. */
const NOBODYS: KeptSecret = keep(newSecret());

export class Doorman {
  readonly #registry: Registry;
  readonly #limit: KeyLimit;
  constructor(registry: Registry, limits: KeyLimits) { this.#registry = registry; this.#limit = new KeyLimit(limits); }

  /** @throws {HttpError} 404 `vault.off` while there is no account. */
  demandOpen(): void {
    if (!this.#registry.isOpen)
      throw new HttpError(
        404, 'vault.off',
        'nothing can be uploaded here: there is no account yet; the owner makes one on the page, or with `tyto-fleet account add`',
      );
  }

  /**
   * The account whose keys a request shows, as `Basic` or as agents of Kerberos do.
   * @throws {HttpError} 401, 403, 404, 429
   */
  async account(ctx: Context): Promise<Account> {
    this.demandOpen();
    const shown = accountKeysOf(ctx);
    if (shown === undefined) {
      ctx.set('WWW-Authenticate', 'Basic realm="tyto", charset="UTF-8"');
      throw new HttpError(
        401, 'vault.no-key',
        'show the access key and the secret of an account: Authorization: Basic, or the headers X-Kerberos-Storage-AccessKey and X-Kerberos-Storage-SecretAccessKey',
      );
    }
    const found = this.#registry.accountByKey(shown.key);
    await this.#demand(ctx, shown.secret, found?.secret, found?.account.name);
    return demandEnabled(found?.account);
  }

  /** The device whose key a request shows as `Bearer`. @throws {HttpError} 401, 403, 404, 429 */
  async device(ctx: Context): Promise<{ readonly account: Account; readonly key: DeviceKey }> {
    this.demandOpen();
    const [, text = ''] = /^Bearer +(\S+)$/i.exec(ctx.get('Authorization')) ?? [];
    const shown = readDeviceKey(text);
    if (shown === undefined) {
      ctx.set('WWW-Authenticate', 'Bearer realm="tyto"');
      throw new HttpError(401, 'vault.no-device-key', 'show the key of the device: Authorization: Bearer tytod_…');
    }
    const found = this.#registry.deviceKey(shown.id);
    await this.#demand(ctx, shown.secret, found?.secret, found?.key.id);
    if (found === undefined) throw wrongKey();
    return { key: found.key, account: demandEnabled(this.#registry.account(found.key.account)) };
  }

  /**
   * Wrong tries hold up nobody who has the right secret: nobody guesses 256 random bits, and one agent with an old
   * secret would shut out all others of its account that come from the same network, or by the same proxy.
   */
  async #demand(ctx: Context, secret: string, kept: KeptSecret | undefined, key: string | undefined): Promise<void> {
    if (holds(kept ?? NOBODYS, secret)) return;
    await this.#limit.wrong(ctx.ip, key);
    throw wrongKey();
  }
}

const wrongKey = (): HttpError =>
  new HttpError(
    401, 'vault.wrong-key', 'this key is not known here, or its secret is another one; it may have been withdrawn',
  );

function demandEnabled(account: Account | undefined): Account {
  if (account === undefined) throw wrongKey();
  if (account.disabled)
    throw new HttpError(
      403, 'vault.disabled',
      `the account "${account.name}" is switched off; the owner of the fleet can switch it on again`,
    );
  return account;
}

function accountKeysOf(ctx: Context): { readonly key: string; readonly secret: string } | undefined {
  const [key, secret] = [ctx.get('X-Kerberos-Storage-AccessKey'), ctx.get('X-Kerberos-Storage-SecretAccessKey')];
  if (key !== '' && secret !== '') return { key, secret };
  const [, coded] = /^Basic +(\S+)$/i.exec(ctx.get('Authorization')) ?? [];
  const [, user, password] = /^([^:]+):(.+)$/s.exec(Buffer.from(coded ?? '', 'base64').toString('utf8')) ?? [];
  return user === undefined || password === undefined ? undefined : { key: user, secret: password };
}
