/** What the fleet tells its owner of accounts and keys. Times are unix seconds. */

export interface AccountView {
  readonly name: string;
  /** What stands before the names of its files for agents of Kerberos. */
  readonly directory: string;
  readonly access_key: string;
  /** Null for none. */
  readonly quota_bytes: number | null;
  /** Footage is kept for so long; null for ever. */
  readonly days: number | null;
  readonly disabled: boolean;
  readonly created_at: number;
  /** In the library, and on the way there. */
  readonly filed_bytes: number;
  readonly pending_bytes: number;
  readonly events: number;
  readonly devices: readonly { readonly device: string; readonly last_seen: number }[];
  readonly device_keys: readonly DeviceKeyView[];
}

export interface DeviceKeyView { readonly id: string; readonly device: string; readonly created_at: number }

/** `GET /api/accounts`: by name. */
export interface AccountsView { readonly accounts: readonly AccountView[] }

/** `POST /api/accounts`, `POST /api/accounts/:name/secret`: the secret is told this once. */
export interface AccountSecretView { readonly name: string; readonly access_key: string; readonly secret: string }

/** `POST /api/device-keys`: the key is told this once. */
export interface DeviceKeySecretView extends DeviceKeyView { readonly account: string; readonly key: string }
