// The numbers of the picture's exposure, part of motion-kernel.wasm: areas, ratios, gains. What each pass means is said
// once, in pixel-passes.ts. Numbers with a fraction are f64 and worked on one after the other, so that
// test/vision/exposure-reference.ts comes to the same bits.
#include "motion-kernel.h"

enum { ACROSS = 16 };
// Added to every brightness before a ratio is taken: keeps black areas from deciding.
static const double OFFSET = 4;

static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }
static inline double within(double v, double low, double high) { return least(most(v, low), high); }
static inline double apart(double a, double b) { return __builtin_fabs(a - b); }
// As Math.round: halves go up.
static inline double rounded(double v) { const double up = __builtin_ceil(v); return up - 0.5 > v ? up - 1 : up; }

EXPORT(areaMeans) void areaMeans(const u16 *R image, u32 *R row, double *R means, i32 w, i32 h, i32 unit) {
  const i32 bands = h / 4, span = w / ACROSS;
  const double factor = 1.0 / (unit * 4 * span);
  for (i32 band = 0; band < bands; band++) {
    const u16 *p = image + band * 4 * w;
    for (i32 x = 0; x < w; x++) row[x] = (u32)p[x] + p[x + w] + p[x + 2 * w] + p[x + 3 * w];
    for (i32 area = 0; area < ACROSS; area++) {
      u32 sum = 0;
      for (i32 x = area * span; x < (area + 1) * span; x++) sum += row[x];
      means[band * ACROSS + area] = sum * factor;
    }
  }
}

// The middle one of `n`, or half way between the two: partly orders `values` (Hoare, 1961).
static double median(double *values, i32 n) {
  const i32 middle = n >> 1;
  i32 from = 0, to = n - 1;
  while (from < to) {
    const double pivot = values[(from + to) >> 1];
    i32 low = from, high = to;
    while (low <= high) {
      while (values[low] < pivot) low++;
      while (values[high] > pivot) high--;
      if (low > high) break;
      const double value = values[low];
      values[low++] = values[high];
      values[high--] = value;
    }
    if (middle <= high) to = high;
    else if (middle >= low) from = low;
    else break;
  }
  if (n & 1) return values[middle];
  double below = values[0];
  for (i32 i = 1; i < middle; i++) below = most(below, values[i]);
  return (below + values[middle]) / 2;
}

EXPORT(areaRatios) void areaRatios(const u8 *R image, const double *R background, u16 *R row, double *R scratch,
    double *R ratios, double *R medians, i32 w, i32 h) {
  const i32 bands = h / 4, span = w / ACROSS;
  const double factor = 1.0 / (4 * span);
  for (i32 band = 0; band < bands; band++) {
    const u8 *p = image + band * 4 * w;
    for (i32 x = 0; x < w; x++) row[x] = (u16)(p[x] + p[x + w] + p[x + 2 * w] + p[x + 3 * w]);
    for (i32 area = 0; area < ACROSS; area++) {
      u32 sum = 0;
      for (i32 x = area * span; x < (area + 1) * span; x++) sum += row[x];
      const double ratio = (sum * factor + OFFSET) / (background[band * ACROSS + area] + OFFSET);
      ratios[band * ACROSS + area] = scratch[area] = ratio;
    }
    medians[band] = median(scratch, ACROSS);
  }
}

static i32 agreeing(const double *ratios, i32 n, double middle, double slack) {
  i32 count = 0;
  for (i32 i = 0; i < n; i++) count += apart(ratios[i], middle) < slack;
  return count;
}

static double agreedGain(const double *ratios, const double *medians, double *scratch, i32 bands, double before) {
  const i32 areas = bands * ACROSS;
  i32 near = 0;
  for (i32 i = 0; i < areas; i++) if (apart(ratios[i], before) <= 0.08 * before) scratch[near++] = ratios[i];
  if (near >= 0.4 * areas) return within(median(scratch, near), 0.3, 3);
  for (i32 band = 0; band < bands; band++) scratch[band] = medians[band];
  const double gain = median(scratch, bands);
  return agreeing(ratios, areas, gain, 0.06 * gain) < 0.4 * areas ? before : within(gain, 0.3, 3);
}

EXPORT(pictureGain) double pictureGain(const double *R ratios, const double *R medians, double *R scratch,
    double *R gains, i32 bands, double before) {
  const double gain = agreedGain(ratios, medians, scratch, bands, before);
  for (i32 band = 0; band < bands; band++) gains[band] = gain;
  return gain;
}

static inline double medianOf3(double a, double b, double c) { return most(least(a, b), least(most(a, b), c)); }

EXPORT(bandGains) void bandGains(const double *R ratios, const double *R medians, const double *R background,
    double *R scratch, double *R gains, i32 bands, double gain, double noise) {
  double *own = scratch, *steady = scratch + bands;
  for (i32 band = 0; band < bands; band++) {
    const double middle = medians[band];
    const double slack = 0.03 * middle + noise / (2 * (background[band * ACROSS] + OFFSET));
    const i32 agree = agreeing(ratios + band * ACROSS, ACROSS, middle, slack) >= 9;
    own[band] = agree ? within(middle, 0.88 * gain, 1.12 * gain) : gain;
  }
  for (i32 band = 0; band < bands; band++)
    steady[band] = medianOf3(own[max(band - 1, 0)], own[band], own[min(band + 1, bands - 1)]);
  for (i32 band = 0; band < bands; band++)
    gains[band] = (steady[max(band - 1, 0)] + 2 * steady[band] + steady[min(band + 1, bands - 1)]) / 4;
}

// Against the gains of an image taken before, or, of null, against the background.
static inline double gainOf(const double *bands, const double *before, i32 band) {
  return before ? bands[band] / before[band] : bands[band];
}

EXPORT(rowGains) void rowGains(const double *R bands, const double *R before, u16 *R rows, i32 h) {
  const i32 last = h / 4 - 1;
  for (i32 y = 0; y < h; y++) {
    const double place = within((y - 1.5) / 4, 0, last);
    const i32 band = (i32)place, below = min(band + 1, last);
    const double here = gainOf(bands, before, band), next = gainOf(bands, before, below);
    rows[y] = (u16)(i32)rounded(4096 * (here + (next - here) * (place - band)));
  }
}

EXPORT(medianChange) double medianChange(const u8 *R a, const u8 *R b, u32 *R histogram, i32 n) {
  for (i32 i = 0; i < 256; i++) histogram[i] = 0;
  for (i32 i = 0; i < n; i += 3) histogram[distance(a[i], b[i])]++;
  const double half = (n + 2) / 3 / 2.0;
  double below = 0;
  for (i32 change = 0; change < 256; change++) {
    const u32 count = histogram[change];
    if (below + count >= half) return most(0, change + (half - below) / count - 0.5);
    below += count;
  }
  return 0;
}
