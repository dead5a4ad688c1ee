/** Finds blobs in cells that are given as numbers. Tests only. */
import { BlobFinder } from '../../device/vision/blobs.ts';
import { PixelBench } from '../../device/vision/pixel-bench.ts';
import { cellNumbers, cellSize } from '../../device/vision/pixel-buffers.ts';
import { PixelModel } from '../../device/vision/pixel-model.ts';
import { loadPixelPasses } from '../../device/vision/pixel-passes.ts';

/** At most so many cells across and down. */
const most = 32;
const passes = await loadPixelPasses(PixelModel.bytes(most * cellSize, most * cellSize));

/** @returns Good until the next are shown. */
export function showCells(columns: number, numbers: readonly number[] | Int32Array): BlobFinder {
  const rows = numbers.length / cellNumbers / columns;
  const bench = new PixelBench(passes, { width: columns * cellSize, height: rows * cellSize });
  bench.views.i32(bench.at.shown, numbers.length).set(numbers);
  return new BlobFinder(bench);
}
