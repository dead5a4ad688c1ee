/** One setting: its default, range, sentence and when it applies stand here once; parsing and messages follow from that. */
import { bytes, millis, ratio, type Bytes, type Millis, type Ratio } from '../core/units.ts';

/** `live`: a change applies at once. `restart`: the process that uses it starts anew. */
export type Apply = 'live' | 'restart';

export interface Setting<T> {
  readonly default: T;
  /** The default as a person would write it. */
  readonly defaultText: string;
  /** What is accepted, for messages and docs: `a duration from 1s to 10m`. */
  readonly expectation: string;
  readonly apply: Apply;
  /** One sentence for people. */
  readonly doc: string;
  /** Never shown or logged. */
  readonly secret: boolean;
  /** Undefined when `raw`, from a file or the environment, is not acceptable. */
  readonly parse: (raw: unknown) => T | undefined;
}

interface Words { readonly doc: string; readonly apply: Apply }
interface Ranged extends Words { readonly default: string; readonly min: string; readonly max: string }
interface Numbered extends Words { readonly default: number; readonly min: number; readonly max: number }

export function durationSetting({ default: byDefault, min, max, ...words }: Ranged): Setting<Millis> {
  return ranged(byDefault, min, max, 'a duration', parseDuration, words);
}

export function sizeSetting({ default: byDefault, min, max, ...words }: Ranged): Setting<Bytes> {
  return ranged(byDefault, min, max, 'a size', parseSize, words);
}

export function ratioSetting({ default: byDefault, min, max, ...words }: Numbered): Setting<Ratio> {
  const setting = ranged(String(byDefault), String(min), String(max), 'a ratio', parseNumber, words);
  return { ...setting, default: ratio(setting.default), parse: (raw) => setting.parse(raw) as Ratio | undefined };
}

export function integerSetting({ default: byDefault, min, max, ...words }: Numbered): Setting<number> {
  return ranged(String(byDefault), String(min), String(max), 'a whole number', parseInteger, words);
}

export function choiceSetting<const T extends string>(
  { default: byDefault, choices, ...words }: Words & { readonly default: NoInfer<T>; readonly choices: readonly T[] },
): Setting<T> {
  return {
    ...words, default: byDefault, defaultText: byDefault, secret: false,
    expectation: `one of ${choices.join(', ')}`,
    parse: (raw) => choices.find((choice) => choice === raw),
  };
}

export function textSetting({ default: byDefault, expectation, pattern, secret = false, ...words }: Words & {
  readonly default: string; readonly expectation: string; readonly pattern: RegExp; readonly secret?: boolean;
}): Setting<string> {
  return {
    ...words, default: byDefault, defaultText: byDefault === '' ? 'none' : `"${byDefault}"`, secret, expectation,
    parse: (raw) => (typeof raw === 'string' && pattern.test(raw) ? raw : undefined),
  };
}

function ranged<T extends number>(
  byDefault: string, min: string, max: string, noun: string, read: (raw: unknown) => T | undefined, words: Words,
): Setting<T> {
  const [value, low, high] = [read(byDefault), read(min), read(max)];
  if (value === undefined || low === undefined || high === undefined || value < low || value > high) {
    throw new RangeError(`a setting's default ${byDefault} must lie from ${min} to ${max}`);
  }
  return {
    ...words, default: value, defaultText: byDefault, secret: false,
    expectation: `${noun} from ${min} to ${max}`,
    parse: (raw) => {
      const got = read(raw);
      return got !== undefined && got >= low && got <= high ? got : undefined;
    },
  };
}

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** `500ms`, `10s`, `1.5m`, `2h`, `7d`: a bare number has no unit and is refused. */
export function parseDuration(raw: unknown): Millis | undefined {
  const match = typeof raw === 'string' ? /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(raw.trim()) : null;
  return match === null ? undefined : millis(Number(match[1]) * (DURATION_UNITS[match[2] ?? ''] ?? NaN));
}

/** `50M`, `1.5G`, `0`: powers of 1024. */
export function parseSize(raw: unknown): Bytes | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(String(raw).trim());
  return match === null ? undefined : bytes(Math.round(Number(match[1]) * (SIZE_UNITS[match[2] ?? ''] ?? NaN)));
}

function parseNumber(raw: unknown): number | undefined {
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function parseInteger(raw: unknown): number | undefined {
  const value = parseNumber(raw);
  return Number.isInteger(value) ? value : undefined;
}
