/** One setting: its default, range and sentence stand here once; parsing and messages follow from that. */
import type { z } from 'zod';
import { parseByteSize } from '../core/byte-size.ts';
import { parseDuration } from '../core/duration.ts';
import { BugError } from '../core/errors.ts';
import { mayHidePassword, redactAddresses } from '../core/redact-addresses.ts';
import { ratioMeant } from '../core/ratio-meant.ts';
import { ratio, type Bytes, type Millis, type Ratio } from '../core/units.ts';

/** What of a value may be shown or logged: all of it, of an address its scheme and host, nothing. */
export type Shown = 'whole' | 'host' | 'nothing';

export interface Setting<T> {
  readonly default: T;
  /** The default as a person would write it. */
  readonly defaultText: string;
  /** What is accepted, for messages and docs: `a duration from 1s to 10m`. */
  readonly expectation: string;
  /** One sentence for people. */
  readonly doc: string;
  readonly shown: Shown;
  /** Awaited before the first `parse`, where what reads the value is loaded only when there is one. */
  readonly prepare?: () => Promise<void>;
  /**
   * Undefined when `raw`, from a file or the environment, is not acceptable. White space around it is no part of it.
   */
  readonly parse: (raw: unknown) => T | undefined;
  /** What of `raw` is wrong, where more can be said than what came. */
  readonly explain?: (raw: unknown) => string | undefined;
}

/** A value of `setting` as it was written, for the log: without what may be a password. */
export function shownValue({ shown }: Setting<unknown>, raw: unknown): string {
  const text = trimmed(raw);
  const hidden = shown === 'nothing' || (shown === 'host' && (typeof text !== 'string' || mayHidePassword(text)));
  if (hidden) return '(not shown)';
  return JSON.stringify(shown === 'host' ? redactAddresses(String(text)) : text);
}

interface Words { readonly doc: string }
interface Ranged extends Words { readonly default: string; readonly min: string; readonly max: string }
interface Numbered extends Words { readonly default: number; readonly min: number; readonly max: number }

export function durationSetting({ default: byDefault, min, max, ...words }: Ranged): Setting<Millis> {
  return ranged(byDefault, min, max, 'a duration', parseDuration, words, {
    form: 'a number and its unit: ms, s, m, h or d',
    mend: (text) => (/^\d+(?:\.\d+)?$/.test(text) ? `${text}s` : text.replaceAll(' ', '')),
  });
}

export function sizeSetting({ default: byDefault, min, max, ...words }: Ranged): Setting<Bytes> {
  return ranged(byDefault, min, max, 'a size', parseByteSize, words, {
    form: 'bytes, or a number with K, M, G or T',
    mend: (text) => text.toUpperCase().replace(/I?B(?:YTES?)?$/, '').replaceAll(' ', ''),
  });
}

export function ratioSetting({ default: byDefault, min, max, ...words }: Numbered): Setting<Ratio> {
  const setting = ranged(String(byDefault), String(min), String(max), 'a ratio', parseNumber, words, {
    form: 'a number such as 0.5',
    mend: (text) => ratioMeant(text) ?? text.replace(',', '.'),
  });
  return { ...setting, default: ratio(setting.default), parse: (raw) => setting.parse(raw) as Ratio | undefined };
}

/** Times what is normal. */
export function factorSetting({ default: byDefault, min, max, ...words }: Numbered): Setting<number> {
  return ranged(String(byDefault), String(min), String(max), 'a factor', parseNumber, words);
}

/** Of a unit that the sentence names. */
export function numberSetting({ default: byDefault, min, max, ...words }: Numbered): Setting<number> {
  return ranged(String(byDefault), String(min), String(max), 'a number', parseNumber, words);
}

export function integerSetting({ default: byDefault, min, max, ...words }: Numbered): Setting<number> {
  return ranged(String(byDefault), String(min), String(max), 'a whole number', parseInteger, words);
}

export function choiceSetting<const T extends string>(
  { default: byDefault, choices, ...words }: Words & { readonly default: NoInfer<T>; readonly choices: readonly T[] },
): Setting<T> {
  return {
    ...words, default: byDefault, defaultText: byDefault, shown: 'whole',
    expectation: `one of ${choices.join(', ')}`,
    // Some choices look like numbers, and in a file they may be written as such.
    parse: (raw) => choices.find((choice) => choice === (typeof raw === 'number' ? String(raw) : trimmed(raw))),
  };
}

/**
 * @param setting - `pattern` is of the whole value, without white space around it. `fault` says of a text that fits it
 * what
 *   came in place of a sound one, without what may be a password; undefined when it is sound.
 */
export function textSetting({ default: byDefault, expectation, pattern, fault, shown = 'whole', ...words }: Words & {
  readonly default: string; readonly expectation: string; readonly pattern: RegExp; readonly shown?: Shown;
  readonly fault?: (text: string) => string | undefined;
}): Setting<string> {
  const fitting = (raw: unknown): string | undefined => {
    const text = trimmed(raw);
    return typeof text === 'string' && pattern.test(text) ? text : undefined;
  };
  const faultOf = (raw: unknown): string | undefined => {
    const text = fitting(raw);
    return text === undefined ? undefined : fault?.(text);
  };
  return {
    ...words, default: byDefault, defaultText: byDefault === '' ? 'none' : `"${byDefault}"`, shown, expectation,
    parse: (raw) => (faultOf(raw) === undefined ? fitting(raw) : undefined),
    explain: (raw) => {
      const got = faultOf(raw);
      return got === undefined ? undefined : `got ${got}`;
    },
  };
}

export interface ListReader<T> {
  readonly schema: z.ZodType<readonly T[]>;
  /** What is wrong with a `list` that the schema refuses. */
  readonly describe: (error: z.ZodError, list: unknown) => string;
}

/** A list of things with parts; in the environment it is written as JSON. It is to be prepared. */
export function listSetting<T>({ reader: load, example, shown = 'whole', ...words }: Words & {
  readonly reader: () => Promise<ListReader<T>>; readonly expectation: string; readonly example: string;
  /** `nothing` for a list that holds passwords: its reader's `describe` must then quote none of them. */
  readonly shown?: 'whole' | 'nothing';
}): Setting<readonly T[]> {
  const { expectation, doc } = words;
  let loaded: ListReader<T> | undefined;
  const reader = (): ListReader<T> => {
    if (loaded === undefined)
      throw new BugError('settings.unprepared', `a setting that takes ${expectation} was read before it was prepared`);
    return loaded;
  };
  return {
    doc, default: [], defaultText: 'none', shown, expectation: `${expectation} such as ${example}`,
    prepare: async () => { loaded ??= await load(); },
    parse: (raw) => reader().schema.safeParse(fromJson(raw).list).data,
    explain: (raw) => {
      const { list, fault } = fromJson(raw);
      if (fault !== undefined) return `but it is not JSON: ${shown === 'whole' ? fault : withoutQuotation(fault)}`;
      const { schema, describe } = reader();
      const { error } = schema.safeParse(list);
      return error === undefined ? undefined : `but ${describe(error, list)}`;
    },
  };
}

/** `fault` says where it is no JSON and what came there, in the parser's words. */
function fromJson(raw: unknown): { readonly list?: unknown; readonly fault?: string } {
  if (typeof raw !== 'string') return { list: raw };
  try {
    return { list: raw.trim() === '' ? [] : JSON.parse(raw) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** The parser quotes what it read; where it stood still is enough. */
const withoutQuotation = (fault: string): string => /\bat position \d+(?: \(line \d+ column \d+\))?/.exec(fault)?.[0]
  ?? 'it ends too early, or a bracket or quote is missing';

/** What is pasted into a variable often ends with a line break. */
const trimmed = (raw: unknown): unknown => (typeof raw === 'string' ? raw.trim() : raw);

/** How a value with a unit is written. */
interface Form {
  readonly form: string;
  /** What was probably meant. */
  readonly mend: (text: string) => string;
}

function ranged<T extends number>(
  byDefault: string, min: string, max: string, noun: string, read: (raw: unknown) => T | undefined, words: Words,
  form?: Form,
): Setting<T> {
  const [value, low, high] = [read(byDefault), read(min), read(max)];
  if (value === undefined || low === undefined || high === undefined || value < low || value > high) {
    throw new RangeError(`a setting's default ${byDefault} must lie from ${min} to ${max}`);
  }
  const accepted = (raw: unknown): T | undefined => {
    const got = read(raw);
    return got !== undefined && got >= low && got <= high ? got : undefined;
  };
  return {
    ...words, default: value, defaultText: byDefault, shown: 'whole',
    expectation: `${noun} from ${min} to ${max}`,
    parse: accepted,
    explain: (raw) => {
      if (form === undefined || read(raw) !== undefined) return undefined;
      const mended = form.mend(String(trimmed(raw)));
      return `got ${JSON.stringify(raw)}; write ${accepted(mended) === undefined ? form.form : mended}`;
    },
  };
}

function parseNumber(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function parseInteger(raw: unknown): number | undefined {
  const value = parseNumber(raw);
  return Number.isInteger(value) ? value : undefined;
}
