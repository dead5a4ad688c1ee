/** What is wrong with rules of what to upload, in words: which one, which field, what was expected and what came. */
import type { z } from 'zod';
import { noSuchSetting } from './no-such-setting.ts';

const MOST_SHOWN = 80;

/** @param list - What was refused. */
export const describeUploadRules = (error: z.ZodError, list: unknown): string => error.issues.map(({ path, message, ...issue }) => {
  const [index, ...inner] = path;
  if (typeof index !== 'number') return `the list ${message}`;
  if (issue.code === 'unrecognized_keys') return `rule ${index + 1}: ${noSuchSetting(inner, issue.keys)}`;
  const text = JSON.stringify(path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) as unknown : undefined), list)) as string | undefined;
  const field = inner.map(String).join('.');
  return `rule ${index + 1}: ${field === '' ? '' : `${field} `}${message}, got ${text === undefined ? 'nothing' : text.slice(0, MOST_SHOWN)}`;
}).join('; ');
