/**
 * Names by which files of events are given out, where others than ours are wanted: those of Kerberos, Motion, motionEye
 * and Frigate, or a pattern of one's own. What lies on the device's disk keeps our names, which recovery rests on.
 */
import type { TytoEvent } from './event.ts';
import type { MediaExtension } from './names.ts';

/** Each as a pattern; `tyto` stands for our own names. */
export const NAME_STYLES = {
  /** machinery: `timestamp_microseconds_instanceName_regionCoordinates_numberOfChanges_token` */
  'kerberos': '%{seconds}_6-%{micros}_%{camera}_%{region}_%{changes}_%{token}',
  /** agent: its last field is the length in milliseconds */
  'kerberos-agent': '%{seconds}_3-%{millis}_%{camera}_%{region}_%{changes}_%{duration}',
  'motion': '%v-%Y%m%d%H%M%S',
  'motioneye': '%Y-%m-%d/%H-%M-%S',
  'frigate': '%{camera}-%{id}',
} as const;
export const OWN_STYLE = 'tyto';

type Values = (event: TytoEvent, started: Date) => string;

const digits = (value: number, count: number): string => String(Math.trunc(value)).padStart(count, '0');
const microsOf = ({ start_time: start }: TytoEvent): number => Math.round(start * 1e6);
/** The event's six characters as a number: tells apart what began at the same moment. */
const tokenOf = ({ id }: TytoEvent): string => String(Number.parseInt(id.slice(-6), 36));

/** As strftime has them, in the time zone of the device; `%v` and the names in braces are Motion's idea. */
const TOKENS: Readonly<Record<string, Values>> = {
  '%Y': (_, at) => digits(at.getFullYear(), 4),
  '%m': (_, at) => digits(at.getMonth() + 1, 2),
  '%d': (_, at) => digits(at.getDate(), 2),
  '%H': (_, at) => digits(at.getHours(), 2),
  '%M': (_, at) => digits(at.getMinutes(), 2),
  '%S': (_, at) => digits(at.getSeconds(), 2),
  '%v': tokenOf,
  '%{id}': ({ id }) => id,
  '%{token}': tokenOf,
  '%{seconds}': (event) => digits(microsOf(event) / 1e6, 10),
  '%{millis}': (event) => digits(microsOf(event) % 1e6 / 1e3, 3),
  '%{micros}': (event) => digits(microsOf(event) % 1e6, 6),
  '%{device}': ({ device }) => device,
  '%{camera}': ({ camera }) => camera,
  '%{label}': ({ label }) => label,
  '%{kinds}': ({ kinds }) => kinds.join('-'),
  '%{region}': ({ box }) => (box ?? [0, 0, 0, 0]).map((side) => Math.max(0, Math.round(side))).join('-'),
  /** Thousandths of the most that moved. */
  '%{changes}': ({ top_score: score }) => String(Math.round(score * 1000)),
  '%{duration}': ({ start_time: start, end_time: end, clip }) =>
    String(Math.max(0, Math.round((clip?.duration ?? (end ?? start) - start) * 1000))),
};
const TELL_TIME_OR_ID = ['%{id}', '%{token}', '%v', '%S', '%{seconds}'];
const TOKEN = /%(?:\{[^}]*\}?|.?)/g;
const PLAIN_PART = /^[A-Za-z0-9_(=+@](?:[A-Za-z0-9._()=+@ -]*[A-Za-z0-9_()=+@-])?$/;
const LONGEST_PATTERN = 160;

export const FILE_NAMES = `tyto, ${Object.keys(NAME_STYLES)
  .join(', ')}, or a pattern such as %Y-%m-%d/%H-%M-%S_%{camera}`;

/** Why `style` names no files, for people; undefined when it does. */
export function fileNamesFault(style: string): string | undefined {
  if (style === OWN_STYLE || Object.hasOwn(NAME_STYLES, style)) return undefined;
  const tokens: readonly string[] = style.match(TOKEN) ?? [];
  const unknown = tokens.find((token) => !Object.hasOwn(TOKENS, token));
  if (unknown !== undefined) return `"${unknown}", which is not known: there are ${Object.keys(TOKENS).join(' ')}`;
  if (!TELL_TIME_OR_ID.some((token) => tokens.includes(token)))
    return `"${style}", in which all events have the same name: it needs one of ${TELL_TIME_OR_ID.join(' ')}`;
  if (style.length > LONGEST_PATTERN) return `${style.length} characters, at most ${LONGEST_PATTERN} will do`;
  const parts = style.replaceAll(TOKEN, 'x').split('/');
  return parts.every((part) => PLAIN_PART.test(part)) ? undefined
    : `"${style}", with characters or folders that may not stand in a name`;
}

/**
 * The name of a file of `event`, with folders where the pattern has some, relative and without `..` whatever the event
 * holds; undefined where our own name is wanted.
 *
 * @param style - Sound by `fileNamesFault`.
 */
export function eventFileName(style: string, event: TytoEvent, extension: MediaExtension): string | undefined {
  if (style === OWN_STYLE) return undefined;
  const pattern = Object.entries(NAME_STYLES).find(([name]) => name === style)?.[1] ?? style;
  const started = new Date(event.start_time * 1000);
  return `${pattern.replaceAll(TOKEN, (token) => TOKENS[token]?.(event, started) ?? '')}.${extension}`;
}

/** The same as one plain name, for a download. */
export const downloadName = (style: string, event: TytoEvent, extension: MediaExtension): string | undefined =>
  eventFileName(style, event, extension)?.replaceAll('/', '_');
