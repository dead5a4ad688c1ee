/** Cells with foreground -> things: connected groups of cells, small gaps bridged. */
import type { PixelBench } from './pixel-bench.ts';
import { cellNumbers, cellPixels, cellSize, groupNumbers, mostGroups } from './pixel-buffers.ts';

/** A group of cells; the box is in cells, right and bottom exclusive. */
export interface Blob {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly cells: ArrayLike<number>;
  /** Marked pixels. */
  readonly pixels: number;
  /** Marked pixels that changed within a fifth of a second. */
  readonly moving: number;
  /** The share of cells at which the rim lies on edges of the picture, as a thing's does. */
  readonly solid: number;
  /** It is light: under it lies the background's own texture, or it has no edges at all. */
  readonly lit: boolean;
  /** It is a web of thin lines: threads of a spider, twigs, wires, streaks of rain. */
  readonly thready: boolean;
}

/** While light moves: cells of a blob as large as light is that show a texture of their own, at least; their share. */
const [ownCells, ownShare] = [2, 0.2];
/** Light is larger than this many cells: around what is small, the background's texture is seen in any case. */
const litCells = 12;
/** Cells of light at least, and their share of those whose texture tells; less is enough where few lie on edges. */
const [relitCells, relitShare, hazyShare, hazySolid] = [4, 0.25, 0.12, 0.5];
/** With a smaller share of cells on edges than this, it is light whatever lies under it. */
const softSolid = 0.25;
/** Where hardly a cell has texture to tell by, edges must: on a bare wall or ground. */
const [mute, muteSolid] = [0.1, 0.5];
/** So many cells, of which less than such a share is marked, are threads: of things, at least 0.45 is. */
const [threadCells, threadFill] = [16, 0.42];
/** What is left of a thing in a light: so much of it, so solid. */
const [partShare, partSolid] = [0.4, 0.6];
/** Cells up to this far apart belong together: legs to a body, a coat to a head in front of a wall of the same grey. */
export const usualGap = 3;
/** Drops and flakes do not: they are too small each by itself. */
export const weatherGap = 1;

/** Finds the blobs in the cells that a bench shows: `shown`. */
export class BlobFinder {
  readonly #bench: PixelBench;
  readonly #numbers: Int32Array;
  readonly #cells: Int32Array;
  readonly #groups: Int32Array;

  constructor(bench: PixelBench) {
    const { at, views, columns, rows } = bench;
    this.#bench = bench;
    this.#numbers = views.i32(at.shown, columns * rows * cellNumbers);
    this.#cells = views.i32(at.groupCells, columns * rows);
    this.#groups = views.i32(at.groups, mostGroups(columns, rows) * groupNumbers);
  }

  /** Marked pixels of all cells. */
  get marked(): number {
    const { passes, at, columns, rows } = this.#bench;
    return passes.markedIn(at.shown, columns * rows);
  }

  /**
   * The blobs of at least `leastPixels`, largest first; cells up to `gap` apart belong together. While `lightMoves`,
   * what is as large as light must show a texture of its own.
   */
  find(leastPixels: number, gap = usualGap, lightMoves = false): Blob[] {
    const { passes, at, columns, rows } = this.#bench;
    const count = passes.groups(
      at.shown, at.seenCells, at.groupCells, at.groups, columns, rows, gap, cellPixels, leastPixels);
    const blobs: Blob[] = [];
    let first = 0;
    for (let group = 0; group < count; group += 1) {
      const end = first + (this.#groups[group * groupNumbers] ?? 0);
      blobs.push(this.#blobOf(group, this.#cells.slice(first, end), lightMoves));
      first = end;
    }
    return blobs.sort((a, b) => b.pixels - a.pixels);
  }

  /**
   * What is left in `lights` of the things that were there `before`: for each its cells in and around its box that are
   * no light, where they make a thing. No cell is part of two: there are never more parts than things could be there.
   */
  partsOf(lights: readonly Blob[], before: readonly Blob[]): Blob[] {
    const taken = new Set<number>();
    return lights.flatMap((light) => before.flatMap((thing) => {
      const cells = Array.from(light.cells).filter((cell) => !taken.has(cell) && this.#isPart(cell, thing));
      const part = this.#partOf(cells, thing);
      if (part === undefined) return [];
      for (const cell of cells) taken.add(cell);
      return [part];
    }));
  }

  #isPart(cell: number, { left, top, right, bottom }: Blob): boolean {
    const { columns } = this.#bench;
    const [x, y] = [cell % columns, Math.floor(cell / columns)];
    const near = x >= left - 1 && x <= right && y >= top - 1 && y <= bottom;
    return near && (this.#numbers[cell * cellNumbers + 3] ?? 0) <= 0;
  }

  #partOf(cells: readonly number[], before: Blob): Blob | undefined {
    if (cells.length === 0 || cells.length < partShare * before.cells.length) return undefined;
    const { passes, at, columns, rows } = this.#bench;
    passes.measure(at.shown, this.#bench.list(cells), cells.length, columns, rows, at.groups);
    const part = this.#blobOf(0, cells, false);
    return part.solid >= partSolid ? part : undefined;
  }

  #blobOf(group: number, cells: ArrayLike<number>, lightMoves: boolean): Blob {
    const number = (at: number): number => this.#groups[group * groupNumbers + at] ?? 0;
    const [count, pixels, solid, same, other] = [cells.length, number(5), number(7), number(8), number(9)];
    return {
      left: number(1), top: number(2), right: number(3), bottom: number(4), cells, pixels, moving: number(6),
      solid: solid / count,
      lit: lightMoves && count >= litCells
        ? same > other || other < Math.max(ownCells, ownShare * count)
        : isLit(count, same, other, solid),
      thready: count >= threadCells && pixels < threadFill * cellSize * cellSize * count,
    };
  }
}

function isLit(cells: number, same: number, other: number, solid: number): boolean {
  if (cells < litCells) return same >= 2 && same > other;
  if (solid < (same + other < mute * cells ? muteSolid : softSolid) * cells) return true;
  const share = solid < hazySolid * cells ? hazyShare : relitShare;
  return same >= relitCells && same >= share * (same + other);
}
