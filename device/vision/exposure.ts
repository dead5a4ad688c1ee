/**
 * Light that changes for the whole picture is no motion: clouds, automatic exposure, lamps that flicker on the mains. The
 * background is compared with the frame over areas, and what most areas agree on is taken as a gain: one for the picture,
 * and one for each band of four rows (a rolling shutter turns flicker into bands). Gains are picture / background.
 */

/** Areas across the picture; a band of rows has as many. */
export const areasAcross = 16;

/** Added to every brightness before a ratio is taken: keeps black areas from deciding. */
const offset = 4;
const median = (sorted: Float64Array): number => sorted[sorted.length >> 1] ?? 1;

/** Mean brightness of each area in the frame and in the background. */
export interface AreaPair { readonly frame: Float64Array; readonly background: Float64Array }

/** The one gain that most areas agree on; `previous` when they disagree (something large is in the picture). */
export function pictureGain({ frame, background }: AreaPair, previous: number): number {
  const ratios = frame.map((value, area) => (value + offset) / ((background[area] ?? 0) + offset));
  const gain = median(Float64Array.from(ratios).sort());
  let agreeing = 0;
  for (const ratio of ratios) if (Math.abs(ratio - gain) < 0.06 * gain) agreeing += 1;
  if (agreeing < 0.4 * ratios.length) return previous;
  return Math.min(Math.max(gain, 0.3), 3);
}

/**
 * A gain for each band, near the picture's `gain`: a band's own median where at least nine of its sixteen areas agree.
 * `noise` is the sensor's, in grey.
 */
export function bandGains({ frame, background }: AreaPair, gain: number, noise: number): Float64Array {
  const bands = frame.length / areasAcross;
  const own = new Float64Array(bands).map((_, band) => {
    const ratios = new Float64Array(areasAcross);
    for (let area = 0; area < areasAcross; area += 1) {
      const at = band * areasAcross + area;
      ratios[area] = ((frame[at] ?? 0) + offset) / ((background[at] ?? 0) + offset);
    }
    const sorted = Float64Array.from(ratios).sort();
    const middle = ((sorted[7] ?? 1) + (sorted[8] ?? 1)) / 2;
    const slack = 0.03 * middle + noise / (2 * ((background[band * areasAcross] ?? 0) + offset));
    const agreeing = ratios.reduce((count, ratio) => count + (Math.abs(ratio - middle) < slack ? 1 : 0), 0);
    return agreeing >= 9 ? Math.min(Math.max(middle, 0.88 * gain), 1.12 * gain) : gain;
  });
  return smooth(own.map((value, band) => medianOf3(own[band - 1] ?? value, value, own[band + 1] ?? value)));
}

/** Band gains -> one gain for each of `height` rows, as 4096ths, interpolated between band centres. */
export function fillRowGains(bands: Float64Array, rows: Uint16Array): void {
  for (let y = 0; y < rows.length; y += 1) {
    const place = Math.min(Math.max((y - 1.5) / 4, 0), bands.length - 1);
    const band = Math.floor(place);
    const [here, next] = [bands[band] ?? 1, bands[Math.min(band + 1, bands.length - 1)] ?? 1];
    rows[y] = Math.round(4096 * (here + (next - here) * (place - band)));
  }
}

function smooth(values: Float64Array): Float64Array {
  return values.map((value, at) => ((values[at - 1] ?? value) + 2 * value + (values[at + 1] ?? value)) / 4);
}

const medianOf3 = (a: number, b: number, c: number): number => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
