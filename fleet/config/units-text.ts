/** Durations, sizes and whole numbers as people write them: `10m`, `2G`; of time, a bare number is refused. */
import { z } from 'zod';
import { parseByteSize } from '../../device/core/byte-size.ts';
import { parseDuration } from '../../device/core/duration.ts';
import type { Bytes, Millis } from '../../device/core/units.ts';

/** A duration from `least` to `most`, both in its own notation. */
export const durationText = (least: string, most: string): z.ZodType<Millis, string> =>
  ranged(`a duration from ${least} to ${most}`, parseDuration, least, most);

/** A size in bytes, powers of 1024, from `least` to `most`. */
export const sizeText = (least: string, most: string): z.ZodType<Bytes, string> =>
  ranged(`a size from ${least} to ${most}`, parseByteSize, least, most);

export const integerText = (least: number, most: number): z.ZodType<number, string> =>
  ranged(`a whole number from ${least} to ${most}`, parseInteger, String(least), String(most));

function ranged<T extends number>(
  expectation: string, read: (text: string) => T | undefined, least: string, most: string,
): z.ZodType<T, string> {
  const [low = NaN, high = NaN] = [read(least), read(most)];
  return z.string().transform((text, context) => {
    const value = read(text.trim());
    if (value !== undefined && value >= low && value <= high) return value;
    context.addIssue(expectation);
    return z.NEVER;
  });
}

const parseInteger = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);
