import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { hpkeOpen, hpkeSeal } from './hpke.ts';
import { newKeyPair, publicKeyFrom, rawPublicKey } from './x25519.ts';

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const context = { info: text('what for'), aad: text('which') };

/**
 * Of the vectors that the authors of RFC 9180 publish: mode 0, KEM 0x0020, KDF 0x0001, AEAD 0x0002, the first message.
 */
const VECTOR = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  recipient: '497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d',
  recipientPublic: '430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c',
  enc: '6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256',
  aad: '436f756e742d30',
  plain: '4265617574792069732074727574682c20747275746820626561757479',
  ciphertext: 'e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a',
};

/** PKCS #8 of X25519: this header, then the 32 bytes (RFC 8410). */
const privateKey = (raw: Uint8Array) => createPrivateKey({
  key: Buffer.concat([bytes('302e020100300506032b656e04220420'), raw]), type: 'pkcs8', format: 'der',
});

describe('a message to a public key (HPKE)', () => {
  it('is opened as the vector of the RFC says', () => {
    const own = privateKey(bytes(VECTOR.recipient));
    assert.deepEqual(rawPublicKey(createPublicKey(own)), bytes(VECTOR.recipientPublic));
    const opened = hpkeOpen(own, { enc: bytes(VECTOR.enc), ciphertext: bytes(VECTOR.ciphertext) }, {
      info: bytes(VECTOR.info), aad: bytes(VECTOR.aad),
    });
    assert.deepEqual(opened, bytes(VECTOR.plain));
  });

  it('is opened by the one it was made for, and by nobody else', () => {
    const [own, other] = [newKeyPair(), newKeyPair()];
    const message = hpkeSeal(createPublicKey(own.privateKey), text('a key'), context);
    assert.deepEqual(hpkeOpen(own.privateKey, message, context), text('a key'));
    assert.equal(hpkeOpen(other.privateKey, message, context), undefined);
  });

  it('is not opened in another context, nor when a byte of it was altered', () => {
    const own = newKeyPair();
    const message = hpkeSeal(createPublicKey(own.privateKey), text('a key'), context);
    assert.equal(hpkeOpen(own.privateKey, message, { ...context, info: text('else') }), undefined);
    assert.equal(hpkeOpen(own.privateKey, message, { ...context, aad: text('else') }), undefined);
    for (const part of ['enc', 'ciphertext'] as const) {
      for (let at = 0; at < message[part].byteLength; at++) {
        const altered = message[part].slice();
        altered[at] = (altered[at] ?? 0) ^ 1;
        assert.equal(hpkeOpen(own.privateKey, { ...message, [part]: altered }, context), undefined, `${part} ${at}`);
      }
    }
  });

  it('cannot be made for a point that everybody shares a secret with', () => {
    assert.throws(() => hpkeSeal(publicKeyFrom(new Uint8Array(32)), text('a key'), context));
    const forged = { enc: new Uint8Array(32), ciphertext: new Uint8Array(48) };
    assert.equal(hpkeOpen(newKeyPair().privateKey, forged, context), undefined);
  });
});
