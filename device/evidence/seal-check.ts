/** Reads a clip's seals in order, and says what they prove. */
import { verify, type KeyObject } from 'node:crypto';
import { concat } from '../contract/mp4-boxes.ts';
import { sealFactsSchema, signedBytes, type Seal, type SealFacts } from '../contract/seal.ts';
import { publicKeyFrom } from './device-key.ts';
import { chained } from './sealer.ts';

export type SealVerdict =
  /** It was never sealed, or all seals were taken out. */
  | { readonly state: 'none' }
  | {
    readonly state:
      /** Every byte of video is what was recorded, from the first to the last. */
      | 'complete'
      /** The same up to here; then the recording broke off, or somebody cut it. */
      | 'cut'
      /** Something was changed, left out, put in or moved. */
      | 'altered';
    readonly facts: SealFacts;
  };

export interface SealFault {
  /** The fragment's number, from 1; 0 is the head. */
  readonly fragment: number;
  readonly message: string;
}

/** Give it the parts of a file as they follow each other. Each part is judged at once; `verdict` at the end. */
export class SealCheck {
  #head: { readonly facts: SealFacts; readonly key: KeyObject } | undefined;
  #init: Uint8Array = new Uint8Array();
  /** Undefined behind a gap: the next fragment can then not be judged. */
  #before: Uint8Array | undefined = new Uint8Array();
  #index = 0;
  #fragments = 0;
  #awaiting: Seal | undefined;
  #isEnded = false;
  #isAltered = false;

  init(data: Uint8Array): void { this.#init = data; }

  /** @returns What is wrong with it; undefined while all is well. */
  seal(seal: Seal): SealFault | undefined {
    if (this.#isEnded) return this.#altered(this.#fragments, 'something stands behind the end of the clip');
    if (seal.kind === 'head') return this.#takeHead(seal);
    if (this.#head === undefined)
      return this.#altered(this.#fragments, 'it is sealed, but the seal that says by whom is gone');
    if (!verify(null, signedBytes(seal), this.#head.key, seal.signature)) {
      return this.#altered(seal.index, 'the seal is not signed by the key that the clip names');
    }
    return seal.kind === 'end' ? this.#takeEnd(seal) : this.#takeSeal(seal);
  }

  /** @param data - `moof` and `mdat` as they stand in the file. */
  fragment(data: Uint8Array): SealFault | undefined {
    this.#fragments += 1;
    const seal = this.#awaiting;
    this.#awaiting = undefined;
    if (seal === undefined) {
      return this.#head === undefined ? undefined
        : this.#altered(this.#fragments, 'a fragment without a seal was put in');
    }
    const isWhole = this.#before === undefined || equal(chained(this.#before, data), seal.hash);
    this.#before = seal.hash;
    return isWhole ? undefined : this.#altered(seal.index, 'this fragment is not what was recorded');
  }

  /**
   * Whether seals say that it is not what was recorded; also where the one that says by whom is gone,
   * of which `verdict` knows nothing.
   */
  get isAltered(): boolean { return this.#isAltered; }

  verdict(): SealVerdict {
    if (this.#head === undefined) return { state: 'none' };
    const state = this.#isAltered ? 'altered' : this.#isEnded ? 'complete' : 'cut';
    return { state, facts: this.#head.facts };
  }

  #takeHead(seal: Seal): SealFault | undefined {
    if (this.#head !== undefined) return this.#altered(this.#fragments, 'a second clip begins in the file');
    const facts = sealFactsSchema.safeParse(parseJson(seal.facts)).data;
    if (facts === undefined) return this.#altered(0, 'the seal of the head cannot be read');
    this.#head = { facts, key: publicKeyFrom(facts.key) };
    this.#before = seal.hash;
    if (this.#fragments > 0) return this.#altered(0, 'video stands before the seal of the head');
    const isSigned = verify(null, signedBytes(seal), this.#head.key, seal.signature);
    if (isSigned && equal(chained(new Uint8Array(), concat([this.#init, seal.facts])), seal.hash)) return undefined;
    return this.#altered(0, 'the head, or what it says of device and time, is not what was recorded');
  }

  #takeSeal(seal: Seal): SealFault | undefined {
    const [missing, expected] = [this.#awaiting, this.#index + 1];
    this.#awaiting = seal;
    this.#index = seal.index;
    if (missing !== undefined || seal.index !== expected) this.#before = undefined;
    if (missing !== undefined) return this.#altered(missing.index, 'the fragment that was recorded here is gone');
    if (seal.index === expected) return undefined;
    return this.#altered(seal.index, seal.index > expected
      ? `${seal.index - expected} fragments that were recorded before this one are gone`
      : 'fragments stand in another order');
  }

  #takeEnd(seal: Seal): SealFault | undefined {
    this.#isEnded = true;
    const follows = this.#before !== undefined && equal(chained(this.#before, new Uint8Array()), seal.hash);
    if (follows && this.#awaiting === undefined && seal.index === this.#index) return undefined;
    return this.#altered(this.#index, 'fragments before the end are gone, or not those that were recorded');
  }

  #altered(fragment: number, message: string): SealFault {
    this.#isAltered = true;
    return { fragment, message };
  }
}

const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at]);

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
