/** Who asks: service accounts of the Cloud Storage server of tests, by RS256 bearer token or V4 signed URL. */
import { createHash, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type GcsPermission = 'get' | 'create' | 'delete' | 'list';

export interface GcsAccount {
  readonly client_email: string;
  /** PEM, as in a key file of Google's. */
  readonly private_key: string;
}

export interface GcsRights {
  readonly may: readonly GcsPermission[];
  /** What the names of the objects must begin with, and lists too, as in a condition of IAM. */
  readonly prefix: string;
  /** In place of both, what is decided for each object, or each prefix that is listed. */
  readonly allows?: (permission: GcsPermission, name: string) => boolean;
}

interface Known extends GcsRights { readonly key: KeyObject }

/** @param status - 401 for nobody, 403 for somebody who may not, 400 for what is dead or ill-formed. */
export class GcsRefusal extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export class GcsAccounts {
  readonly #known = new Map<string, Known>();

  create(name: string, rights: GcsRights): GcsAccount {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const email = `${name}@tyto-test.iam.gserviceaccount.com`;
    this.#known.set(email, { ...rights, key: publicKey });
    return { client_email: email, private_key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
  }

  /** From now on nobody is let in with its key, nor with what was signed with it. */
  revoke(account: GcsAccount): void { this.#known.delete(account.client_email); }

  /** @throws {GcsRefusal} Unless the request carries a token of an account that may do this. */
  demandToken(request: IncomingMessage, permission: GcsPermission, name: string): void {
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const [head = '', payload = '', signature = ''] = token.split('.');
    if (signature === '')
      throw new GcsRefusal(401, 'required', 'Anonymous caller does not have storage access to the resource.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string; exp: number };
    const account = this.#known.get(claims.iss);
    const isGood = account !== undefined && claims.exp * 1000 > Date.now() &&
      verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), account.key, Buffer.from(signature, 'base64url'));
    if (!isGood) throw new GcsRefusal(401, 'authError', 'Invalid Credentials');
    allow(account, claims.iss, permission, name);
  }

  /** @throws {GcsRefusal} Unless the request's URL was signed (V4) by an account that may do this, and is alive. */
  demandSignature(request: IncomingMessage, permission: GcsPermission, name: string): void {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    const query = new URLSearchParams(search);
    const given = (parameter: string): string => query.get(`X-Goog-${parameter}`) ?? '';
    const [email = '', ...scope] = given('Credential').split('/');
    if (given('Signature') === '')
      throw new GcsRefusal(403, 'AccessDenied', 'Anonymous caller does not have storage access to the object.');
    const account = this.#known.get(email);
    const signedHeaders = given('SignedHeaders');
    const canonical = [
      request.method, path, search.split('&').filter((part) => !part.startsWith('X-Goog-Signature=')).sort().join('&'),
      // The real one has no port in its name, and Google's SDK signs none.
      ...signedHeaders.split(';')
      .map((header) =>
        `${header}:${String(request.headers[header] ?? '').trim().replace(header === 'host' ? /:\d+$/ : '', '')}`),
      '', signedHeaders, request.headers['x-goog-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
    ].join('\n');
    const toSign = [
      'GOOG4-RSA-SHA256', given('Date'), scope.join('/'), createHash('sha256').update(canonical).digest('hex'),
    ].join('\n');
    if (account === undefined
      || !verify('RSA-SHA256', Buffer.from(toSign), account.key, Buffer.from(given('Signature'), 'hex')))
      throw new GcsRefusal(
        403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match the one provided.',
      );
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(given('Date')) ?? [];
    const [year = 0, month = 1, ...rest] = parts.map(Number);
    const lasts = Number(given('Expires'));
    if (!(lasts > 0 && lasts <= 604_800) || Date.UTC(year, month - 1, ...rest) + lasts * 1000 <= Date.now())
      throw new GcsRefusal(400, 'ExpiredToken', 'The provided token has expired.');
    allow(account, email, permission, name);
  }
}

function allow({ may, prefix, allows }: GcsRights, email: string, permission: GcsPermission, name: string): void {
  if (allows === undefined ? may.includes(permission) && name.startsWith(prefix) : allows(permission, name)) return;
  throw new GcsRefusal(
    403, 'forbidden', `${email} does not have storage.objects.${permission} access to the Google Cloud Storage object.`,
  );
}
