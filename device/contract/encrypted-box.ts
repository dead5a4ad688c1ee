/**
 * Encrypted files: `uuid` boxes (ISO/IEC 14496-12, 4.2) behind a `ftyp` of a brand of our own. What can be known of
 * them without a key is read here; docs/design/encryption.md tells the format.
 */
import { z } from 'zod';
import { ascii } from './ascii.ts';
import { concat, fourCharacters, viewOf } from './mp4-boxes.ts';
import type { Fragment } from './mp4-fragment.ts';
import type { InitSegment, Tracks } from './mp4-init.ts';
import { millis } from '../core/units.ts';

/** The box's extended type; drawn once. */
export const ENCRYPTED_TYPE: Uint8Array =
  Uint8Array.from([0xc3, 0xa9, 0x8d, 0x51, 0x6e, 0x04, 0x4f, 0x7b, 0x92, 0xd8, 0x5b, 0x1f, 0x30, 0xe7, 0x64, 0xaa]);
const KINDS = ['head', 'fragment', 'piece'] as const;
const [TYPE_AT, KIND_AT, NUMBER_AT, FILE_AT, FACTS_LENGTH_AT, FACTS_AT] = [8, 24, 25, 29, 45, 49];
/** Behind the ciphertext. */
export const TAG_BYTES = 16;
/** Longer facts than any device writes are not read. */
const MAX_FACTS_BYTES = 16_384;
const MAX_RECIPIENTS = 16;

const BRAND = 'tyte';
/** What an encrypted file begins with: no player takes it for a video. */
export const ENCRYPTED_FTYP: Uint8Array = Uint8Array.from([0, 0, 0, 16, ...ascii('ftyp'), ...ascii(BRAND), 0, 0, 0, 1]);

export type EncryptedKind = (typeof KINDS)[number];

export interface EncryptedBox {
  readonly kind: EncryptedKind;
  /** 0 of the head, then 1, 2, 3 … */
  readonly number: number;
  /** Tells the file from every other, 16 bytes. */
  readonly fileId: Uint8Array;
  /** What is known of it without a key; authenticated with the rest. */
  readonly facts: Uint8Array;
}

export interface SealedBox extends EncryptedBox {
  /** Everything before the ciphertext. */
  readonly clear: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

/** Whether `data`, 16 bytes or more from a file's beginning, is that of an encrypted one. */
export const isEncrypted = (data: Uint8Array): boolean =>
  data.byteLength >= ENCRYPTED_FTYP.byteLength && ENCRYPTED_FTYP.every((byte, at) => data[at] === byte);

/** Everything before the ciphertext of a box that holds `plainBytes` of plaintext. */
export function clearPart({ kind, number, fileId, facts }: EncryptedBox, plainBytes: number): Uint8Array {
  const clear = concat([new Uint8Array(FACTS_AT), facts]);
  const view = viewOf(clear);
  view.setUint32(0, clear.byteLength + plainBytes + TAG_BYTES);
  clear.set(ascii('uuid'), 4);
  clear.set(ENCRYPTED_TYPE, TYPE_AT);
  view.setUint8(KIND_AT, KINDS.indexOf(kind));
  view.setUint32(NUMBER_AT, number);
  clear.set(fileId, FILE_AT);
  view.setUint32(FACTS_LENGTH_AT, facts.byteLength);
  return clear;
}

/** `box`, header included, taken apart; undefined when it is another box, or not one that holds together. */
export function readEncryptedBox(box: Uint8Array): SealedBox | undefined {
  if (!isEncryptedBox(box)) return undefined;
  const kind = KINDS[box[KIND_AT] ?? -1];
  const from = FACTS_AT + viewOf(box).getUint32(FACTS_LENGTH_AT);
  const to = box.byteLength - TAG_BYTES;
  if (kind === undefined || from - FACTS_AT > MAX_FACTS_BYTES || from > to) return undefined;
  return {
    kind, number: viewOf(box).getUint32(NUMBER_AT),
    fileId: box.slice(FILE_AT, FACTS_LENGTH_AT), facts: box.slice(FACTS_AT, from),
    clear: box.subarray(0, from), ciphertext: box.subarray(from, to), tag: box.subarray(to),
  };
}

/** Bytes of a box's beginning that `plainBytesOf` needs. */
export const ENCRYPTED_PREFIX_BYTES = FACTS_AT;

/**
 * How much plaintext a box holds, told by its first bytes; undefined when it is another box, or not one that holds
 * together.
 */
export function plainBytesOf(prefix: Uint8Array): number | undefined {
  if (!isEncryptedBox(prefix)) return undefined;
  const view = viewOf(prefix);
  const facts = view.getUint32(FACTS_LENGTH_AT);
  const plain = view.getUint32(0) - FACTS_AT - facts - TAG_BYTES;
  return facts > MAX_FACTS_BYTES || plain < 0 ? undefined : plain;
}

function isEncryptedBox(box: Uint8Array): boolean {
  return box.byteLength >= FACTS_AT
    && fourCharacters(box, 4) === 'uuid'
    && ENCRYPTED_TYPE.every((byte, at) => box[TYPE_AT + at] === byte);
}

/** Bytes in base64url. */
const bytes = (count: number): z.ZodType<string, string> =>
  z.string().length(Math.ceil(count * 4 / 3)).regex(/^[A-Za-z0-9_-]+$/);
const recipients = z.array(z.object({
  /** The public key that it was wrapped for. */
  key: bytes(32),
  /** HPKE's. */
  enc: bytes(32),
  /** The file's key, and a tag. */
  wrapped: bytes(48),
})).min(1).max(MAX_RECIPIENTS).readonly();
const head = z.discriminatedUnion('content', [
  z.object({
    version: z.literal(1), content: z.literal('clip'), recipients,
    /** RFC 6381. */
    codec: z.string().max(64).regex(/^[\x20-\x7e]*$/),
    width: z.number().int().positive().max(65_535),
    height: z.number().int().positive().max(65_535),
    /** Of the video track: ticks per second. */
    timescale: z.number().int().positive().max(0xffff_ffff),
  }),
  z.object({ version: z.literal(1), content: z.literal('file'), recipients }),
]);
export type EncryptedHead = Readonly<z.infer<typeof head>>;
export type WrappedKey = EncryptedHead['recipients'][number];

/** All of it is ASCII. */
export const headFacts = (facts: EncryptedHead): Uint8Array => ascii(JSON.stringify(facts));

/** What a head says of its file; undefined when it cannot be understood. */
export function readHeadFacts({ kind, number, facts }: EncryptedBox): EncryptedHead | undefined {
  return kind === 'head' && number === 0 ? head.safeParse(parseJson(facts)).data : undefined;
}

type FragmentTimes = Pick<Fragment, 'startTicks' | 'duration' | 'key' | 'samples'>;

/** @param timescale - Of the head. */
export function fragmentFacts({ startTicks, duration, key, samples }: FragmentTimes, timescale: number): Uint8Array {
  const facts = new Uint8Array(FRAGMENT_FACTS_BYTES);
  const view = viewOf(facts);
  view.setBigUint64(0, BigInt(startTicks));
  view.setUint32(8, Math.round(duration * timescale / 1000));
  view.setUint32(12, samples);
  view.setUint8(16, key ? 1 : 0);
  return facts;
}
const FRAGMENT_FACTS_BYTES = 17;

/** The head of an encrypted clip as any clip's: `data` is what stands in the file. */
export function encryptedInit(data: Uint8Array, facts: EncryptedHead & { readonly content: 'clip' }): InitSegment {
  const { codec, width, height, timescale } = facts;
  return { data, codec, size: { width, height }, ...encryptedTracks(timescale) };
}

/** All that is told in the clear of the tracks inside. */
const encryptedTracks = (timescale: number): Tracks =>
  ({ video: { trackId: 1, timescale, defaultDuration: 0, defaultBytes: 0, defaultFlags: 0 } });

/**
 * An encrypted fragment as any other: `data` is the box as it stands in the file. Undefined when its facts cannot be
 * read.
 */
export function encryptedFragment(
  data: Uint8Array, { kind, facts }: EncryptedBox, timescale: number,
): Fragment | undefined {
  if (kind !== 'fragment' || facts.byteLength !== FRAGMENT_FACTS_BYTES) return undefined;
  const view = viewOf(facts);
  const startTicks = Number(view.getBigUint64(0));
  return {
    data, startTicks, start: millis(startTicks * 1000 / timescale),
    duration: millis(view.getUint32(8) * 1000 / timescale),
    samples: view.getUint32(12), key: (view.getUint8(16) & 1) === 1, tracks: encryptedTracks(timescale),
  };
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(Array.from(data, (byte) => String.fromCharCode(byte)).join(''));
  } catch {
    return undefined;
  }
}
