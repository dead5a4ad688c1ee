/**
 * Seals: `uuid` boxes in a clip (ISO/IEC 14496-12, 4.2) that prove it untouched; players pass over them. The first
 * stands after the head and says whose clip it is, one stands before each fragment, the last ends a clip that was ended
 * in order. Each holds a hash that chains to the one before, signed: docs/reference/evidence.md tells what is hashed.
 */
import { z } from 'zod';
import { ascii } from './ascii.ts';
import { NAME_PATTERN } from './name-pattern.ts';
import { concat, fourCharacters, viewOf } from './mp4-boxes.ts';

/** The box's extended type; drawn once. */
export const SEAL_TYPE: Uint8Array = Uint8Array.from([
  0x7a, 0x1c, 0x5e, 0xd4, 0x2f, 0x96, 0x4b, 0x08, 0xb3, 0x61, 0x0d, 0x8a, 0xf7, 0x45, 0xc9, 0x1e,
]);
const KINDS = ['head', 'fragment', 'end'] as const;
const [TYPE_AT, KIND_AT, INDEX_AT, HASH_AT, SIGNATURE_AT, FACTS_AT] = [8, 24, 25, 29, 61, 125];
/** Longer facts than any device writes are not read. */
const MAX_SEAL_BYTES = 4096;

export type SealKind = (typeof KINDS)[number];

export interface Seal {
  readonly kind: SealKind;
  /** 0 of the head, the fragment's number from 1, the last fragment's number of the end. */
  readonly index: number;
  /** SHA-256, 32 bytes: of what is sealed and, through the hash before, of everything before it. */
  readonly hash: Uint8Array;
  /** Ed25519, 64 bytes, of kind, index and hash. */
  readonly signature: Uint8Array;
  /** JSON `SealFacts` in the head; empty elsewhere. */
  readonly facts: Uint8Array;
}

/** Whose clip it is, for anyone who has only the file. */
export const sealFactsSchema = z.object({
  version: z.literal(1),
  device: z.string().regex(NAME_PATTERN),
  camera: z.string().regex(NAME_PATTERN),
  /** The file's name when it was recorded. */
  name: z.string().max(255),
  /** Ed25519 public key, 32 bytes in base64url: whoever trusts it trusts the clip. */
  key: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type SealFacts = Readonly<z.infer<typeof sealFactsSchema>>;

/** The box of `seal`, header included. */
export function sealBox({ kind, index, hash, signature, facts }: Seal): Uint8Array {
  const box = concat([new Uint8Array(FACTS_AT), facts]);
  const view = viewOf(box);
  view.setUint32(0, box.byteLength);
  box.set(ascii('uuid'), 4);
  box.set(SEAL_TYPE, TYPE_AT);
  view.setUint8(KIND_AT, KINDS.indexOf(kind));
  view.setUint32(INDEX_AT, index);
  box.set(hash, HASH_AT);
  box.set(signature, SIGNATURE_AT);
  return box;
}

/** The seal in `box`, header included; undefined when it is another box. */
export function readSeal(box: Uint8Array): Seal | undefined {
  if (box.byteLength < FACTS_AT || box.byteLength > MAX_SEAL_BYTES || fourCharacters(box, 4) !== 'uuid')
    return undefined;
  if (!SEAL_TYPE.every((byte, at) => box[TYPE_AT + at] === byte)) return undefined;
  const kind = KINDS[box[KIND_AT] ?? -1];
  if (kind === undefined) return undefined;
  return {
    kind, index: viewOf(box).getUint32(INDEX_AT),
    hash: box.slice(HASH_AT, SIGNATURE_AT), signature: box.slice(SIGNATURE_AT, FACTS_AT), facts: box.slice(FACTS_AT),
  };
}

/** What is signed: no signature of one clip, or of another use of the key, fits elsewhere. */
export const signedBytes = ({ kind, index, hash }: Pick<Seal, 'kind' | 'index' | 'hash'>): Uint8Array =>
  concat([ascii(`tyto seal 1 ${kind} ${index} `), hash]);
