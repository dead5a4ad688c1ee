/** What is wrong with a timetable or a list of holidays, in words: which entry, what was expected and what came. */
import type { z } from 'zod';
import { noSuchSetting } from './no-such-setting.ts';
import { valueAt } from './value-at.ts';

/** @param list - What was refused. */
export const describeWindows = (error: z.ZodError, list: unknown): string =>
  error.issues.map(({ path, message, code, ...issue }) => {
    const [index, field] = path;
    if (typeof index !== 'number') return `the list ${message}`;
    if (code === 'unrecognized_keys' && 'keys' in issue) return `entry ${index + 1}: ${noSuchSetting([], issue.keys)}`;
    const got = JSON.stringify(valueAt(list, path)) as string | undefined;
    const subject = field === undefined ? '' : `${String(field)} `;
    return `entry ${index + 1}: ${subject}${message}, got ${got === undefined ? 'nothing' : got.slice(0, 80)}`;
  }).join('; ');
