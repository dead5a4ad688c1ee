/**
 * What the fields of settings that are lists (outputs, inputs, places, rules, subscribers) have in common.
 * Messages go on after what they speak of: see `describeOutputs`.
 */
import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import type { Millis } from '../core/units.ts';
import { NAME_PATTERN } from './name-pattern.ts';

const LINE = 'must be a text in one line';
/** Never empty. */
export const line = z.string(LINE).regex(/^[^\0\r\n]+$/, LINE);

const NAME = 'must have letters, digits and inner hyphens, at most 64';
export const name = z.string(NAME).regex(NAME_PATTERN, NAME);

export const flag = z.boolean('must be true or false');

const ADDRESS = 'must be an http:// or https:// address';
export const httpAddress = z.url({ protocol: /^https?$/, error: ADDRESS });

export const headers = z.record(
  z.string().regex(/^[A-Za-z0-9-]+$/), line, 'must be an object of header names and values',
);

/** As text, such as `10s`; both ends are within. */
export function duration(least: string, most: string): z.ZodType<Millis> {
  const expectation = `must be a duration from ${least} to ${most}`;
  const [low, high] = [parseDuration(least) ?? NaN, parseDuration(most) ?? NaN];
  return z.string(expectation).transform((text, context) => {
    const value = parseDuration(text);
    if (value !== undefined && value >= low && value <= high) return value;
    context.addIssue({ code: 'custom', message: expectation });
    return z.NEVER;
  });
}

/** Says that an object was expected where none came; leaves what is wrong inside one to its fields. */
export function inBraces({ code, input }: { readonly code?: string; readonly input?: unknown }): string | undefined {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return (code === 'invalid_type' || code === 'invalid_union') && !isObject ? 'must be an object in braces' : undefined;
}

/** A list of entries of which no two have the same name. @param tooMany - What is said of more than `most`. */
export function namedList<T extends z.ZodType<{ readonly name: string }>>(
  item: T, most: number, tooMany = `must be at most ${most}`,
): z.ZodReadonly<z.ZodArray<T>> {
  return z.array(item, 'must be a list').max(most, tooMany).superRefine((items, context) => {
    const all = items.map((each) => each.name);
    all.forEach((each, index) => {
      if (all.indexOf(each) === index) return;
      context.addIssue({
        code: 'custom', path: [index, 'name'], message: 'must be another than that of an entry before',
      });
    });
  }).readonly();
}
