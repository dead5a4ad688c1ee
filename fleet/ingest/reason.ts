/** Why ingest does not take something. */

/** Stable, for programs; `docs/guide/fleet.md` explains each. */
export const REASON_CODES = [
  'manifest.too-large',
  'manifest.not-json',
  'manifest.invalid',
  'manifest.version',
  'manifest.wrong-device',
  'manifest.wrong-place',
  'event.inconsistent',
  'event.future',
  'event.past',
  'event.conflict',
  'file.name',
  'file.missing',
  'file.too-large',
  'file.wrong-size',
  'file.wrong-hash',
  'file.encryption',
  'file.no-manifest',
  'clip.not-mp4',
  'clip.altered',
  'clip.wrong-signer',
  'clip.undecodable',
  'clip.too-slow',
  'clip.wrong-duration',
  'clip.not-as-told',
  'picture.not-jpeg',
  'picture.undecodable',
  'picture.too-slow',
  'report.too-large',
  'report.invalid',
  'report.wrong-place',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export interface Reason {
  readonly code: ReasonCode;
  /** A sentence for people: what was expected and what came. */
  readonly message: string;
}

const LONGEST_MESSAGE = 300;

/** What an uploader wrote may be part of a message: cut to a readable length, without control characters. */
export function reason(code: ReasonCode, message: string): Reason {
  const plain = message.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
  return { code, message: plain.length > LONGEST_MESSAGE ? `${plain.slice(0, LONGEST_MESSAGE - 1)}…` : plain };
}
