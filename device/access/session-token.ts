/** What the session cookie holds: nothing secret, signed, so that it cannot be made up or changed. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { millis, type Millis } from '../core/units.ts';

export interface Session {
  /** Tells one sign-in from another: what signing out takes back. */
  readonly id: string;
  /** The password's generation that it was opened under. */
  readonly generation: string;
  /** Wall clock of the latest renewal. */
  readonly issuedAt: Millis;
}

const VERSION = '1';
const TOKEN = /^1\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{16})\.(\d{1,12})\.([A-Za-z0-9_-]{43})$/;

export const newSessionId = (): string => randomBytes(16).toString('base64url');
export const newGeneration = (): string => randomBytes(12).toString('base64url');

/** `1.<id>.<generation>.<unix seconds>.<HMAC-SHA256 of what stands before it>` */
export function writeToken({ id, generation, issuedAt }: Session, key: Uint8Array): string {
  const content = [VERSION, id, generation, Math.floor(issuedAt / 1000)].join('.');
  return `${content}.${sign(content, key).toString('base64url')}`;
}

/**
 * What `token` says when `key` signed it; undefined for anything else. Whether it still
 * holds is for the caller to judge.
 */
export function readToken(token: string, key: Uint8Array): Session | undefined {
  const match = TOKEN.exec(token);
  if (match === null) return undefined;
  const [, id = '', generation = '', seconds = '', signature = ''] = match;
  const got = Buffer.from(signature, 'base64url');
  const expected = sign(token.slice(0, token.lastIndexOf('.')), key);
  if (got.byteLength !== expected.byteLength || !timingSafeEqual(got, expected)) return undefined;
  return { id, generation, issuedAt: millis(Number(seconds) * 1000) };
}

const sign = (content: string, key: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`tyto session ${content}`).digest();
