/** Reads the boxes of an encrypted clip by what can be known of them without a key. */
import {
  ENCRYPTED_FTYP, encryptedFragment, encryptedInit, isEncrypted, readEncryptedBox, readHeadFacts, type EncryptedBox,
} from '../contract/encrypted-box.ts';
import { concat, fourCharacters, Mp4Error } from '../contract/mp4-boxes.ts';
import type { Fragment, Mp4Part } from '../contract/mp4-fragment.ts';

/** What was put in among the encrypted boxes nobody has checked. */
const VIDEO_BOXES: ReadonlySet<string> = new Set(['ftyp', 'moov', 'moof', 'mdat']);

/** Give it every box of a file in order. Of a file that is not encrypted it tells nothing. */
export class EncryptedReader {
  #began: boolean | undefined;
  #head: { readonly fileId: Uint8Array; readonly timescale: number } | undefined;
  #next = 0;

  /** Whether the file is encrypted, known from its first box on. */
  get isEncrypted(): boolean { return this.#began === true; }

  /** What `box` completes; undefined for a box that is none of the encryption. */
  take(box: Uint8Array): Mp4Part | Mp4Error | undefined {
    if (this.#began === undefined) {
      this.#began = isEncrypted(box);
      return undefined;
    }
    if (!this.#began) return undefined;
    const type = fourCharacters(box, 4);
    if (VIDEO_BOXES.has(type)) return new Mp4Error(0, `box "${type}" has no place in an encrypted clip`);
    const found = readEncryptedBox(box);
    if (found === undefined) return undefined;
    const fault = this.#placeFault(found);
    this.#next = found.number + 1;
    if (fault !== undefined) return new Mp4Error(0, fault);
    return found.kind === 'head' ? this.#takeHead(box, found) : this.#takeFragment(box, found);
  }

  #placeFault({ number, fileId }: EncryptedBox): string | undefined {
    if (number !== this.#next) return `box ${number} of the encrypted clip stands where box ${this.#next} belongs`;
    if (this.#head !== undefined && !this.#head.fileId.every((byte, at) => fileId[at] === byte))
      return `box ${number} is of another encrypted clip`;
    return undefined;
  }

  #takeHead(box: Uint8Array, found: EncryptedBox): Mp4Part | Mp4Error {
    const facts = readHeadFacts(found);
    if (facts === undefined) return new Mp4Error(0, 'the head of the encrypted clip cannot be read');
    if (facts.content === 'file') return new Mp4Error(0, 'it is an encrypted picture or preview, and no clip');
    this.#head = { fileId: found.fileId, timescale: facts.timescale };
    return { type: 'init', init: encryptedInit(concat([ENCRYPTED_FTYP, box]), facts) };
  }

  #takeFragment(box: Uint8Array, found: EncryptedBox): Mp4Part | Mp4Error {
    const fragment = this.#head && encryptedFragment(box, found, this.#head.timescale);
    return fragment === undefined
      ? new Mp4Error(0, 'a fragment of the encrypted clip cannot be read')
      : { type: 'fragment', fragment };
  }
}

/** Ciphertext never holds as many zeros in a row; what a power cut leaves of a file does. */
const ZEROS = Buffer.alloc(32);

/** Whether an encrypted fragment is not torn by a power cut, as far as can be told without a key. */
export const looksWhole = ({ data }: Fragment): boolean =>
  !Buffer.from(data.buffer, data.byteOffset, data.byteLength).includes(ZEROS);
