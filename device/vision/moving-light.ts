/**
 * Shadows that cross the picture. A shadow multiplies what lies under it: there the background shows its own texture,
 * in one light over a whole region, and with sharp edges to the rest. While much of what differs is of that kind, it is
 * taken out pixel by pixel, so that who walks in it is left; what is left must show a texture of its own.
 */
import type { Recall } from './learnt-pixels.ts';
import type { PixelBench } from './pixel-bench.ts';
import { cellPixels } from './pixel-buffers.ts';
import type { Pointer } from './pixel-passes.ts';

/** Of the frame looked at. */
export interface LitFrame {
  readonly atMs: number;
  readonly stepMs: number;
  /** Of the sensor, in grey. */
  readonly noise: number;
}

/** The share of the picture that other light explains: from which on light moves, until which it does. */
const [movesBegins, movesEnds] = [0.05, 0.02];
/** The share is averaged over so long; clouds come in a row, so it is waited for the next one so long. */
const [averageMs, holdMs] = [1500, 30_000];
/** Cells within two that must tell the same light. */
const votes = 4;
/**
 * Cells of another texture for each of the background's own, at most, for light to begin to move; 0 for any number: the
 * shadows of traffic lie among much that has a texture of its own.
 */
const [othersFirst, othersLater] = [5, 0];

export class MovingLight {
  readonly #bench: PixelBench;
  #share = 0;
  #seenAt = 0;
  #moves = false;

  constructor(bench: PixelBench) { this.#bench = bench; }

  /** Whether shadows move over the picture, or did within the last half minute. */
  get moves(): boolean { return this.#moves; }

  /** The light of each cell, where edges must be told from what light makes of them. */
  get shades(): Pointer { return this.#moves ? this.#bench.at.shades : this.#bench.at.unshaded; }

  /** Tells the textures of what is marked; while light moves, what it explains is marked no more. */
  look({ atMs, stepMs, noise }: LitFrame): void {
    const { passes, width: w, height: h } = this.#bench;
    const { image, picture, limit, mask, moving, row, counts, shades, sure, lit } = this.#bench.at;
    const isTaken = this.#moves;
    this.#tell(noise);
    const explained = passes.relight(
      image, picture, limit, mask, counts, shades, sure, lit, w, h, cellPixels, votes,
      isTaken ? othersLater : othersFirst, isTaken ? 1 : 0);
    this.#average(explained / (w * h), atMs, stepMs);
    if (!isTaken || explained === 0) return;
    passes.cellCounts(mask, moving, row, counts, w, h);
    this.#tell(noise);
  }

  /** Keeps whether light moves now, for later. */
  remember(): Recall {
    const [share, seenAt, moves] = [this.#share, this.#seenAt, this.#moves];
    return () => { [this.#share, this.#seenAt, this.#moves] = [share, seenAt, moves]; };
  }

  /** At a rim two lights meet, which looks like a texture: while light moves, only what lies inside tells. */
  #tell(noise: number): void {
    const { passes, width: w, height: h } = this.#bench;
    const { image, picture, mask, inner, counts, shades } = this.#bench.at;
    if (this.#moves) passes.erode(mask, inner, w, h);
    const telling = this.#moves ? inner : mask;
    passes.textures(image, picture, telling, counts, shades, w, h, cellPixels, Math.round(16 * noise ** 2));
  }

  #average(share: number, atMs: number, stepMs: number): void {
    this.#share += (1 - Math.exp(-Math.min(stepMs, 1000) / averageMs)) * (share - this.#share);
    if (this.#share > (this.#moves ? movesEnds : movesBegins)) {
      this.#moves = true;
      this.#seenAt = atMs;
    } else if (atMs - this.#seenAt > holdMs) this.#moves = false;
  }
}
