/** What is wrong with outputs or inputs, in words: which one, which field, what was expected and what came. */
import type { z } from 'zod';
import { noSuchSetting } from './no-such-setting.ts';
import { valueAt } from './value-at.ts';

/** Fields whose values hold no password: only these are quoted. */
const SHOWN: ReadonlySet<PropertyKey> = new Set([
  'name', 'type', 'when', 'throttle', 'quiet', 'timeout', 'stale', 'port', 'retain', 'priority', 'picture',
  'from', 'to', 'pin', 'chip', 'active',
  'mode', 'length', 'pulses', 'bias', 'debounce', 'does',
]);
const MOST_SHOWN = 80;

/** @param noun - What an entry is: `output`, `input`. @param list - What was refused. */
export const describeOutputs = (noun: string, error: z.ZodError, list: unknown): string => error.issues.map((issue) => {
  const [index, ...inner] = issue.path;
  if (typeof index !== 'number') return `the list ${issue.message}`;
  const name = valueAt(list, [index, 'name']);
  const which = typeof name === 'string' && name !== ''
    ? `${noun} ${JSON.stringify(name.slice(0, 64))}`
    : `${noun} ${index + 1}`;
  if (issue.code === 'unrecognized_keys') return `${which}: ${noSuchSetting(inner, issue.keys)}`;
  const field = inner.map((part) => (typeof part === 'number' ? String(part + 1) : String(part))).join('.');
  return `${which}: ${field === '' ? '' : `${field} `}${issue.message}${came(valueAt(list, issue.path), inner[0])}`;
}).join('; ');

function came(value: unknown, field: PropertyKey | undefined): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return ', got nothing';
  if (field === undefined || !SHOWN.has(field)) return ', got something else (not shown)';
  return `, got ${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}`;
}
