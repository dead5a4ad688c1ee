import { bytes, type Bytes } from './units.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `50M`, `1.5G`, `0`: powers of 1024; undefined for anything else. A bare number is bytes. */
export function parseByteSize(raw: unknown): Bytes | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(String(raw).trim());
  return match === null ? undefined : bytes(Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? NaN)));
}
