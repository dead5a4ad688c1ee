import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { ConfigError } from '../core/errors.ts';
import { jsonIn } from '../core/json-in.ts';

export interface ListSetting<T> {
  /** As a person knows it: `TYTO_FLEET_EVENTS`. */
  readonly name: string;
  /** Of the error. */
  readonly code: string;
  readonly schema: z.ZodType<readonly T[]>;
  readonly describe: (error: z.ZodError, list: unknown) => string;
}

/** The path that the setting of a list names; undefined where the list itself stands there, or nothing. */
export function listFileIn(text: string): string | undefined {
  const given = text.trim();
  return given === '' || /^[[{"']/.test(given) ? undefined : given;
}

/**
 * The list in a setting: JSON, or the path of a file that holds it; empty for none.
 * @throws {ConfigError} With everything that is wrong. Nothing is quoted that may be secret, but for what `describe`
 * quotes.
 */
export async function readListSetting<T>(
  { name, code, schema, describe }: ListSetting<T>, text: string,
): Promise<readonly T[]> {
  if (text.trim() === '') return [];
  const file = listFileIn(text);
  const fault = (what: string, cause?: unknown): ConfigError =>
    new ConfigError(code, `${file === undefined ? name : `${name}, file ${file}`}: ${what}`, { cause });
  const content = file === undefined ? text : await readFile(file, 'utf8').catch((cause: unknown) => {
    throw fault('it cannot be read; name a file that holds a JSON list, or give the list itself', cause);
  });
  const list = jsonIn(content);
  // The parser's own words quote what it stumbles over.
  if (list === undefined) throw fault('must be a list in JSON; a quote, comma or bracket is missing or too many');
  const read = schema.safeParse(list);
  if (read.success) return read.data;
  throw fault(describe(read.error, list));
}
