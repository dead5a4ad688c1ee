import { generateKeyPairSync } from 'node:crypto';
import type { DeviceKey } from '../../device/evidence/device-key.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** A device's key for tests: another one in each run. */
export const testKey: DeviceKey = { key: privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
