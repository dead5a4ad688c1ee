import { createHmac } from 'node:crypto';

/** Headers by which a receiver tells who sent a body, and when; without a secret it is told the time alone. */
export function signedHeaders(secret: string | undefined, now: number, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const signature = secret === undefined ? {} : { 'X-Tyto-Signature': signatureOf(secret, timestamp, body) };
  return { 'X-Tyto-Timestamp': timestamp, ...signature };
}

/**
 * HMAC-SHA256 of `<timestamp>.<body>`, each attempt with its own time: a receiver that refuses what is older than some
 * minutes cannot be told again what somebody overheard.
 */
const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
