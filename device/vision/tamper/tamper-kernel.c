// The passes over pixels of tamper detection, for WebAssembly; what each means is said once, in tamper-kernel.ts,
// beside the method that calls it. test/vision/tamper-reference.ts does the same in TypeScript and a test holds the two
// together, bit for bit: hence no SIMD where numbers with a fraction are summed. Built by ../build-kernels.sh; the
// binary is committed beside this file.
#include "tamper-kernel.h"

static void halve(const float *R from, i32 stride, float *R out, i32 w, i32 h) {
  for (i32 y = 0; y < h; y++) {
    for (i32 x = 0; x < w; x++) {
      const float *p = from + 2 * y * stride + 2 * x;
      out[y * w + x] = (float)(((double)p[0] + p[1] + p[stride] + p[stride + 1]) / 4);
    }
  }
}

EXPORT(fill) void fill(const u8 *R pixels, const float *R table, float *R pyramid, i32 w, i32 h) {
  float *half = pyramid + w * h, *quarter = half + (w >> 1) * (h >> 1);
  for (i32 i = 0; i < w * h; i++) pyramid[i] = table[pixels[i]];
  halve(pyramid, w, half, w >> 1, h >> 1);
  halve(half, w >> 1, quarter, w >> 2, h >> 2);
}

void blockSums(Plane frame, Plane reference, StepSums *sums, i32 sx, i32 sy, i32 rowStep) {
  const i32 w = reference.w, h = reference.h, jump = sy * w + sx;
  const float *f = frame.values, *r = reference.values;
  for (i32 block = 0; block < BLOCKS; block++) {
    const i32 column = block % ACROSS, row = block / ACROSS;
    const i32 left = max(column * w / ACROSS, -sx), right = min((column + 1) * w / ACROSS, w - 1 - max(sx, 0));
    const i32 top = max(row * h / DOWN, -sy), bottom = min((row + 1) * h / DOWN, h - 1 - max(sy, 0));
    double ff = 0, rr = 0, fr = 0;
    i32 pixels = 0;
    for (i32 y = top; y < bottom; y += rowStep) {
      for (i32 i = y * w + left; i < y * w + right; i++) {
        const double here = f[i + jump], there = r[i];
        const double fx = f[i + jump + 1] - here, fy = f[i + jump + w] - here;
        const double rx = r[i + 1] - there, ry = r[i + w] - there;
        ff += fx * fx + fy * fy;
        rr += rx * rx + ry * ry;
        fr += fx * rx + fy * ry;
      }
      pixels += max(right - left, 0);
    }
    const double all = max(pixels, 1);
    sums->frame[block] = ff / all;
    sums->reference[block] = rr / all;
    sums->shared[block] = fr / all;
  }
}

EXPORT(approach) void approach(float *R mean, const float *R now, double share, i32 n) {
  for (i32 i = 0; i < n; i++) mean[i] = (float)(mean[i] + share * ((double)now[i] - mean[i]));
}

EXPORT(learn) void learn(float *R picture, const float *R now, Structure *R known, const Structure *R own, i32 n,
    double share) {
  approach(picture, now, share, n);
  for (i32 block = 0; block < BLOCKS; block++) {
    known->fine[block] += share * (own->fine[block] - known->fine[block]);
    known->middle[block] += share * (own->middle[block] - known->middle[block]);
    known->coarse[block] += share * (own->coarse[block] - known->coarse[block]);
  }
  known->fineNoise += share * (own->fineNoise - known->fineNoise);
}

EXPORT(light) void light(const float *R now, const float *R before, i32 *R counts, i32 n, double white,
    double nearlyWhite, double black) {
  i32 glaring = 0, dark = 0, wasDark = 0;
  for (i32 i = 0; i < n; i++) {
    glaring += now[i] >= white && before[i] < nearlyWhite;
    dark += now[i] < black;
    wasDark += before[i] < black;
  }
  counts[0] = glaring;
  counts[1] = dark;
  counts[2] = wasDark;
}

void sort(double *values, i32 n) {
  for (i32 end = 1; end < n; end++) {
    const double value = values[end];
    i32 at = end;
    for (; at > 0 && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}

EXPORT(greys) void greys(const u8 *R picture, double *R means, i32 w, i32 h) {
  for (i32 block = 0; block < BLOCKS; block++) means[block] = 0;
  for (i32 y = 0; y < h; y++) {
    for (i32 column = 0; column < ACROSS; column++) {
      const i32 from = y * w + column * w / ACROSS, to = y * w + (column + 1) * w / ACROSS;
      u32 sum = 0;
      for (i32 i = from; i < to; i++) sum += picture[i];
      means[y * DOWN / h * ACROSS + column] += sum;
    }
  }
  for (i32 block = 0; block < BLOCKS; block++) means[block] /= (double)(w * h) / BLOCKS;
}

static void lives(const u8 *before, const u8 *now, double *sums, i32 w, i32 h) {
  for (i32 block = 0; block < BLOCKS; block++) sums[block] = 0;
  for (i32 y = 0; y < h; y++) {
    for (i32 column = 0; column < ACROSS; column++) {
      const i32 from = y * w + column * w / ACROSS, to = y * w + (column + 1) * w / ACROSS;
      u32 sum = 0;
      i32 last = now[from] - before[from];
      for (i32 i = from + 1; i < to; i++) {
        const i32 change = now[i] - before[i];
        sum += (u32)(change > last ? change - last : last - change);
        last = change;
      }
      sums[y * DOWN / h * ACROSS + column] += sum;
    }
  }
}

EXPORT(life) double life(const u8 *R before, const u8 *R now, double *R greysNow, double *R changes, i32 w, i32 h,
    double black, double white) {
  greys(now, greysNow, w, h);
  lives(before, now, changes, w, h);
  i32 shown = 0;
  for (i32 block = 0; block < BLOCKS; block++)
    if (greysNow[block] >= black && greysNow[block] <= white) changes[shown++] = changes[block];
  sort(changes, shown);
  const i32 quieter = (shown + 1) / 2;
  double sum = 0;
  for (i32 i = 0; i < quieter; i++) sum += changes[i];
  return sum * BLOCKS / ((double)quieter * w * h);
}
