import { z } from 'zod';

/** Where the index lies, as the user names it. */
export type IndexPlace =
  | { readonly type: 'sqlite' }
  /** `prefix`: what the tables' names begin with, before a hyphen. */
  | { readonly type: 'dynamodb'; readonly prefix: string };

/** `sqlite`, or `dynamodb:<prefix>`. */
export const indexText: z.ZodType<IndexPlace, string> = z.string().transform((text, context): IndexPlace => {
  const [, prefix] = /^dynamodb:([a-zA-Z0-9_.-]{1,200})$/.exec(text) ?? []; // a table's name has 255 characters at most
  if (prefix !== undefined) return { type: 'dynamodb', prefix };
  if (text === 'sqlite') return { type: 'sqlite' };
  context.addIssue('no index');
  return z.NEVER;
});
