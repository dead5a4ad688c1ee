/**
 * One message to a public key: HPKE (RFC 9180), base mode, single shot, of the suite DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. Names in quotes are the RFC's.
 */
import {
  createCipheriv, createDecipheriv, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject,
} from 'node:crypto';
import { ascii } from '../contract/ascii.ts';
import { concat } from '../contract/mp4-boxes.ts';
import { publicKeyFrom, rawPublicKey } from './x25519.ts';

/** What is bound to the message and known to both sides. */
export interface HpkeContext {
  /** What the message is for. */
  readonly info: Uint8Array;
  readonly aad: Uint8Array;
}

export interface HpkeMessage {
  /** The sender's passing public key, 32 bytes. */
  readonly enc: Uint8Array;
  /** Ciphertext and, behind it, the tag of 16 bytes. */
  readonly ciphertext: Uint8Array;
}

const TAG = 16;
const KEM = concat([ascii('KEM'), Uint8Array.of(0x00, 0x20)]);
const SUITE = concat([ascii('HPKE'), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x02)]);
const NOTHING = new Uint8Array();

/** @throws {Error} When `recipient` is no point that a secret can be shared with. */
export function hpkeSeal(recipient: KeyObject, plain: Uint8Array, context: HpkeContext): HpkeMessage {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const enc = rawPublicKey(publicKey);
  const shared = diffieHellman({ privateKey, publicKey: recipient });
  const { key, nonce } = schedule(sharedSecret(shared, enc, rawPublicKey(recipient)), context.info);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(context.aad);
  return { enc, ciphertext: concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
}

/** @returns Undefined when the message was made for another key or another context, or altered. */
export function hpkeOpen(
  own: KeyObject, { enc, ciphertext }: HpkeMessage, context: HpkeContext,
): Uint8Array | undefined {
  if (enc.byteLength !== 32 || ciphertext.byteLength < TAG) return undefined;
  try {
    const shared = diffieHellman({ privateKey: own, publicKey: publicKeyFrom(enc) });
    const { key, nonce } = schedule(sharedSecret(shared, enc, rawPublicKey(createPublicKey(own))), context.info);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG }).setAAD(context.aad);
    decipher.setAuthTag(ciphertext.subarray(-TAG));
    return concat([decipher.update(ciphertext.subarray(0, -TAG)), decipher.final()]);
  } catch {
    return undefined; // a point of low order, or a wrong tag: there is nothing more to be told
  }
}

/** "ExtractAndExpand" of the DHKEM (4.1). */
function sharedSecret(shared: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const secret = labeledExtract(KEM, NOTHING, 'eae_prk', shared);
  return labeledExpand(KEM, secret, 'shared_secret', concat([enc, recipient]), 32);
}

/** "KeySchedule" (5.1), base mode: neither pre-shared key nor its id. */
function schedule(secretOfKem: Uint8Array, info: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const context = concat([
    Uint8Array.of(0x00), labeledExtract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
    labeledExtract(SUITE, NOTHING, 'info_hash', info),
  ]);
  const secret = labeledExtract(SUITE, secretOfKem, 'secret', NOTHING);
  return {
    key: labeledExpand(SUITE, secret, 'key', context, 32),
    nonce: labeledExpand(SUITE, secret, 'base_nonce', context, 12),
  };
}

const labeledExtract = (suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array): Uint8Array =>
  hmac(salt, [ascii('HPKE-v1'), suite, ascii(label), material]);

/** For up to 32 bytes: one round of HKDF-Expand (RFC 5869) gives as many. */
const labeledExpand = (
  suite: Uint8Array, secret: Uint8Array, label: string, info: Uint8Array, length: number,
): Uint8Array =>
  hmac(
    secret, [Uint8Array.of(length >> 8, length & 0xff), ascii('HPKE-v1'), suite, ascii(label), info, Uint8Array.of(1)],
  )
    .subarray(0, length);

const hmac = (key: Uint8Array, parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(createHmac('sha256', key).update(concat(parts)).digest());
