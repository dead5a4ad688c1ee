// Cells with foreground -> connected groups of them, and what is counted in cells: part of motion-kernel.wasm. What
// each pass means is said once, in pixel-passes.ts.
#include "motion-kernel.h"

enum { NUMBERS = 4 };
typedef struct { i32 cells, left, top, right, bottom, pixels, moving, solid, same, other; } Group;

EXPORT(measure) void measure(const i32 *numbers, const i32 *cells, i32 count, i32 columns, i32 rows, Group *R group) {
  Group g = { .cells = count, .left = columns, .top = rows };
  for (i32 i = 0; i < count; i++) {
    const i32 x = cells[i] % columns, y = cells[i] / columns, *own = numbers + cells[i] * NUMBERS;
    g.left = min(g.left, x);
    g.right = max(g.right, x + 1);
    g.top = min(g.top, y);
    g.bottom = max(g.bottom, y + 1);
    g.pixels += own[0];
    g.moving += own[1];
    g.solid += own[2] > 0;
    g.same += own[3] > 0;
    g.other += own[3] < 0;
  }
  *group = g;
}

// Appends to the one cell in `cells` all that are marked and lie up to `gap` from another; returns how many there are.
static i32 connect(const i32 *numbers, u8 *seen, i32 *cells, i32 columns, i32 rows, i32 gap, i32 least) {
  i32 count = 1;
  for (i32 next = 0; next < count; next++) {
    const i32 x = cells[next] % columns, y = cells[next] / columns;
    for (i32 v = max(0, y - gap); v <= min(rows - 1, y + gap); v++) {
      for (i32 u = max(0, x - gap); u <= min(columns - 1, x + gap); u++) {
        const i32 other = v * columns + u;
        if (seen[other] || numbers[other * NUMBERS] < least) continue;
        seen[other] = 1;
        cells[count++] = other;
      }
    }
  }
  return count;
}

EXPORT(groups) i32 groups(const i32 *R numbers, u8 *R seen, i32 *R cells, Group *R found, i32 columns, i32 rows,
    i32 gap, i32 least, double leastPixels) {
  i32 count = 0;
  for (i32 cell = 0; cell < columns * rows; cell++) seen[cell] = 0;
  for (i32 cell = 0; cell < columns * rows; cell++) {
    if (seen[cell] || numbers[cell * NUMBERS] < least) continue;
    seen[cell] = 1;
    cells[0] = cell;
    measure(numbers, cells, connect(numbers, seen, cells, columns, rows, gap, least), columns, rows, found + count);
    if (found[count].pixels < leastPixels) continue;
    cells += found[count++].cells;
  }
  return count;
}

EXPORT(markedIn) i32 markedIn(const i32 *R numbers, i32 cells) {
  i32 marked = 0;
  for (i32 cell = 0; cell < cells; cell++) marked += numbers[cell * NUMBERS];
  return marked;
}

EXPORT(countIn) i32 countIn(const u8 *R mask, const i32 *R cells, i32 count, i32 w) {
  const i32 columns = w / 4;
  i32 set = 0;
  for (i32 i = 0; i < count; i++) {
    const u8 *p = mask + cells[i] / columns * 4 * w + cells[i] % columns * 4;
    for (i32 row = 0; row < 4; row++, p += w) set += p[0] + p[1] + p[2] + p[3];
  }
  return set;
}

EXPORT(standOut) void standOut(const u8 *R image, const u8 *R picture, const u8 *R limit, const u8 *R mask, u8 *R out,
    i32 n) {
  for (i32 i = 0; i < n; i++) {
    const u8 a = image[i], b = picture[i], away = a > b ? a - b : b - a;
    out[i] = mask[i] & ((u16)(away << 1) > limit[i]);
  }
}

EXPORT(shareOutside) double shareOutside(const u8 *R of, const u8 *R mask, i32 n) {
  i32 outside = 0, set = 0;
  for (i32 i = 0; i < n; i++) {
    outside += 1 - mask[i];
    set += of[i] & (1 - mask[i]);
  }
  return (double)set / max(outside, 1);
}
