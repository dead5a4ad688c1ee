/** Keys of X25519 (RFC 7748) as 32 bytes and as Node.js holds them. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

export interface KeyPair {
  readonly privateKey: KeyObject;
  /** 43 characters of base64url: how people and files name it. */
  readonly publicKey: string;
}

export const newKeyPair = (): KeyPair => pairOf(generateKeyPairSync('x25519').privateKey);

export const pairOf = (privateKey: KeyObject): KeyPair =>
  ({ privateKey, publicKey: Buffer.from(rawPublicKey(createPublicKey(privateKey))).toString('base64url') });

/** Whether `text` has the form of a public key. */
export const isPublicKey = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** @param bytes - 32. @throws {Error} When they are not. */
export const publicKeyFrom = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(bytes).toString('base64url') }, format: 'jwk' });

export const rawPublicKey = (key: KeyObject): Uint8Array =>
  new Uint8Array(Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url'));

/** PKCS #8 in DER: how private keys lie, wrapped, in a file. */
export const privateKeyBytes = (key: KeyObject): Uint8Array =>
  new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));

/** @throws {Error} When `bytes` are no PKCS #8 of an X25519 key. */
export function privateKeyFrom(bytes: Uint8Array): KeyObject {
  const key = createPrivateKey({ key: Buffer.from(bytes), type: 'pkcs8', format: 'der' });
  if (key.asymmetricKeyType !== 'x25519') throw new TypeError(`an X25519 key is needed, got ${key.asymmetricKeyType}`);
  return key;
}
