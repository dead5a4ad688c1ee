/** A picture of which rows are made when they are first needed: of a large one only a few may be. */
import { giveBack } from '../../core/give-back.ts';
import type { Size } from '../../core/geometry.ts';

/** Writes the rows from `from` until before `to`, as red, green and blue, to where they are in `pixels`. */
export type MakeRows = (pixels: Uint8Array, from: number, to: number) => void;

export class Level implements Size {
  readonly width: number;
  readonly height: number;
  #pixels: Uint8Array | undefined;
  readonly #make: MakeRows;
  /** What is made, without a gap: the rows from `#from` until before `#to`. */
  #from = 0;
  #to = 0;

  constructor({ width, height }: Size, make: MakeRows) {
    this.width = width;
    this.height = height;
    this.#make = make;
  }

  /** One of which all is there. It takes the memory over. */
  static made({ pixels, ...size }: Size & { readonly pixels: Uint8Array }): Level {
    const level = new Level(size, () => {});
    level.#pixels = pixels;
    level.#to = size.height;
    return level;
  }

  /** All of the picture's bytes, of which the rows from `from` until before `to` are made; the others may be black. */
  rows(from: number, to: number): Uint8Array {
    const pixels = this.#pixels ??= new Uint8Array(this.width * this.height * 3);
    const first = Math.min(Math.max(0, from), this.height);
    const last = Math.max(first, Math.min(to, this.height));
    if (last === first) return pixels;
    if (this.#from === this.#to) {
      this.#from = first;
      this.#to = first;
    }
    if (first < this.#from) this.#make(pixels, first, this.#from);
    if (last > this.#to) this.#make(pixels, this.#to, last);
    this.#from = Math.min(first, this.#from);
    this.#to = Math.max(last, this.#to);
    return pixels;
  }

  /** Gives its memory back: nothing can be seen in it from then on. */
  [Symbol.dispose](): void { if (this.#pixels !== undefined) giveBack(this.#pixels); }
}
