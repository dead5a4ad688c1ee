/** `tyto-fleet account` and `tyto-fleet device-key`: who may upload over HTTP. */
import { ConfigError } from '../device/core/errors.ts';
import { makeFolder } from '../device/durable/make-folder.ts';
import { HttpError } from '../device/http/http-error.ts';
import { systemClock } from '../device/runtime/clock.ts';
import { VAULT_HELP, type VaultAction, type VaultCommand } from './config/vault-command.ts';
import { openRegistry } from './open-vault.ts';
import type { Account, Registry } from './vault/registry/registry.ts';

const ACTOR = 'command';

/**
 * Works while `tyto-fleet serve` runs on the same data.
 * @returns What to print.
 * @throws {ConfigError} What cannot be done as it was typed.
 */
export async function runVaultCommand({ data, action }: Pick<VaultCommand, 'data' | 'action'>): Promise<string> {
  await makeFolder(data, 0o700);
  using opened = openRegistry(data, systemClock);
  try {
    return perform(action, opened.registry);
  } catch (cause) {
    if (cause instanceof HttpError)
      throw new ConfigError(cause.code, `${cause.message}${WAYS_OUT[cause.code] ?? ''}`, { cause: cause.cause });
    throw cause;
  }
}

/** What helps whoever types, and not who asks over HTTP. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  'vault.no-such-account': '; `tyto-fleet account list` names those that there are',
  'vault.no-such-key': '; `tyto-fleet device-key list` names those that there are',
};

function perform(action: VaultAction, registry: Registry): string {
  switch (action.do) {
    case 'help': return VAULT_HELP;
    case 'add-account': {
      const { name, directory, quota = null, days = null } = action;
      return secretOf(registry.createAccount({ name, directory, quota, days, disabled: false }, ACTOR));
    }
    case 'change-account': {
      const { do: _, name, ...terms } = action;
      return `${lineOf(registry.changeAccount(name, terms, ACTOR))}\n`;
    }
    case 'switch-account':
      return `${lineOf(registry.changeAccount(action.name, { disabled: action.disabled }, ACTOR))}\n`;
    case 'renew-secret': return secretOf(registry.renewSecret(action.name, ACTOR));
    case 'withdraw-account':
      registry.withdrawAccount(action.name, ACTOR);
      return `the keys of ${action.name} and of its devices open nothing any more\n`;
    case 'list-accounts':
      return lines(registry.accounts().map(lineOf), 'there is no account yet; `tyto-fleet account add NAME` makes one');
    case 'add-device-key': {
      const { key, text } = registry.createDeviceKey(action, ACTOR);
      return [
        `device   ${key.device}, of the account ${key.account}`, `key id   ${key.id}`, `key      ${text}`,
        'The key is not told again.', '',
      ].join('\n');
    }
    case 'list-device-keys':
      return lines(
        registry.deviceKeys().map(({ id, device, account }) => `${id}  ${device}  of ${account}`),
        'there is no device key yet; `tyto-fleet device-key add DEVICE ACCOUNT` makes one',
      );
    case 'withdraw-device-key':
      registry.withdrawDeviceKey(action.id, ACTOR);
      return `the device key ${action.id} opens nothing any more\n`;
  }
}

const secretOf = ({ account, secret }: { readonly account: Account; readonly secret: string }): string =>
  [
    `account      ${account.name}`, `directory    ${account.directory}`, `access key   ${account.accessKey}`,
    `secret       ${secret}`, 'The secret is not told again.', '',
  ].join('\n');

/** `100G`, as `--quota` takes it; what is not whole mebibytes in bytes. */
function asTyped(size: number): string {
  const [unit, step] = size % 1024 ** 3 === 0 ? ['G', 1024 ** 3] as const : ['M', 1024 ** 2] as const;
  return size % step === 0 ? `${size / step}${unit}` : `${size} bytes`;
}

const lineOf = ({ name, directory, accessKey, quota, days, disabled }: Account): string => [
  name, accessKey, `directory ${directory}`, quota === null ? 'no quota' : `at most ${asTyped(quota)}`,
  days === null ? 'kept for ever' : `kept ${days} days`, ...(disabled ? ['switched off'] : []),
].join('  ');

const lines = (found: readonly string[], none: string): string => `${found.length === 0 ? none : found.join('\n')}\n`;
