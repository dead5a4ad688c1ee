/** The still yard in one light: lit little by little, at hand while that light shines, and packed while it does not. */
import type { Size } from '../../../core/geometry.ts';
import { giveBack } from '../../../core/give-back.ts';
import type { Canvas } from '../brush/canvas.ts';
import type { LightName } from '../story/day.ts';
import { illuminate } from './illuminate.ts';
import { frameBytes, planesOf, type Planes } from './planes.ts';

/** Makes bytes fewer, and the same again. */
export interface Packing {
  pack(bytes: Uint8Array): Uint8Array;
  /** @param length - Of what was packed. The memory of what comes back is the caller's. */
  unpack(packed: Uint8Array, length: number): Uint8Array;
}

export class LightLayer {
  readonly #name: LightName;
  readonly #size: Size;
  readonly #packing: Packing | undefined;
  #rowsDone = 0;
  #frame: Uint8Array | undefined;
  #packed: Uint8Array | undefined;

  /** @param packing - Without, all of it stays at hand. */
  constructor(name: LightName, size: Size, packing?: Packing) {
    this.#name = name;
    this.#size = size;
    this.#packing = packing;
  }

  get isReady(): boolean { return this.#rowsDone >= this.#size.height; }

  /** Lights `rows` more of `canvas`. */
  light(canvas: Canvas, rows: number): void {
    const end = Math.min(this.#rowsDone + rows, this.#size.height);
    for (const planes = this.planes; this.#rowsDone < end; this.#rowsDone += 2)
      illuminate(canvas, this.#name, this.#rowsDone, planes);
  }

  /** What is lit so far; the layer's own. */
  get planes(): Planes {
    const length = frameBytes(this.#size);
    this.#frame ??= this.#packed === undefined || this.#packing === undefined ? new Uint8Array(length)
      : this.#packing.unpack(this.#packed, length);
    return planesOf(this.#frame, this.#size);
  }

  /** It is not needed for a while. */
  rest(): void {
    if (this.#packing === undefined || this.#frame === undefined || !this.isReady) return;
    this.#packed ??= this.#packing.pack(this.#frame);
    giveBack(new Uint8Array(this.#frame.buffer));
    this.#frame = undefined;
  }
}
