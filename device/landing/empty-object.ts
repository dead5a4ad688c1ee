import { createHash } from 'node:crypto';
import type { Delivery } from './port.ts';

/** An object that says all that it has to say by its key. */
export const EMPTY_OBJECT: Delivery = {
  content: { data: new Uint8Array() }, bytes: 0,
  sha256: createHash('sha256').digest('hex'), contentType: 'application/octet-stream',
};
