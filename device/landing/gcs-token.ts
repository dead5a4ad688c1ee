/**
 * How a service account shows who it is: a token that it signs itself, which Google takes
 * without being asked for one (AIP-4111).
 */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError, describeError } from '../core/errors.ts';

const SCOPE = 'https://www.googleapis.com/auth/devstorage.read_write';
const LASTS_S = 3600;
/** A new one is made that long before the old one runs out. */
const RENEWED_S = 300;

const keyFile = z.object({
  client_email: z.string().min(3), private_key: z.string().min(1), private_key_id: z.string().optional(),
});

export interface ServiceAccount {
  readonly email: string;
  readonly key: KeyObject;
  readonly keyId: string;
}

/**
 * @param text - A key file as Google gives it out: its path, or what stands in it.
 * @throws {ConfigError} `gcs.key-invalid`. What stands in the file is not shown.
 */
export function readServiceAccount(text: string): ServiceAccount {
  const [where, content] = text.trimStart().startsWith('{')
    ? ['the key of the service account', text]
    : [text, contentOf(text)];
  try {
    const { client_email: email, private_key: pem, private_key_id: keyId = '' } = keyFile.parse(JSON.parse(content));
    return { email, key: createPrivateKey(pem), keyId };
  } catch {
    throw new ConfigError(
      'gcs.key-invalid', `${where} must be the JSON key file of a service account, with client_email and private_key`,
    );
  }
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(
      'gcs.key-invalid',
      `the key file of the service account ${file} cannot be read: ${describeError(cause)}`,
    );
  }
}

export class GcsToken {
  readonly #account: ServiceAccount;
  #text = '';
  #endsAt = 0;
  constructor(account: ServiceAccount) { this.#account = account; }

  /** For the header `Authorization: Bearer`. */
  at(now = Date.now()): string {
    const seconds = Math.floor(now / 1000);
    if (seconds >= this.#endsAt - RENEWED_S || seconds < this.#endsAt - LASTS_S) {
      this.#endsAt = seconds + LASTS_S;
      const { email, key, keyId } = this.#account;
      const head = { alg: 'RS256', typ: 'JWT', ...(keyId === '' ? {} : { kid: keyId }) };
      const claims = { iss: email, sub: email, scope: SCOPE, iat: seconds, exp: this.#endsAt };
      const text = [head, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      this.#text = `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
    }
    return this.#text;
  }
}
