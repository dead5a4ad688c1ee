// The passes over pixels of tamper detection, for WebAssembly; what each means is said once, in tamper-kernel.ts, beside
// the method that calls it. test/vision/tamper-reference.ts does the same in TypeScript and a test holds the two
// together, bit for bit: hence no SIMD where numbers with a fraction are summed. No libc, no globals: every buffer is the
// caller's. Built by ../build-kernels.sh; the binary is committed beside this file.
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define R restrict
typedef uint8_t u8;
typedef uint32_t u32;
typedef int32_t i32;

enum { ACROSS = 8, DOWN = 6 };

static inline i32 max(i32 a, i32 b) { return a > b ? a : b; }
static inline i32 min(i32 a, i32 b) { return a < b ? a : b; }

EXPORT(logarithms) void logarithms(const u8 *R pixels, const float *R table, float *R out, i32 n) {
  for (i32 i = 0; i < n; i++) out[i] = table[pixels[i]];
}

EXPORT(halve) void halve(const float *R from, float *R out, i32 stride, i32 w, i32 h) {
  for (i32 y = 0; y < h; y++) {
    for (i32 x = 0; x < w; x++) {
      const float *p = from + 2 * y * stride + 2 * x;
      out[y * w + x] = (float)(((double)p[0] + p[1] + p[stride] + p[stride + 1]) / 4);
    }
  }
}

EXPORT(blockSums) void blockSums(const float *R frame, const float *R reference, double *R sums, i32 w, i32 h, i32 sx,
    i32 sy, i32 rowStep) {
  const i32 jump = sy * w + sx;
  for (i32 block = 0; block < ACROSS * DOWN; block++) {
    const i32 column = block % ACROSS, row = block / ACROSS;
    const i32 left = max(column * w / ACROSS, -sx), right = min((column + 1) * w / ACROSS, w - 1 - max(sx, 0));
    const i32 top = max(row * h / DOWN, -sy), bottom = min((row + 1) * h / DOWN, h - 1 - max(sy, 0));
    double ff = 0, rr = 0, fr = 0;
    i32 pixels = 0;
    for (i32 y = top; y < bottom; y += rowStep) {
      for (i32 i = y * w + left; i < y * w + right; i++) {
        const double here = frame[i + jump], there = reference[i];
        const double fx = frame[i + jump + 1] - here, fy = frame[i + jump + w] - here;
        const double rx = reference[i + 1] - there, ry = reference[i + w] - there;
        ff += fx * fx + fy * fy;
        rr += rx * rx + ry * ry;
        fr += fx * rx + fy * ry;
      }
      pixels += max(right - left, 0);
    }
    const double all = max(pixels, 1);
    sums[block] = ff / all;
    sums[block + ACROSS * DOWN] = rr / all;
    sums[block + 2 * ACROSS * DOWN] = fr / all;
  }
}

EXPORT(approach) void approach(float *R mean, const float *R now, double share, i32 n) {
  for (i32 i = 0; i < n; i++) mean[i] = (float)(mean[i] + share * ((double)now[i] - mean[i]));
}

EXPORT(lives) void lives(const u8 *R before, const u8 *R now, u32 *R sums, i32 w, i32 h) {
  for (i32 block = 0; block < ACROSS * DOWN; block++) sums[block] = 0;
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

EXPORT(greys) void greys(const u8 *R picture, u32 *R sums, i32 w, i32 h) {
  for (i32 block = 0; block < ACROSS * DOWN; block++) sums[block] = 0;
  for (i32 y = 0; y < h; y++) {
    for (i32 column = 0; column < ACROSS; column++) {
      const i32 from = y * w + column * w / ACROSS, to = y * w + (column + 1) * w / ACROSS;
      u32 sum = 0;
      for (i32 i = from; i < to; i++) sum += picture[i];
      sums[y * DOWN / h * ACROSS + column] += sum;
    }
  }
}
