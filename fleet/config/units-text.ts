/** Durations and sizes as people write them: `10m`, `2G`. A bare number of time has no unit and is refused. */
import { z } from 'zod';
import { bytes, millis, type Bytes, type Millis } from '../../device/core/units.ts';

const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZES: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** A duration from `least` to `most`, both in its own notation. */
export const durationText = (least: string, most: string): z.ZodType<Millis, string> =>
  ranged(`a duration from ${least} to ${most}`, durationOf, least, most).transform(millis);

/** A size in bytes, powers of 1024, from `least` to `most`. */
export const sizeText = (least: string, most: string): z.ZodType<Bytes, string> =>
  ranged(`a size from ${least} to ${most}`, sizeOf, least, most).transform(bytes);

export const integerText = (least: number, most: number): z.ZodType<number, string> =>
  ranged(`a whole number from ${least} to ${most}`, integerOf, String(least), String(most));

function ranged(expectation: string, read: (text: string) => number, least: string, most: string) {
  const [low, high] = [read(least), read(most)];
  return z.string().transform((text, context) => {
    const value = read(text.trim());
    if (value >= low && value <= high) return value;
    context.addIssue(expectation);
    return z.NEVER;
  });
}

function durationOf(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text);
  return match === null ? NaN : Number(match[1]) * (DURATIONS[match[2] ?? ''] ?? NaN);
}

function sizeOf(text: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)([KMGT]?)$/.exec(text);
  return match === null ? NaN : Math.round(Number(match[1]) * (SIZES[match[2] ?? ''] ?? NaN));
}

const integerOf = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : NaN);
