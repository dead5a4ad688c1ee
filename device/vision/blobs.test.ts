import fc from 'fast-check';
import assert from 'node:assert/strict';
import { referencePasses } from '../../test/vision/pixel-passes-reference.ts';
import { showCells } from '../../test/vision/shown-cells.ts';
import { BlobFinder } from './blobs.ts';
import { PixelBench } from './pixel-bench.ts';
import { cellNumbers, cellSize } from './pixel-buffers.ts';
import { PixelModel } from './pixel-model.ts';
import { passesReserve } from './pixel-passes.ts';

/**
 * Drawn in letters, a cell each: `#` full, `m` full and moving, `s` full with a rim on edges, `-` too few
 * pixels; `l` full of the background's texture in another light, `t` of another texture, `e` of another with
 * a rim on edges; `i` a third full.
 */
function grid(...lines: readonly string[]): BlobFinder {
  const columns = lines[0]?.length ?? 0;
  const marks: Readonly<Record<string, readonly number[]>> =
    {
      '#': [16, 0, 0, 0], m: [16, 16, 0, 0], s: [16, 0, 1, 0], '-': [3, 0, 0, 0], i: [5, 0, 0, 0],
      l: [16, 0, 0, 1], t: [16, 0, 0, -1], e: [16, 0, 1, -1],
    };
  const empty = Array.from({ length: cellNumbers }, () => 0);
  return showCells(columns, [...lines.join('')].flatMap((mark) => marks[mark] ?? empty));
}
const boxes = (cells: BlobFinder, leastPixels = 1): number[][] =>
  cells.find(leastPixels).map(({ left, top, right, bottom }) => [left, top, right, bottom]);

describe('blobs', () => {
  it('are cells that touch, corners too', () => assert.deepEqual(boxes(grid('##......', '..#.....')), [[0, 0, 3, 2]]));
  it('bridge two empty cells', () => assert.deepEqual(boxes(grid('#..#....')), [[0, 0, 4, 1]]));
  it('do not bridge three', () => assert.deepEqual(boxes(grid('#...#')), [[0, 0, 1, 1], [4, 0, 5, 1]]));
  it('do not go round the edge of the picture', () => assert.deepEqual(boxes(grid('.......#', '#.......')).length, 2));
  it('leave out cells with only a few pixels', () => assert.deepEqual(boxes(grid('#-......')), [[0, 0, 1, 1]]));
  it('come largest first', () => assert.deepEqual(boxes(grid('#....##.')), [[5, 0, 7, 1], [0, 0, 1, 1]]));
  it('are left out below the least size', () => assert.deepEqual(boxes(grid('#....##.'), 17), [[5, 0, 7, 1]]));
  it('know how much of them moves and is solid', () => {
    const [blob] = grid('mmss#').find(1);
    assert.deepEqual([blob?.pixels, blob?.moving, blob?.solid], [80, 32, 0.4]);
  });

  it('are threads when little of many cells is marked', () => {
    const thready = (mark: string): boolean | undefined => grid(mark.repeat(20)).find(1)[0]?.thready;
    assert.deepEqual([thready('i'), thready('#')], [true, false]);
  });

  describe('that are light', () => {
    const isLit = (...lines: readonly string[]): boolean | undefined => grid(...lines).find(1)[0]?.lit;
    it('have the background under them', () => assert.equal(isLit('ellle', 'ellle', 'ellle'), true));
    it('have no edges, though nothing lies under them by which to tell', () =>
      assert.equal(isLit('#####', '#####', '#####'), true));
    it('may have a hard edge all round: of little on edges less texture is enough', () => {
      assert.equal(isLit('ettte', 'tllte', 'tllte', 'ettte'), true);
      assert.equal(isLit('eeeee', 'ellee', 'ellee', 'eeeee'), false);
    });
    it('are not things with a texture of their own and edges', () =>
      assert.equal(isLit('eette', 'ettte', 'ettee'), false));
    it('may be small, when nearly all of it tells so', () => {
      assert.equal(isLit('ll', 'lt'), true);
      assert.equal(isLit('lt', 'lt'), false);
    });
    it('leave of a thing in them what is no light', () => {
      const [before] = grid('........', '..ee....', '..ee....', '........').find(1);
      const cells = grid('llllllll', 'lleellll', 'lleellll', 'llllllll');
      const [light] = cells.find(1);
      assert.ok(light !== undefined && before !== undefined);
      assert.deepEqual([light.lit, cells.partsOf([light], [before]).map(({ pixels }) => pixels)], [true, [64]]);
      assert.deepEqual(cells.partsOf([light], [{ ...before, left: 5, right: 7 }]), []);
    });
    it('leave one thing where two were believed that share their place', () => {
      const [before] = grid('........', '..ee....', '..ee....', '........').find(1);
      const cells = grid('llllllll', 'lleellll', 'lleellll', 'llllllll');
      const [light] = cells.find(1);
      assert.ok(light !== undefined && before !== undefined);
      assert.equal(cells.partsOf([light], [before, { ...before }, before]).length, 1);
    });
  });

  it('are those of the plain TypeScript', () => {
    const cell = fc.tuple(
      fc.constantFrom(0, 0, 0, 3, 4, 16), fc.nat({ max: 16 }), fc.integer({ min: -1, max: 1 }),
      fc.integer({ min: -2, max: 1 }));
    const [columns, rows] = [16, 9];
    const cells = fc.array(cell, { minLength: columns * rows, maxLength: columns * rows });
    const size = { width: columns * cellSize, height: rows * cellSize };
    const plain = new PixelBench(referencePasses(passesReserve + PixelModel.bytes(size.width, size.height)), size);
    fc.assert(fc.property(cells, fc.integer({ min: 1, max: 3 }), fc.nat({ max: 60 }), fc.boolean(),
      (drawn, gap, least, lightMoves) => {
        const numbers = drawn.flat();
        plain.views.i32(plain.at.shown, numbers.length).set(numbers);
        const [ours, theirs] = [showCells(columns, numbers), new BlobFinder(plain)].map((finder) => {
          const blobs = finder.find(least, gap, lightMoves);
          return [finder.marked, blobs, finder.partsOf(blobs.filter(({ lit }) => lit), blobs)];
        });
        assert.deepEqual(ours, theirs);
      }));
  });
});
