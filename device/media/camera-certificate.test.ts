import assert from 'node:assert/strict';
import { readCertificate } from './camera-certificate.ts';

const FINGERPRINT = Array.from({ length: 32 }, (_, n) => n.toString(16).padStart(2, '0').toUpperCase()).join(':');

describe('the setting of a camera\'s certificate', () => {
  it('is the system\'s authorities when it is empty, and a file unless it is something else', () => assert.deepEqual(
    ['', '/data/camera.pem', 'camera.pem'].map(readCertificate),
    [{ type: 'system' }, { type: 'file', path: '/data/camera.pem' }, { type: 'file', path: 'camera.pem' }]));

  it('is a fingerprint as openssl and browsers print it', () => {
    for (const text of [
      `sha256:${FINGERPRINT}`, FINGERPRINT, `SHA256=${FINGERPRINT.toLowerCase()}`, FINGERPRINT.replaceAll(':', ''),
    ]) {
      assert.deepEqual(readCertificate(text), { type: 'fingerprint', sha256: FINGERPRINT });
    }
    assert.ok('got' in readCertificate('sha256:AB:CD'));
  });

  it('is no PEM text that holds no sound certificate', () => assert.deepEqual(
    readCertificate('-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----'),
    { got: 'PEM text that holds no sound certificate' }));
});
