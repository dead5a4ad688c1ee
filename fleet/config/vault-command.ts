/** `tyto-fleet account` and `tyto-fleet device-key`, as they were typed. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../../device/core/errors.ts';
import { fleetSettings } from './settings.ts';
import { integerText, sizeText } from './units-text.ts';

/** Null: none. */
export interface TypedTerms { readonly quota?: number | null; readonly days?: number | null }

export type VaultAction =
  | ({ readonly do: 'add-account'; readonly name: string; readonly directory: string } & TypedTerms)
  | ({ readonly do: 'change-account'; readonly name: string } & TypedTerms)
  | { readonly do: 'switch-account'; readonly name: string; readonly disabled: boolean }
  | { readonly do: 'renew-secret' | 'withdraw-account'; readonly name: string }
  | { readonly do: 'list-accounts' | 'list-device-keys' | 'help' }
  | { readonly do: 'add-device-key'; readonly device: string; readonly account: string }
  | { readonly do: 'withdraw-device-key'; readonly id: string };

/** `data`: the fleet's data folder, absolute. */
export interface VaultCommand { readonly command: 'vault'; readonly data: string; readonly action: VaultAction }

export const VAULT_HELP = `Usage: tyto-fleet account add NAME [--directory NAME] [--quota SIZE] [--days N]
       tyto-fleet account list
       tyto-fleet account change NAME [--quota SIZE|none] [--days N|none]
       tyto-fleet account off NAME | on NAME
       tyto-fleet account secret NAME
       tyto-fleet account withdraw NAME
       tyto-fleet device-key add DEVICE ACCOUNT
       tyto-fleet device-key list
       tyto-fleet device-key withdraw ID

Who may upload to \`tyto-fleet serve\` over HTTP. An account has an access key and a secret: agents of
Kerberos and programs show both. A device key lets one device of ours put and list below its own name,
and nothing else. Secrets and device keys are printed once; only their hashes are kept. It works while
\`tyto-fleet serve\` runs on the same data, at once and without a restart.

  --quota SIZE    what the account may hold, such as 100G; what is oldest makes room
  --days N        footage is deleted after so many days
  --data DIR      the fleet's data folder (TYTO_FLEET_DATA, else ./fleet-data)

A withdrawn account never comes back: what it uploaded stays in the library, its name and its devices stay taken.
`;

const SHAPES = '`tyto-fleet account --help` lists what there is';

/**
 * @param args - From `account` or `device-key` on.
 * @throws {UsageError}
 */
export function readVaultCommand(
  args: readonly string[], env: Readonly<Record<string, string | undefined>>,
): VaultCommand {
  const { values, positionals } = parse(args);
  const data = path.resolve(values.data ?? (env[fleetSettings.data.env] || fleetSettings.data.default));
  const of = (action: VaultAction): VaultCommand => ({ command: 'vault', data, action });
  if (values.help === true) return of({ do: 'help' });
  const [noun = '', verb = '', ...names] = positionals;
  const terms = termsOf(values);
  const hasTerms = Object.keys(terms).length > 0 || values.directory !== undefined;
  const action = noun === 'account'
    ? accountAction(verb, names, { ...terms, directory: values.directory })
    : deviceKeyAction(verb, names);
  if (action === undefined || (hasTerms && action.do !== 'add-account' && action.do !== 'change-account'))
    throw new UsageError(`"${args.join(' ')}" is not a whole command, or none; ${SHAPES}`);
  return of(action);
}

function accountAction(
  verb: string, [name, ...more]: readonly string[],
  { directory, ...terms }: TypedTerms & { readonly directory: string | undefined },
): VaultAction | undefined {
  if (verb === 'list') return name === undefined ? { do: 'list-accounts' } : undefined;
  if (name === undefined || more.length > 0 || (directory !== undefined && verb !== 'add')) return undefined;
  switch (verb) {
    case 'add': return { do: 'add-account', name, directory: directory ?? name, ...terms };
    case 'change': return { do: 'change-account', name, ...terms };
    case 'on': case 'off': return { do: 'switch-account', name, disabled: verb === 'off' };
    case 'secret': return { do: 'renew-secret', name };
    case 'withdraw': return { do: 'withdraw-account', name };
    default: return undefined;
  }
}

function deviceKeyAction(verb: string, [first, second, ...more]: readonly string[]): VaultAction | undefined {
  if (more.length > 0) return undefined;
  if (verb === 'list' && first === undefined) return { do: 'list-device-keys' };
  if (verb === 'add' && first !== undefined && second !== undefined)
    return { do: 'add-device-key', device: first, account: second };
  if (verb === 'withdraw' && first !== undefined && second === undefined)
    return { do: 'withdraw-device-key', id: first };
  return undefined;
}

interface Typed {
  readonly help?: boolean;
  readonly data?: string;
  readonly directory?: string;
  readonly quota?: string;
  readonly days?: string;
}

function parse(args: readonly string[]): { readonly values: Typed; readonly positionals: readonly string[] } {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args], allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, data: text, directory: text, quota: text, days: text },
    });
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message : String(cause)}; ${SHAPES}`, { cause });
  }
}

function termsOf({ quota, days }: Typed): TypedTerms {
  return {
    ...(quota === undefined
    ? {}
    : { quota: quota === 'none' ? null
      : numberIn(sizeText('1M', '1000T'), quota, '--quota must be a size from 1M to 1000T, or none') }),
    ...(days === undefined
    ? {}
    : { days: days === 'none' ? null
      : numberIn(integerText(1, 36_500), days, '--days must be a whole number from 1 to 36500, or none') }),
  };
}

function numberIn(
  schema: { safeParse(text: string): { readonly data?: number } }, text: string, expectation: string,
): number {
  const { data } = schema.safeParse(text);
  if (data === undefined) throw new UsageError(`${expectation}, got ${JSON.stringify(text)}`);
  return data;
}
