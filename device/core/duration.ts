import { millis, type Millis } from './units.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `10s`, `1.5m`, `2h`, `7d`; undefined for anything else: a bare number has no unit and is refused. */
export function parseDuration(raw: unknown): Millis | undefined {
  const match = typeof raw === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(raw.trim()) : null;
  return match === null ? undefined : millis(Number(match[1]) * (UNITS[match[2] ?? ''] ?? NaN));
}
