/**
 * Keys and secrets as they lie on the disk: a salt and an HMAC-SHA256. They are 256 random bits that we made, so no
 * slow hash is needed: nobody can try them all, and an agent shows its secret with every chunk that it sends.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface KeptSecret { readonly salt: Uint8Array; readonly digest: Uint8Array }

/** 43 characters of base64url: told once, kept nowhere. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** An access key as S3 users know them: 20 characters that no one has to escape. */
export const newAccessKey = (): string => `TV${randomBytes(12).toString('hex').toUpperCase().slice(0, 18)}`;

/** Names a device key, and is part of it. */
export const newKeyId = (): string => randomBytes(6).toString('hex');

export function keep(secret: string): KeptSecret {
  const salt = randomBytes(16);
  return { salt, digest: digestOf(salt, secret) };
}

/** Whether `secret` is the one that is kept; takes as long either way. */
export const holds = ({ salt, digest }: KeptSecret, secret: string): boolean =>
  digest.byteLength === 32 && timingSafeEqual(digestOf(salt, secret), digest);

const digestOf = (salt: Uint8Array, secret: string): Buffer => createHmac('sha256', salt).update(secret).digest();

const DEVICE_KEY = /^tytod_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

export const deviceKeyText = (id: string, secret: string): string => `tytod_${id}_${secret}`;

/** Undefined for a text that is no device key. */
export function readDeviceKey(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = DEVICE_KEY.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}
