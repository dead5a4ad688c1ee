/** Cells with foreground -> things: connected groups of cells, small gaps bridged. */
import { cellNumbers, cellPixels, cellSize } from './pixel-buffers.ts';

/** A group of cells; the box is in cells, right and bottom exclusive. */
export interface Blob {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly cells: readonly number[];
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

export interface CellGrid { readonly columns: number; readonly rows: number; readonly numbers: ArrayLike<number> }

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

/**
 * The blobs of at least `leastPixels`, largest first; cells up to `gap` apart belong together. While `lightMoves`, what
 * is as large as light must show a texture of its own.
 */
export function findBlobs(grid: CellGrid, leastPixels: number, gap = usualGap, lightMoves = false): Blob[] {
  const seen = new Uint8Array(grid.columns * grid.rows);
  const blobs: Blob[] = [];
  for (let cell = 0; cell < seen.length; cell += 1) {
    if (seen[cell] === 1 || !isMarked(grid, cell)) continue;
    const blob = measure(grid, connected(grid, cell, seen, gap), lightMoves);
    if (blob.pixels >= leastPixels) blobs.push(blob);
  }
  return blobs.sort((a, b) => b.pixels - a.pixels);
}

const isMarked = (grid: CellGrid, cell: number): boolean => (grid.numbers[cell * cellNumbers] ?? 0) >= cellPixels;

function connected(grid: CellGrid, first: number, seen: Uint8Array, gap: number): number[] {
  const cells = [first];
  seen[first] = 1;
  for (let next = 0; next < cells.length; next += 1) {
    const cell = cells[next] ?? 0;
    const [x, y] = [cell % grid.columns, Math.floor(cell / grid.columns)];
    for (let v = Math.max(0, y - gap); v <= Math.min(grid.rows - 1, y + gap); v += 1) {
      for (let u = Math.max(0, x - gap); u <= Math.min(grid.columns - 1, x + gap); u += 1) {
        const other = v * grid.columns + u;
        if (seen[other] === 1 || !isMarked(grid, other)) continue;
        seen[other] = 1;
        cells.push(other);
      }
    }
  }
  return cells;
}

function measure(grid: CellGrid, cells: readonly number[], lightMoves = false): Blob {
  let [left, top, right, bottom, pixels, moving, solid] = [grid.columns, grid.rows, 0, 0, 0, 0, 0];
  let [same, other] = [0, 0];
  for (const cell of cells) {
    const [x, y] = [cell % grid.columns, Math.floor(cell / grid.columns)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
    pixels += grid.numbers[cell * cellNumbers] ?? 0;
    moving += grid.numbers[cell * cellNumbers + 1] ?? 0;
    if ((grid.numbers[cell * cellNumbers + 2] ?? 0) > 0) solid += 1;
    const texture = grid.numbers[cell * cellNumbers + 3] ?? 0;
    if (texture > 0) same += 1;
    else if (texture < 0) other += 1;
  }
  return {
    left, top, right, bottom, cells, pixels, moving, solid: solid / cells.length,
    lit: lightMoves && cells.length >= litCells
      ? same > other || other < Math.max(ownCells, ownShare * cells.length)
      : isLit(cells.length, same, other, solid),
    thready: cells.length >= threadCells && pixels < threadFill * cellSize * cellSize * cells.length,
  };
}

function isLit(cells: number, same: number, other: number, solid: number): boolean {
  if (cells < litCells) return same >= 2 && same > other;
  if (solid < (same + other < mute * cells ? muteSolid : softSolid) * cells) return true;
  const share = solid < hazySolid * cells ? hazyShare : relitShare;
  return same >= relitCells && same >= share * (same + other);
}

/**
 * What is left in `lights` of the things that were there `before`: for each its cells in and around its box that are no
 * light, where they make a thing. No cell is part of two, so there are never more parts than things could be there.
 */
export function partsOf(grid: CellGrid, lights: readonly Blob[], before: readonly Blob[]): Blob[] {
  const taken = new Set<number>();
  return lights.flatMap((light) => before.flatMap((thing) => {
    const part = partOf(grid, light.cells.filter((cell) => !taken.has(cell)), thing);
    part?.cells.forEach((cell) => taken.add(cell));
    return part ?? [];
  }));
}

function partOf(grid: CellGrid, light: readonly number[], before: Blob): Blob | undefined {
  const cells = light.filter((cell) => {
    const [x, y] = [cell % grid.columns, Math.floor(cell / grid.columns)];
    const near = x >= before.left - 1 && x <= before.right && y >= before.top - 1 && y <= before.bottom;
    return near && (grid.numbers[cell * cellNumbers + 3] ?? 0) <= 0;
  });
  if (cells.length === 0 || cells.length < partShare * before.cells.length) return undefined;
  const part = measure(grid, cells);
  return part.solid >= partSolid ? part : undefined;
}
