import assert from 'node:assert/strict';
import { findBlobs, type CellGrid } from './blobs.ts';
import { cellNumbers } from './pixel-model.ts';

/** Drawn in letters, a cell each: `#` full, `m` full and moving, `s` full with a rim on edges, `-` too few pixels. */
function grid(...lines: readonly string[]): CellGrid {
  const columns = lines[0]?.length ?? 0;
  const marks: Readonly<Record<string, readonly number[]>> =
    { '#': [16, 0, 0], m: [16, 16, 0], s: [16, 0, 1], '-': [3, 0, 0] };
  const empty = Array.from({ length: cellNumbers }, () => 0);
  return { columns, rows: lines.length, numbers: [...lines.join('')].flatMap((mark) => marks[mark] ?? empty) };
}
const boxes = (cells: CellGrid, leastPixels = 1): number[][] =>
  findBlobs(cells, leastPixels).map(({ left, top, right, bottom }) => [left, top, right, bottom]);

describe('blobs', () => {
  it('are cells that touch, corners too', () => assert.deepEqual(boxes(grid('##......', '..#.....')), [[0, 0, 3, 2]]));
  it('bridge two empty cells', () => assert.deepEqual(boxes(grid('#..#....')), [[0, 0, 4, 1]]));
  it('do not bridge three', () => assert.deepEqual(boxes(grid('#...#')), [[0, 0, 1, 1], [4, 0, 5, 1]]));
  it('do not go round the edge of the picture', () => assert.deepEqual(boxes(grid('.......#', '#.......')).length, 2));
  it('leave out cells with only a few pixels', () => assert.deepEqual(boxes(grid('#-......')), [[0, 0, 1, 1]]));
  it('come largest first', () => assert.deepEqual(boxes(grid('#....##.')), [[5, 0, 7, 1], [0, 0, 1, 1]]));
  it('are left out below the least size', () => assert.deepEqual(boxes(grid('#....##.'), 17), [[5, 0, 7, 1]]));
  it('know how much of them moves and is solid', () => {
    const [blob] = findBlobs(grid('mmss#'), 1);
    assert.deepEqual([blob?.pixels, blob?.moving, blob?.solid], [80, 32, 0.4]);
  });
});
