/** What is wrong with rules of what to upload, in words: which one, which field, what was expected and what came. */
import type { z } from 'zod';
import { noSuchSetting } from './no-such-setting.ts';
import { valueAt } from './value-at.ts';

const MOST_SHOWN = 80;

/** @param list - What was refused. */
export const describeUploadRules = (error: z.ZodError, list: unknown): string =>
  error.issues.map(({ path, message, ...issue }) => {
    const [index, ...inner] = path;
    if (typeof index !== 'number') return `the list ${message}`;
    const rule = `rule ${index + 1}`;
    if (issue.code === 'unrecognized_keys') return `${rule}: ${noSuchSetting(inner, issue.keys)}`;
    const text = JSON.stringify(valueAt(list, path)) as string | undefined;
    const subject = inner.length === 0 ? '' : `${inner.map(String).join('.')} `;
    return `${rule}: ${subject}${message}, got ${text === undefined ? 'nothing' : text.slice(0, MOST_SHOWN)}`;
  }).join('; ');
