/**
 * A picture of indexed colours to draw on: straight lines, frames of boxes, small words. Places outside are left out.
 */
import type { Box, Point, Size } from '../../core/geometry.ts';

/** Letters of 3x5 pixels: a digit for each row from the top, its three bits the pixels from the left. */
const GLYPHS: Readonly<Record<string, string>> = {
  0: '75557', 1: '26227', 2: '71747', 3: '71717', 4: '55711', 5: '74717', 6: '74757', 7: '71111',
  8: '75757', 9: '75717', a: '25755', b: '65656', c: '34443', d: '65556', e: '74647', f: '74644',
  g: '34553', h: '55755', i: '72227', j: '11152', k: '55655', l: '44447', m: '57755', n: '65555',
  o: '25552', p: '65644', q: '25563', r: '65655', s: '34216', t: '72222', u: '55557', v: '55552',
  w: '55775', x: '55255', y: '55222', z: '71247', '-': '00700', '_': '00007', '.': '00002', '%': '51245',
};
const [GLYPH_WIDTH, GLYPH_HEIGHT] = [3, 5];
/** A letter's pixel, and a line, are this thick. */
const THICK = 2;

export class Canvas {
  readonly size: Size;
  /** A byte for each pixel, row-major. */
  readonly pixels: Uint8Array;
  constructor(size: Size) {
    this.size = size;
    this.pixels = new Uint8Array(size.width * size.height);
  }

  /** @param x, y - Of the left upper corner, in pixels. */
  block([x, y, width, height]: readonly [x: number, y: number, width: number, height: number], colour: number): void {
    const [left, right] = [Math.max(0, x), Math.min(this.size.width, x + width)];
    if (left >= right) return;
    for (let row = Math.max(0, y); row < Math.min(this.size.height, y + height); row += 1) {
      this.pixels.fill(colour, row * this.size.width + left, row * this.size.width + right);
    }
  }

  /** From point to point, as fractions of the picture. */
  line(from: Point, to: Point, colour: number): void {
    const [[left, top], [right, bottom]] = [this.#place(from), this.#place(to)];
    const steps = Math.max(Math.abs(right - left), Math.abs(bottom - top), 1);
    for (let step = 0; step <= steps; step += 1) {
      const [x, y] = [left + (right - left) * step / steps, top + (bottom - top) * step / steps];
      this.block([Math.round(x) - 1, Math.round(y) - 1, THICK, THICK], colour);
    }
  }

  /** Lines from each point to the next; `closed` also from the last to the first. */
  path(points: readonly Point[], colour: number, closed = false): void {
    points.forEach((point, index) => {
      const next = points[index + 1] ?? (closed ? points[0] : undefined);
      if (next !== undefined) this.line(point, next, colour);
    });
  }

  /** The frame of a box. */
  frame([x, y, width, height]: Box, colour: number): void {
    this.path([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], colour, true);
  }

  /** Words on a ground of their own, inside the picture, without accents; what is neither letter nor digit is a gap. */
  words(text: string, at: Point, [colour, ground]: readonly [colour: number, ground: number]): void {
    const letters = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split('');
    const [width, height] = [letters.length * (GLYPH_WIDTH + 1) * THICK + THICK, (GLYPH_HEIGHT + 2) * THICK];
    const [x, y] = this.#place(at);
    const left = Math.max(0, Math.min(x, this.size.width - width));
    const top = Math.max(0, Math.min(y, this.size.height - height));
    this.block([left, top, width, height], ground);
    letters.forEach((letter, index) =>
      this.#letter(letter, left + THICK + index * (GLYPH_WIDTH + 1) * THICK, top + THICK, colour));
  }

  #letter(letter: string, left: number, top: number, colour: number): void {
    (GLYPHS[letter] ?? '').split('').forEach((bits, row) => {
      for (let column = 0; column < GLYPH_WIDTH; column += 1) {
        const isSet = (Number(bits) >> (GLYPH_WIDTH - 1 - column) & 1) === 1;
        if (isSet) this.block([left + column * THICK, top + row * THICK, THICK, THICK], colour);
      }
    });
  }

  #place([x, y]: Point): readonly [number, number] {
    return [Math.round(x * this.size.width), Math.round(y * this.size.height)];
  }
}
