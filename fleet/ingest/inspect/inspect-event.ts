/** Looks into all files of an event: is each of them what the event says it is? */
import type { ClipDamage } from '../../../device/contract/clip-damage.ts';
import type { TytoEvent } from '../../../device/contract/event.ts';
import { Mp4Error } from '../../../device/contract/mp4-boxes.ts';
import type { SealFacts } from '../../../device/contract/seal.ts';
import type { KeyOpener } from '../../../device/vault/wrapped-key.ts';
import { judgeClip, judgeSeal, type FileRole } from '../decide.ts';
import type { IngestLimits } from '../limits.ts';
import type { Reason } from '../reason.ts';
import { together } from '../together.ts';
import { readRecording } from './assess-recording.ts';
import { altered, inspectClip, inspectSmall, type SmallFile } from './inspect-media.ts';
import { checkBoxes, type ClipFacts } from './mp4-structure.ts';
import { notWhole, openEncrypted, readSealedClip, type Opened } from './open-encrypted.ts';

/** Our copy of a file of the event. */
export interface CopyOf { readonly role: FileRole; readonly file: string }

export interface Suspects {
  readonly event: TytoEvent;
  readonly files: readonly CopyOf[];
  /** Keys that are believed for its device; see `judgeSeal`. */
  readonly signers: readonly string[];
  /** Whether the picture is wanted in small. What was encrypted is never made smaller in the clear. */
  readonly wantsThumbnail: boolean;
}

export type Inspection =
  | {
    readonly ok: true;
    readonly damage: ClipDamage | null;
    /** Something is encrypted, and no key opens it. */
    readonly sealed: boolean;
    /** Something is encrypted, opened or not: nothing may be made of it in the clear. */
    readonly isEncrypted: boolean;
    /** The key that seals the clip; undefined without clip or seals. */
    readonly signer: string | undefined;
    /** The picture in small, as a JPEG. */
    readonly thumbnail: Uint8Array | undefined;
  }
  | { readonly ok: false; readonly reason: Reason };
export type Sound = Inspection & { readonly ok: true };

interface Instruments { readonly keys: KeyOpener; readonly limits: IngestLimits; readonly signal: AbortSignal }
interface OpenedFile extends CopyOf { readonly opened: Exclude<Opened, { readonly state: 'broken' }> }

const SOUND: Sound = {
  ok: true, damage: null, sealed: false, isEncrypted: false, signer: undefined, thumbnail: undefined,
};

/** @throws {TytoError} When they cannot be looked at: nothing is known of them then. */
export async function inspectEvent(suspects: Suspects, instruments: Instruments): Promise<Inspection> {
  const files: OpenedFile[] = [];
  for (const one of suspects.files) {
    const opened = await openEncrypted(one.file, one.role, instruments.keys, instruments.signal);
    if (opened.state === 'broken') return { ok: false, reason: opened.reason };
    files.push({ ...one, opened });
  }
  const clip = files.find(({ role }) => role === 'clip');
  // At the same time: each is a program of its own. Both are waited for: what they read is removed afterwards.
  const [pictures, footage] = await together([
    inspectPictures(files, suspects.wantsThumbnail, instruments),
    clip === undefined ? Promise.resolve(SOUND) : inspectClipFile(clip, suspects, instruments),
  ]);
  if (pictures?.ok !== true || footage?.ok !== true) return pictures?.ok === false ? pictures : footage ?? SOUND;
  const isEither = (state: Opened['state']): boolean => files.some(({ opened }) => opened.state === state);
  return {
    ...footage, thumbnail: pictures.thumbnail, sealed: isEither('sealed'),
    isEncrypted: isEither('sealed') || isEither('opened'),
  };
}

/** Of an encrypted picture that no key opens, nothing but its hash can be told. */
async function inspectPictures(
  files: readonly OpenedFile[], wantsThumbnail: boolean, { limits, signal }: Instruments,
): Promise<Inspection> {
  const small = files.flatMap(({ role, file, opened }): SmallFile[] => {
    const plain = opened.state === 'clear' ? file : opened.state === 'opened' ? opened.plain : undefined;
    return role === 'clip' || plain === undefined ? [] : [{ role, file: plain }];
  });
  const isClear = files.every(({ role, opened }) => role !== 'picture' || opened.state === 'clear');
  const found = await inspectSmall(small, { thumbnail: wantsThumbnail && isClear }, limits, signal);
  return found.ok ? { ...SOUND, thumbnail: found.thumbnail } : found;
}

async function inspectClipFile(
  { file, opened }: OpenedFile, { event, signers }: Suspects, { limits, signal }: Instruments,
): Promise<Inspection> {
  let signer: string | undefined;
  const sealFault = (seal: SealFacts | undefined): Reason | undefined => {
    signer = seal?.key;
    return judgeSeal(event, seal, signers);
  };
  const told = (facts: ClipFacts, damage: ClipDamage | null): Inspection => {
    const lie = judgeClip(event, facts);
    return lie === undefined ? { ...SOUND, damage, signer } : { ok: false, reason: lie };
  };
  if (opened.state !== 'clear') {
    const fault = await outerFault(file, sealFault, signal);
    if (fault !== undefined) return { ok: false, reason: fault };
  }
  if (opened.state === 'sealed') {
    const facts = await readSealedClip(file);
    return 'code' in facts ? { ok: false, reason: facts } : told(facts, null);
  }
  const clip = await (opened.state === 'clear'
    ? inspectClip(file, limits, signal, sealFault)
    : inspectClip(opened.plain, limits, signal, () => undefined));
  return clip.ok ? told(clip.facts, clip.damage) : clip;
}

/** Seals are made over what is encrypted. */
async function outerFault(
  file: string, sealFault: (seal: SealFacts | undefined) => Reason | undefined, signal: AbortSignal,
): Promise<Reason | undefined> {
  try {
    await checkBoxes(file, signal);
  } catch (error) {
    if (error instanceof Mp4Error) return notWhole('clip', error.message);
    throw error;
  }
  const { isAltered, seal } = await readRecording(file);
  return isAltered ? altered() : sealFault(seal);
}
