// The passes over pixels of the motion detector, for WebAssembly SIMD: plain loops that clang vectorises, and by hand
// what it does not do well. What each pass means is said once, in pixel-passes.ts, beside the type that names it;
// test/vision/pixel-passes-reference.ts does the same in TypeScript, and a test holds the two together, byte for byte.
// Built by build-kernels.sh; the binary is committed beside this file.
#include "motion-kernel.h"

// By hand, eight or sixteen pixels at a time: the last ones of a row may reach into the next, which is written after,
// or past the picture, into the space that lies between buffers.
static inline v128_t wide(const u8 *p) { return wasm_u16x8_load8x8(p); }
static inline v128_t all(i32 v) { return wasm_i16x8_splat((i16)v); }

// u16 (a * b + rest) >> 12, less `less`: four at a time, clipped to u16.
static inline v128_t scaled(v128_t a, v128_t b, i32 rest, i32 less) {
  const v128_t r = wasm_i32x4_splat(rest), l = wasm_i32x4_splat(less);
  const v128_t low = wasm_u32x4_shr(wasm_i32x4_add(wasm_u32x4_extmul_low_u16x8(a, b), r), 12);
  const v128_t high = wasm_u32x4_shr(wasm_i32x4_add(wasm_u32x4_extmul_high_u16x8(a, b), r), 12);
  return wasm_u16x8_narrow_i32x4(wasm_i32x4_sub(low, l), wasm_i32x4_sub(high, l));
}

EXPORT(start) void start(const u8 *R image, u16 *R mean, u16 *R deviation, u16 *R blink, u16 *R still, i32 n) {
  for (i32 i = 0; i < n; i++) {
    mean[i] = (u16)(image[i] << 7);
    deviation[i] = 3 << 10;
    blink[i] = still[i] = 0;
  }
}

EXPORT(predict) void predict(const u16 *R mean, const u16 *R gain, u16 *R expected, u8 *R picture, i32 w, i32 h) {
  for (i32 y = 0; y < h; y++) {
    const v128_t g = all(gain[y]);
    for (i32 i = y * w; i < y * w + w; i += 8) {
      const v128_t e = scaled(wasm_i16x8_add(wasm_v128_load(mean + i), all(512)), g, 0, 512);
      wasm_v128_store(expected + i, e);
      const v128_t p = wasm_u16x8_shr(wasm_u16x8_add_sat(e, all(64)), 7);
      wasm_v128_store64_lane(picture + i, wasm_u8x16_narrow_i16x8(p, p), 0);
    }
  }
}

EXPORT(scaleRows) void scaleRows(const u8 *R image, const u16 *R gain, u8 *R out, i32 w, i32 h) {
  for (i32 y = 0; y < h; y++) {
    const v128_t g = all(gain[y]);
    for (i32 i = y * w; i < y * w + w; i += 16) {
      const v128_t low = scaled(wasm_i16x8_add(wide(image + i), all(4)), g, 2048, 4);
      const v128_t high = scaled(wasm_i16x8_add(wide(image + i + 8), all(4)), g, 2048, 4);
      wasm_v128_store(out + i, wasm_u8x16_narrow_i16x8(low, high));
    }
  }
}

// 16 pixels: sum of the clipped differences, as four 32-bit lanes.
static inline v128_t clippedDistance(v128_t a, v128_t b, v128_t clip) {
  const v128_t d = wasm_v128_or(wasm_u8x16_sub_sat(a, b), wasm_u8x16_sub_sat(b, a));
  return wasm_u32x4_extadd_pairwise_u16x8(wasm_u16x8_extadd_pairwise_u8x16(wasm_u8x16_min(d, clip)));
}

EXPORT(misfit) u32 misfit(const u8 *R image, const u8 *R picture, i32 w, i32 h, i32 dx, i32 dy, i32 border, i32 clip) {
  const v128_t limit = wasm_i8x16_splat((int8_t)clip);
  v128_t lanes = wasm_i32x4_splat(0);
  u32 rest = 0;
  for (i32 y = border; y < h - border; y += 2) {
    const u8 *a = image + (y + dy) * w + dx, *b = picture + y * w;
    i32 x = border;
    for (; x + 16 <= w - border; x += 16) {
      lanes = wasm_i32x4_add(lanes, clippedDistance(wasm_v128_load(a + x), wasm_v128_load(b + x), limit));
    }
    for (; x < w - border; x++) rest += (u32)min(distance(a[x], b[x]), clip);
  }
  return rest + wasm_u32x4_extract_lane(lanes, 0) + wasm_u32x4_extract_lane(lanes, 1) +
    wasm_u32x4_extract_lane(lanes, 2) + wasm_u32x4_extract_lane(lanes, 3);
}

EXPORT(misfits) void misfits(const u8 *R image, const u8 *R picture, u32 *R sums, i32 w, i32 h, i32 dx, i32 dy,
    i32 border, i32 clip) {
  for (i32 y = -1; y <= 1; y++)
    for (i32 x = -1; x <= 1; x++) *sums++ = misfit(image, picture, w, h, dx + x, dy + y, border, clip);
}

EXPORT(blockMisfits) void blockMisfits(const u8 *R image, const u8 *R picture, u32 *R sums, i32 w, i32 h, i32 border,
    i32 clip) {
  const i32 wide = w / 8, high = h / 6;
  for (i32 block = 0; block < 48; block++) {
    const i32 left = max(border, (block & 7) * wide), right = min(w - border, (block & 7) * wide + wide);
    const i32 top = max(border, (block >> 3) * high), bottom = min(h - border, (block >> 3) * high + high);
    u32 sum = 0;
    for (i32 y = top; y < bottom; y += 2) {
      for (i32 x = left; x < right; x++) sum += (u32)min(distance(image[y * w + x], picture[y * w + x]), clip);
    }
    sums[block] = sum;
  }
}

EXPORT(shift) void shift(const u8 *R image, u8 *R out, i32 w, i32 h, i32 dx, i32 dy, i32 fx, i32 fy) {
  const i32 a = (32 - fx) * (32 - fy), b = fx * (32 - fy), c = (32 - fx) * fy, d = fx * fy;
  const i32 from = clamp(-dx, 0, w), to = clamp(w - 1 - dx, from, w);
  for (i32 y = 0; y < h; y++) {
    const u8 *p = image + clamp(y + dy, 0, h - 1) * w, *q = image + clamp(y + dy + 1, 0, h - 1) * w;
    u8 *o = out + y * w;
    for (i32 x = from; x < to; x++) {
      o[x] = (u8)((p[x + dx] * a + p[x + dx + 1] * b + q[x + dx] * c + q[x + dx + 1] * d + 512) >> 10);
    }
    for (i32 x = 0; x < w; x++) {
      if (x == from) x = to;
      if (x >= w) break;
      const i32 l = clamp(x + dx, 0, w - 1), r = clamp(x + dx + 1, 0, w - 1);
      o[x] = (u8)((p[l] * a + p[r] * b + q[l] * c + q[r] * d + 512) >> 10);
    }
  }
}

EXPORT(relief) void relief(const u8 *R image, u8 *R out, i32 w, i32 h) {
  for (i32 y = 0; y < h; y++) {
    const u8 *p = image + y * w, *above = y > 0 ? p - w : p, *below = y < h - 1 ? p + w : p;
    u8 *o = out + y * w;
    for (i32 x = 1; x < w - 1; x++) o[x] = (u8)clamp(128 + p[x + 1] - p[x - 1] + below[x] - above[x], 0, 255);
    o[0] = o[w - 1] = 128;
  }
}

EXPORT(flashes) void flashes(const u8 *R now, const u8 *R before, const u8 *R earlier, u32 *R counts, i32 w, i32 h,
    i32 least) {
  const v128_t floor = wasm_i8x16_splat((int8_t)least), eight = wasm_i8x16_splat(8);
  const i32 across = w / 16;
  for (i32 block = 0; block < across * (h / 16); block++) {
    const i32 first = block / across * 16 * w + block % across * 16;
    i32 count = 0;
    for (i32 i = first; i < first + 16 * w; i += w) {
      const v128_t b = wasm_v128_load(before + i);
      const v128_t rest = wasm_u8x16_max(wasm_v128_load(now + i), wasm_v128_load(earlier + i));
      const v128_t asked = wasm_u8x16_max(floor, wasm_u8x16_add_sat(eight, wasm_u8x16_shr(b, 4)));
      count += __builtin_popcount(wasm_i8x16_bitmask(wasm_u8x16_gt(wasm_u8x16_sub_sat(b, rest), asked)));
    }
    counts[block] = (u32)count;
  }
}

// What the differences of a place, now, before and earlier, have in common: of brighter ones the least; of darker ones
// that of now, as far as one of the others, or `unborne`, bears it out; that of both others where a drop hides it now.
static inline i16 lasting(i16 a, i16 b, i16 c, i16 drop, i16 unborne) {
  const i16 low = b < c ? b : c, high = b < c ? c : b, bears = low < unborne ? low : unborne;
  const i16 least = a < low ? a : low, borne = a > bears ? a : bears, darker = a > drop ? high : borne;
  return (i16)((least > 0 ? least : 0) + (darker < 0 ? darker : 0));
}

EXPORT(persist) void persist(u8 *R image, const u8 *R before, const u8 *R earlier, const u8 *R picture,
    const u8 *R limit, i16 *R row, i32 w, i32 h, i32 strides, i32 bears) {
  i16 *stays = row, *goes = row + w;
  const i16 unborne = bears ? 255 : -255;
  for (i32 y = 0; y < h; y++) {
    u8 *a = image + y * w;
    const u8 *b = before + y * w, *c = earlier + y * w, *p = picture + y * w, *t = limit + y * w;
    for (i32 x = 0; x < w; x++) {
      const i16 d = lasting((i16)(a[x] - p[x]), (i16)(b[x] - p[x]), (i16)(c[x] - p[x]), t[x], unborne);
      stays[x] = d;
      goes[x] = d;
    }
    for (i32 s = -2 * strides; s <= 2 * strides; s += 2) {
      const i32 from = clamp(2 * s, 0, w), to = clamp(w + 2 * s, from, w);
      for (i32 x = from; x < to; x++) {
        const i16 d = lasting((i16)(a[x] - p[x]), (i16)(b[x - s] - p[x - s]), (i16)(c[x - 2 * s] - p[x - 2 * s]), t[x],
          unborne);
        const i16 g = goes[x];
        goes[x] = (d < 0 ? -d : d) > (g < 0 ? -g : g) ? d : g;
      }
    }
    for (i32 x = 0; x < w; x++) {
      const i16 g = goes[x];
      a[x] = (u8)(p[x] + (2 * (g < 0 ? -g : g) > t[x] ? g : stays[x]));
    }
  }
}

// Halves of a grey that two neighbours differ by, across and down, times the share forgiven; no limit is above 140.
static inline u8 slackOf(u8 left, u8 right, u8 above, u8 below, u16 edge) {
  const u8 across = left > right ? left - right : right - left, down = above > below ? above - below : below - above;
  const u16 slack = (u16)((u16)(across + down) * edge) >> 8;
  return (u8)(slack < 140 ? slack : 140);
}

EXPORT(thresholds) void thresholds(const u8 *R picture, const u16 *R deviation, const u16 *R blink,
    const u8 *R contrast, u8 *R limit, u8 *R energy, i32 w, i32 h, i32 floor, i32 slope, i32 noise, i32 energyFloor,
    i32 energyNoise, i32 edge) {
  for (i32 y = 0; y < h; y++) {
    const u8 *p = picture + y * w, *above = y > 0 ? p - w : p, *below = y < h - 1 ? p + w : p;
    // Slack first, into `limit`: the ends of a row have one neighbour less.
    u8 *slack = limit + y * w;
    for (i32 x = 1; x < w - 1; x++) slack[x] = slackOf(p[x - 1], p[x + 1], above[x], below[x], (u16)edge);
    slack[0] = slackOf(p[0], p[1], above[0], below[0], (u16)edge);
    slack[w - 1] = slackOf(p[w - 2], p[w - 1], above[w - 1], below[w - 1], (u16)edge);
  }
  const v128_t low = all(floor), quiet = all(noise), steep = all(slope), most = all(140);
  const v128_t energyLow = all(energyFloor), energyQuiet = all(energyNoise);
  for (i32 i = 0; i < w * h; i += 8) {
    const v128_t rise = wasm_u16x8_shr(wasm_i16x8_mul(wide(picture + i), steep), 8);
    const v128_t asked = wide(contrast + i), slack = wide(limit + i), d = wasm_v128_load(deviation + i);
    const v128_t usual = wasm_u16x8_shr(wasm_i16x8_mul(wasm_i16x8_add(low, rise), asked), 6);
    const v128_t own = wasm_u16x8_max(wasm_u16x8_max(usual, quiet), wasm_u16x8_shr(d, 7));
    const v128_t blinks = wasm_i16x8_add(wasm_u16x8_shr(wasm_v128_load(blink + i), 5), slack);
    const v128_t t = wasm_u16x8_min(wasm_i16x8_add(own, blinks), most);
    const v128_t half = wasm_i16x8_add(energyLow, wasm_u16x8_shr(rise, 1));
    const v128_t change = wasm_u16x8_max(wasm_u16x8_shr(wasm_i16x8_mul(half, asked), 6), energyQuiet);
    const v128_t spread = wasm_u16x8_shr(wasm_i16x8_add(d, wasm_i16x8_shl(d, 1)), 10);
    const v128_t e = wasm_u16x8_min(wasm_i16x8_add(wasm_u16x8_max(change, spread), slack), most);
    wasm_v128_store64_lane(limit + i, wasm_u8x16_narrow_i16x8(t, t), 0);
    wasm_v128_store64_lane(energy + i, wasm_u8x16_narrow_i16x8(e, e), 0);
  }
}

// Of one row the clipped differences in `clipped`, with its ends repeated beyond them, and the sums of three in `sums`.
static void sumRow(const u8 *a, const u8 *b, const u8 *limit, i16 *clipped, i16 *sums, i32 w) {
  for (i32 x = 0; x < w; x += 8) {
    const v128_t most = wide(limit + x), away = wasm_i16x8_sub(wide(a + x), wide(b + x));
    wasm_v128_store(clipped + x, wasm_i16x8_min(wasm_i16x8_max(away, wasm_i16x8_neg(most)), most));
  }
  clipped[-1] = clipped[0];
  clipped[w] = clipped[w - 1];
  for (i32 x = 0; x < w; x += 8) {
    const v128_t ends = wasm_i16x8_add(wasm_v128_load(clipped + x - 1), wasm_v128_load(clipped + x + 1));
    wasm_v128_store(sums + x, wasm_i16x8_add(ends, wasm_v128_load(clipped + x)));
  }
}

EXPORT(differ) void differ(const u8 *R a, const u8 *R b, const u8 *R limit, const u8 *R asked, i16 *R rows, i16 *R sums,
    u8 *R mask, i32 w, i32 h) {
  // Three rows of sums, each used again for the one three below, and one of differences; with room after each.
  const i32 stride = w + 16;
  i16 *clipped = rows + 3 * stride + 8;
  sumRow(a, b, limit, clipped, rows, w);
  for (i32 y = 0; y < h; y++) {
    const i16 *own = rows + y % 3 * stride, *above = y > 0 ? rows + (y - 1) % 3 * stride : own, *below = own;
    if (y < h - 1) {
      i16 *next = rows + (y + 1) % 3 * stride;
      const i32 n = (y + 1) * w;
      sumRow(a + n, b + n, limit + n, clipped, next, w);
      below = next;
    }
    for (i32 x = 0; x < w; x += 8) {
      const v128_t beside = wasm_i16x8_add(wasm_v128_load(above + x), wasm_v128_load(below + x));
      const v128_t sum = wasm_i16x8_add(beside, wasm_v128_load(own + x)), size = wasm_i16x8_abs(sum);
      const v128_t over = wasm_i16x8_gt(wasm_i16x8_shl(size, 1), wasm_i16x8_mul(wide(asked + y * w + x), all(9)));
      wasm_v128_store(sums + y * w + x, sum);
      const v128_t marked = wasm_v128_and(over, all(1));
      wasm_v128_store64_lane(mask + y * w + x, wasm_u8x16_narrow_i16x8(marked, marked), 0);
    }
  }
}

EXPORT(maskBorder) void maskBorder(u8 *R mask, i32 w, i32 h, i32 left, i32 right, i32 top, i32 bottom) {
  for (i32 y = 0; y < h; y++) {
    const i32 outside = y < top || y >= h - bottom;
    for (i32 x = 0; x < (outside ? w : left); x++) mask[y * w + x] = 0;
    for (i32 x = w - right; x < w; x++) mask[y * w + x] = 0;
  }
}

EXPORT(cellCounts) void cellCounts(const u8 *R mask, const u8 *R moving, u8 *R row, i32 *R counts, i32 w, i32 h) {
  const i32 columns = w / 4, rows = h / 4;
  u8 *both = row + w;
  for (i32 y = 0; y < rows; y++) {
    const u8 *p = mask + y * 4 * w, *q = moving + y * 4 * w;
    for (i32 x = 0; x < w; x++) {
      row[x] = (u8)(p[x] + p[x + w] + p[x + 2 * w] + p[x + 3 * w]);
      both[x] = (u8)((p[x] & q[x]) + (p[x + w] & q[x + w]) + (p[x + 2 * w] & q[x + 2 * w]) +
        (p[x + 3 * w] & q[x + 3 * w]));
    }
    for (i32 c = 0; c < columns; c++) {
      i32 *cell = counts + (y * columns + c) * 4;
      cell[0] = row[4 * c] + row[4 * c + 1] + row[4 * c + 2] + row[4 * c + 3];
      cell[1] = both[4 * c] + both[4 * c + 1] + both[4 * c + 2] + both[4 * c + 3];
    }
  }
}

EXPORT(rims) void rims(const u8 *R image, const u8 *R picture, const u8 *R mask, u32 *R inImage, u32 *R inPicture,
    const u16 *R shades, i32 *R counts, i32 w, i32 h) {
  const i32 columns = w / 4, rows = h / 4;
  for (i32 i = 0; i < columns * rows; i++) { inImage[i] = 0; inPicture[i] = 0; }
  for (i32 y = 1; y < min(h - 1, rows * 4); y++) {
    for (i32 x = 1; x < min(w - 1, columns * 4); x++) {
      const i32 i = y * w + x;
      // Most of a picture is background: on by fourteen pixels where nothing is marked in the columns around them.
      const u8 *m = mask + i - 1;
      const v128_t beside = wasm_v128_or(wasm_v128_load(m - w), wasm_v128_load(m + w));
      if (x + 15 < w && !wasm_v128_any_true(wasm_v128_or(wasm_v128_load(m), beside))) {
        x += 13;
        continue;
      }
      const i32 around = mask[i - w - 1] + mask[i - w] + mask[i - w + 1] + mask[i - 1] + mask[i] + mask[i + 1] +
        mask[i + w - 1] + mask[i + w] + mask[i + w + 1];
      if (around == 0 || around == 9) continue;
      const i32 cell = (y >> 2) * columns + (x >> 2);
      inImage[cell] += (u32)(distance(image[i - 1], image[i + 1]) + distance(image[i - w], image[i + w]));
      inPicture[cell] += (u32)(distance(picture[i - 1], picture[i + 1]) + distance(picture[i - w], picture[i + w]));
    }
  }
  for (i32 y = 0; y < rows; y++) {
    for (i32 x = 0; x < columns; x++) {
      i32 *own = counts + (y * columns + x) * 4;
      own[2] = 0;
      if (own[0] == 0) continue;
      u32 a = 0, b = 0;
      for (i32 v = max(0, y - 1); v <= min(rows - 1, y + 1); v++) {
        for (i32 u = max(0, x - 1); u <= min(columns - 1, x + 1); u++) {
          a += inImage[v * columns + u];
          const u32 shade = shades[v * columns + u];
          b += shade == 0 ? inPicture[v * columns + u] : (inPicture[v * columns + u] * shade) >> 12;
        }
      }
      own[2] = 10 * b > 13 * a + 400 ? -1 : 10 * a > 13 * b + 400 ? 1 : 0;
    }
  }
}

EXPORT(erode) void erode(const u8 *R mask, u8 *R out, i32 w, i32 h) {
  for (i32 y = 0; y < h; y++) {
    const u8 *p = mask + y * w, *above = y > 0 ? p - w : p, *below = y < h - 1 ? p + w : p;
    u8 *o = out + y * w;
    for (i32 x = 1; x < w - 1; x++) {
      o[x] = above[x - 1] & above[x] & above[x + 1] & p[x - 1] & p[x] & p[x + 1] &
        below[x - 1] & below[x] & below[x + 1];
    }
    o[0] = above[0] & above[1] & p[0] & p[1] & below[0] & below[1];
    o[w - 1] = above[w - 2] & above[w - 1] & p[w - 2] & p[w - 1] & below[w - 2] & below[w - 1];
  }
}

// The marked pixels of the twelve pixels square around the cell, less where the picture ends: `both`, `va`, `vb` are
// their covariance and variances without what a slope of light across the square explains, times `n` squared.
EXPORT(textures) void textures(const u8 *R image, const u8 *R picture, const u8 *R mask, i32 *R counts,
    u16 *R shades, i32 w, i32 h, i32 least, i32 variance) {
  const i32 columns = w / 4, rows = h / 4;
  for (i32 cell = 0; cell < columns * rows; cell++) {
    i32 *own = counts + cell * 4;
    own[3] = 0;
    shades[cell] = 0;
    if (own[0] < least) continue;
    const i32 x0 = cell % columns * 4, y0 = cell / columns * 4;
    const i32 left = max(0, x0 - 4), right = min(w, x0 + 8), top = max(0, y0 - 4), bottom = min(h, y0 + 8);
    i32 n = 0, a = 0, b = 0, u = 0, v = 0, aa = 0, bb = 0, ab = 0, au = 0, av = 0, bu = 0, bv = 0, uu = 0, uv = 0, vv = 0;
    for (i32 y = top; y < bottom; y++) {
      for (i32 x = left; x < right; x++) {
        const i32 i = y * w + x;
        if (!mask[i]) continue;
        const i32 p = image[i], q = picture[i], dx = x - x0, dy = y - y0;
        n++;
        a += p; b += q; u += dx; v += dy;
        aa += p * p; bb += q * q; ab += p * q;
        au += p * dx; av += p * dy; bu += q * dx; bv += q * dy;
        uu += dx * dx; uv += dx * dy; vv += dy * dy;
      }
    }
    if (n < 24) continue;
    shades[cell] = (u16)min(4096 * (a + 4 * n) / (b + 4 * n), 16384);
    const double m = n, noise = m * m * (variance / 16.0);
    const double cau = m * au - (double)a * u, cav = m * av - (double)a * v;
    const double cbu = m * bu - (double)b * u, cbv = m * bv - (double)b * v;
    const double cuu = m * uu - (double)u * u, cuv = m * uv - (double)u * v, cvv = m * vv - (double)v * v;
    const double det = cuu * cvv - cuv * cuv, by = det > 0 ? 1.0 / det : 0;
    const double va = m * aa - (double)a * a - by * (cau * cau * cvv - 2.0 * cau * cav * cuv + cav * cav * cuu) - noise;
    const double vb = m * bb - (double)b * b - by * (cbu * cbu * cvv - 2.0 * cbu * cbv * cuv + cbv * cbv * cuu);
    const double both = m * ab - (double)a * b -
      by * (cau * cbu * cvv - (cau * cbv + cav * cbu) * cuv + cav * cbv * cuu);
    const double known = m * m * 9.0 + 2.0 * noise, slope = both * (b + 4.0 * m), ratio = vb * (a + 4.0 * m);
    const double brighter = a > b ? (a + 4.0 * m) / (b + 4.0 * m) : 1.0;
    if (vb > known) own[3] = both > 0 && both * both > 0.64 * vb * va && slope > 0.5 * ratio && slope < 2.0 * ratio ? 1 : -1;
    else if (va > 2.0 * known * brighter * brighter) own[3] = -2; // light also shows what was too dark to be seen
  }
}

typedef struct { i32 columns, rows; const i32 *counts; const u16 *shades; u8 *sure; } Cells;

// How many cells show the background's own texture in a light that enough of those around share; they are sure.
static i32 agree(const Cells c, i32 votes) {
  i32 found = 0;
  for (i32 cell = 0; cell < c.columns * c.rows; cell++) {
    const i32 x = cell % c.columns, y = cell / c.columns, shade = c.shades[cell];
    c.sure[cell] = 0;
    if (c.counts[cell * 4 + 3] <= 0) continue;
    i32 same = 0, other = 0;
    for (i32 v = max(0, y - 2); v <= min(c.rows - 1, y + 2); v++) {
      for (i32 u = max(0, x - 2); u <= min(c.columns - 1, x + 2); u++) {
        const i32 o = v * c.columns + u, told = c.counts[o * 4 + 3];
        if (told > 0 && 12 * distance(c.shades[o], shade) < shade) same++;
        else if (told == -1) other++;
      }
    }
    c.sure[cell] = same >= votes && 2 * same >= other;
    found += c.sure[cell];
  }
  return found;
}

static inline i32 joins(const Cells c, i32 cell, i32 beside) {
  return c.sure[beside] && 16 * distance(c.shades[beside], c.shades[cell]) < c.shades[cell];
}

// Where texture says nothing, what lies in the light of its neighbour is light, too.
static void join(const Cells c) {
  const i32 all = c.columns * c.rows;
  for (i32 k = 0; k < 4 * all; k++) {
    const i32 cell = (k / all) & 1 ? all - 1 - k % all : k % all, x = cell % c.columns;
    if (c.sure[cell] || c.shades[cell] == 0 || c.counts[cell * 4 + 3] == -1) continue;
    c.sure[cell] = (x > 0 && joins(c, cell, cell - 1)) || (x < c.columns - 1 && joins(c, cell, cell + 1)) ||
      (cell >= c.columns && joins(c, cell, cell - c.columns)) ||
      (cell < all - c.columns && joins(c, cell, cell + c.columns));
  }
}

typedef struct { i32 low, high; } Range;
static inline Range wider(Range r, i32 shade) { return (Range){ min(r.low, shade), max(r.high, shade) }; }

// The lights that a cell may lie in: those of the sure ones around it, and at a rim all between them and no shade.
static Range lightsAround(const Cells c, i32 cell, i32 least) {
  const i32 x = cell % c.columns, y = cell / c.columns;
  Range range = { 65535, 0 };
  i32 open = 0;
  for (i32 v = max(0, y - 2); v <= min(c.rows - 1, y + 2); v++) {
    for (i32 u = max(0, x - 2); u <= min(c.columns - 1, x + 2); u++) {
      const i32 o = v * c.columns + u;
      if (c.sure[o]) range = wider(range, c.shades[o]);
      if (distance(u, x) < 2 && distance(v, y) < 2) open |= c.counts[o * 4] < least;
    }
  }
  return open && range.high > 0 ? wider(range, 4096) : range;
}

EXPORT(relight) i32 relight(const u8 *R image, const u8 *R picture, const u8 *R limit, u8 *R mask, const i32 *R counts,
    const u16 *R shades, u8 *R sure, u8 *R lit, i32 w, i32 h, i32 least, i32 votes, i32 others, i32 take) {
  const Cells c = { w / 4, h / 4, counts, shades, sure };
  for (i32 i = 0; i < w * h; i++) lit[i] = 0;
  i32 telling = 0, other = 0, count = 0;
  for (i32 cell = 0; cell < c.columns * c.rows; cell++) {
    telling += counts[cell * 4 + 3] > 0;
    other += counts[cell * 4 + 3] < 0;
  }
  if (telling < votes || (others > 0 && other > others * telling)) return 0;
  if (agree(c, votes) == 0) return 0;
  join(c);
  Range anywhere = { 4096, 4096 };
  for (i32 cell = 0; cell < c.columns * c.rows; cell++) {
    if (sure[cell] && counts[cell * 4 + 3] > 0) anywhere = wider(anywhere, shades[cell]);
  }
  for (i32 cell = 0; cell < c.columns * c.rows; cell++) {
    if (counts[cell * 4] == 0) continue;
    const i32 told = counts[cell * 4 + 3];
    Range range = lightsAround(c, cell, least);
    // The background has no texture here to tell by: any light that is in the picture may lie on it.
    if (take && anywhere.low < anywhere.high && (told == -2 || (told == 0 && counts[cell * 4] >= least)))
      range = wider(wider(range, anywhere.low), anywhere.high);
    if (range.high == 0) continue;
    for (i32 row = 0; row < 4; row++) {
      const i32 first = (cell / c.columns * 4 + row) * w + cell % c.columns * 4;
      for (i32 i = first; i < first + 4; i++) {
        if (!mask[i]) continue;
        const i32 usual = picture[i] + 4, now = image[i] + 4, slack = (limit[i] + 1) / 2;
        if (now < ((usual * range.low) >> 12) - slack || now > ((usual * range.high) >> 12) + slack) continue;
        count++;
        if (take) { mask[i] = 0; lit[i] = 1; }
      }
    }
  }
  return count;
}

static inline void fillCell(u8 *p, i32 w, i32 value) {
  const u32 four = 0x01010101u * (u32)value;
  for (i32 row = 0; row < 4; row++) __builtin_memcpy(p + row * w, &four, 4);
}

// What lies right and below of the last whole cells is as they are.
static inline void fillRest(u8 *p, i32 w, i32 h) {
  for (i32 y = 0; y < h / 4 * 4; y++) for (i32 x = w / 4 * 4; x < w; x++) p[y * w + x] = p[y * w + x - 1];
  for (i32 i = h / 4 * 4 * w; i < h * w; i++) p[i] = p[i - w];
}

EXPORT(spread) void spread(const u8 *R held, const i32 *R counts, u8 *R heldMask, u8 *R ghostMask, i32 w, i32 h) {
  const i32 columns = w / 4;
  for (i32 cell = 0; cell < columns * (h / 4); cell++) {
    const i32 first = cell / columns * 4 * w + cell % columns * 4, as = held[cell];
    fillCell(heldMask + first, w, as == 1 ? 1 : as == 3 ? 2 : 0);
    fillCell(ghostMask + first, w, as == 4 ? 2 : as == 2 || counts[cell * 4 + 2] < 0);
  }
  fillRest(heldMask, w, h);
  fillRest(ghostMask, w, h);
}

// Eight pixels at a time, by hand: clang finds no instruction for a rounded Q15 product, and WebAssembly has one.
static inline v128_t isSet(const u8 *p) { return wasm_i16x8_ne(wide(p), all(0)); }
// `yes` where `mask` is set, else `no`.
static inline v128_t either(v128_t mask, v128_t yes, v128_t no) { return wasm_v128_bitselect(yes, no, mask); }

EXPORT(learn) void learn(const u8 *R image, const u16 *R expected, const i16 *R sums, const u8 *R mask,
    const u8 *R moving, const u8 *R before, const u8 *R heldMask, const u8 *R ghostMask,
    const u8 *R lit, u16 *R mean, u16 *R deviation, u16 *R blink,
    u16 *R still, i32 n, i32 stepMs, i32 absorbMs, i32 lightRate, i32 rate, i32 maskRate, i32 staleRate,
    i32 exposureRate, i32 deviationRate, i32 blinkFall) {
  const v128_t none = all(0);
  for (i32 i = 0; i < n; i += 8) {
    v128_t on = none, now = none, absorb = none, toggled = none, share = all(rate);
    // Most of a picture is background, and was in the frame before.
    if (wasm_v128_any_true(wasm_v128_or(wide(before + i), wasm_v128_or(wide(mask + i), wide(lit + i))))) {
      const v128_t marked = isSet(mask + i), relit = isSet(lit + i), held = isSet(heldMask + i);
      const v128_t light = wasm_v128_or(relit, wasm_v128_and(marked, wasm_i16x8_eq(wide(ghostMask + i), all(2))));
      on = wasm_v128_or(marked, relit);

      const v128_t rest = wasm_v128_load(still + i);
      const v128_t longer = wasm_u16x8_min(wasm_u16x8_add_sat(rest, all(stepMs)), all(60000));
      const v128_t shorter = wasm_u16x8_sub_sat(rest, all(2 * stepMs));
      now = wasm_v128_and(on, either(isSet(moving + i), shorter, longer));
      const v128_t patience = either(isSet(ghostMask + i), all(600), either(held, all(65535), all(absorbMs)));
      absorb = wasm_v128_andnot(wasm_u16x8_gt(now, patience), light);
      const v128_t stale = wasm_v128_andnot(wasm_v128_and(on, wasm_u16x8_gt(now, all(2000))), held);

      const v128_t usual = either(on, wasm_v128_andnot(all(maskRate), held), all(rate));
      const v128_t marks = either(absorb, all(16384), either(stale, all(staleRate), usual));
      share = either(light, all(lightRate), marks);
      const v128_t travels = wasm_i16x8_eq(wide(heldMask + i), all(1));
      toggled = wasm_v128_andnot(wasm_v128_xor(on, isSet(before + i)), wasm_v128_or(travels, light));
    }
    wasm_v128_store(still + i, now);
    const v128_t x = wide(image + i), e = wasm_v128_load(expected + i), m = wasm_v128_load(mean + i);
    const v128_t blind = wasm_v128_and(wasm_u16x8_ge(x, all(250)), wasm_u16x8_ge(e, all(32000)));
    const v128_t error = wasm_v128_andnot(wasm_i16x8_sub(wasm_i16x8_shl(x, 7), wasm_u16x8_min(e, all(32640))), blind);
    const v128_t brighter = wasm_u16x8_min(wasm_u16x8_sub_sat(e, m), all(32767));
    const v128_t darker = wasm_u16x8_min(wasm_u16x8_sub_sat(m, e), all(32767));
    const v128_t step = wasm_i16x8_add(wasm_i16x8_q15mulr_sat(share, error),
      wasm_i16x8_q15mulr_sat(all(exposureRate), wasm_i16x8_sub(brighter, darker)));
    const v128_t up = wasm_i16x8_max(step, all(0)), down = wasm_i16x8_max(wasm_i16x8_neg(step), all(0));
    wasm_v128_store(mean + i, wasm_u16x8_min(wasm_u16x8_sub_sat(wasm_u16x8_add_sat(m, up), down), all(64000)));

    const v128_t d = wasm_v128_load(deviation + i);
    const v128_t size = wasm_u16x8_min(wasm_i16x8_abs(wasm_v128_load(sums + i)), all(377));
    const v128_t seen = wasm_u16x8_min(wasm_i16x8_mul(size, all(114)), wasm_i16x8_add(wasm_i16x8_shl(d, 1), all(2048)));
    const v128_t learnt = wasm_i16x8_add(d, wasm_i16x8_q15mulr_sat(all(deviationRate), wasm_i16x8_sub(seen, d)));
    const v128_t kept = either(absorb, wasm_u16x8_min(learnt, all(4096)), either(on, d, learnt));
    wasm_v128_store(deviation + i, wasm_u16x8_max(wasm_u16x8_min(kept, all(20480)), all(307)));

    const v128_t b = wasm_v128_load(blink + i);
    const v128_t higher = wasm_u16x8_min(wasm_i16x8_add(b, all(192)), all(2560));
    wasm_v128_store(blink + i, either(toggled, higher, wasm_u16x8_sub_sat(b, all(blinkFall))));
  }
}
