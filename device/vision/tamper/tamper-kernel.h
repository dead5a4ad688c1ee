// What the sources of tamper-kernel.wasm share. No libc, no globals, no stack arrays: every buffer is the caller's.
#pragma once
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define R restrict
typedef uint8_t u8;
typedef uint32_t u32;
typedef int32_t i32;

enum { ACROSS = 8, DOWN = 6, BLOCKS = ACROSS * DOWN };

static inline i32 max(i32 a, i32 b) { return a > b ? a : b; }
static inline i32 min(i32 a, i32 b) { return a < b ? a : b; }
static inline double least(double a, double b) { return a < b ? a : b; }
static inline double most(double a, double b) { return a > b ? a : b; }

// One scale of a picture, row-major.
typedef struct { const float *values; i32 w, h; } Plane;

// Of each block the means, over its pixels, of products of brightness steps to the right and lower neighbour: of the
// frame's squared, of the reference's squared, of the frame's times the reference's.
typedef struct { double frame[BLOCKS], reference[BLOCKS], shared[BLOCKS]; } StepSums;

// Mean squared steps of each block at full, half and quarter size, the smaller two above the noise; the noise's.
typedef struct { double fine[BLOCKS], middle[BLOCKS], coarse[BLOCKS], fineNoise, noise; } Structure;

// Full, half and quarter size (0, 1, 2) lie one after the other.
static inline Plane scaleOf(const float *pyramid, i32 w, i32 h, i32 scale) {
  for (i32 s = 0; s < scale; s++) pyramid += (w >> s) * (h >> s);
  return (Plane){ pyramid, w >> scale, h >> scale };
}

// `frame` displaced by whole pixels against `reference`, of the same size; `rowStep` 2 looks at every other row only.
void blockSums(Plane frame, Plane reference, StepSums *sums, i32 sx, i32 sy, i32 rowStep);

// Sorts in place, by insertion: there are few.
void sort(double *values, i32 n);
