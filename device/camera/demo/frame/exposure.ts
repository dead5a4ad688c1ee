/** The last step of a frame: clouds dim the light, the sensor adds its noise, bytes come out. Pure. */
import type { Size } from '../../../core/geometry.ts';
import { between, chance } from '../story/chance.ts';
import type { DemoScene } from '../scene.ts';
import { groundAt, halfWidthAt, horizon } from '../yard/view.ts';
import { cloudShade } from './clouds.ts';
import type { Planes } from './planes.ts';
import { dimWords, wordsOf } from './words.ts';

/** Pixels between two places where the shade is computed; a power of two. */
const cell = 32;
/** What stands for black in a picture of limited range. */
const black = 16;
const grainLength = 1 << 16;
const grainLevels = 6;

export class Exposure {
  readonly #size: Size;
  readonly #columns: number;
  readonly #shade: Int32Array;
  /** The noise of this light, four pixels to a word; another light's is made when it comes. */
  #grain: { readonly level: number; readonly words: Uint32Array } | undefined;

  constructor(size: Size) {
    this.#size = size;
    this.#columns = Math.ceil(size.width / cell) + 1;
    this.#shade = new Int32Array(this.#columns * (Math.ceil(size.height / cell) + 1));
  }

  /** Makes a frame of `lit`, as `Backdrop` draws it, where it is. */
  develop(lit: Planes, scene: DemoScene): void {
    this.#computeShade(scene);
    this.#dim(wordsOf(lit.y), { cellBits: 5, rest: 0 });
    this.#dim(wordsOf(lit.u), { cellBits: 4, rest: 128 });
    this.#dim(wordsOf(lit.v), { cellBits: 4, rest: 128 });
    this.#addGrain(wordsOf(lit.y), scene);
  }

  /** In 1/65536. The sky itself is dimmed less than the yard. */
  #computeShade(scene: DemoScene): void {
    const { width, height } = this.#size;
    for (let index = 0; index < this.#shade.length; index++) {
      const [column, row] = [index % this.#columns, Math.floor(index / this.#columns)];
      const [u, v] = [(column * cell) / width, (row * cell) / height];
      const place = groundAt([u, Math.max(v, horizon + 0.09)]);
      const onGround = cloudShade([(u - 0.5) * 2 * halfWidthAt(place[2]), place[2]], scene, scene.daylight);
      const overhead = 1 - 0.1 * scene.cloud * scene.daylight;
      const share = Math.min(Math.max((v - 0.2) / (horizon - 0.2), 0), 1);
      this.#shade[index] = Math.round(65_536 * (overhead + (onGround - overhead) * share));
    }
  }

  /** `cellBits`: a cell of this plane is so many pixels wide and high, as a power of two. */
  #dim(words: Uint32Array, { cellBits, rest }: { cellBits: 4 | 5; rest: number }): void {
    const perRow = this.#size.width >> (7 - cellBits);
    const perCell = 1 << (cellBits - 2);
    const across = new Int32Array(this.#columns);
    for (let row = 0, start = 0; start < words.length; row++, start += perRow) {
      this.#shadeAt(row >> cellBits, row & ((1 << cellBits) - 1), 1 << cellBits, across);
      for (let column = 0; column * perCell < perRow; column++) {
        const factor = across[column] as number;
        const step = ((across[column + 1] as number) - factor) >> (cellBits - 2);
        const left = start + column * perCell;
        dimWords(words, { start: left, end: Math.min(left + perCell, start + perRow) }, { factor, step, rest });
      }
    }
  }

  /** The shades of one row, between those of two rows of cells. */
  #shadeAt(row: number, within: number, size: number, across: Int32Array): void {
    const start = row * this.#columns;
    for (let column = 0; column < across.length; column++) {
      const above = this.#shade[start + column] as number;
      const below = this.#shade[start + this.#columns + column] as number;
      across[column] = above + Math.round(((below - above) * within) / size);
    }
  }

  /** Adds four pixels' noise at once: brightness stays so low that no byte runs over into the next. */
  #addGrain(words: Uint32Array, { at, daylight }: DemoScene): void {
    const level = Math.round((1 - daylight) * (grainLevels - 1));
    if (this.#grain?.level !== level) this.#grain = { level, words: grainAt(level) };
    const grain = this.#grain.words;
    const perRow = this.#size.width >> 2;
    for (let row = 0, index = 0; index < words.length; row++) {
      let from = Math.floor(chance(Math.round(at), 400 + row) * (grainLength - perRow));
      for (const end = index + perRow; index < end; index++, from++) {
        words[index] = (words[index] as number) + (grain[from] as number);
      }
    }
  }
}

/** From weak, 0, to strong. Much more in the dark would look real, and cost five times the bits. */
const grainAt = (level: number): Uint32Array => grainOf(between(0.9, 1.8, level / (grainLevels - 1)), level);

/** Normal noise with this standard deviation, around black: 16. */
function grainOf(deviation: number, salt: number): Uint32Array {
  const words = new Uint32Array(grainLength);
  const pixels = new Uint8Array(words.buffer);
  for (let index = 0; index < pixels.length; index++) {
    const [one, other] = [chance(index, 410 + salt), chance(index, 420 + salt)];
    const normal = Math.sqrt(-2 * Math.log(1 - one)) * Math.cos(2 * Math.PI * other);
    pixels[index] = Math.min(Math.max(Math.round(black + deviation * normal), 8), 24);
  }
  return words;
}
