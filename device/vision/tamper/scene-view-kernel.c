// How a frame stands to a scene that is known, part of tamper-kernel.wasm: what scene-view.ts tells. Squares of steps
// of brightness, in hundredths, are compared block by block.
#include "tamper-kernel.h"

// Squared steps from which a block can be recognised: about 2.5 % from pixel to pixel of the two coarse scales.
static const double LEAST_STRUCTURE = 8;
// A block that keeps less than this of its structure is empty, however much it had.
static const double EMPTIED = 0.1;
// Squared steps below which a block has not even noise.
static const double LEAST_NOISE = 0.01;
// Correlation from which a block is recognised; also a negative one: infrared light turns dark into bright.
static const double ALIKE = 0.55;
// What noise alone, as a share of it, has in common with any reference: three deviations over a block.
static const double CHANCE = 0.3;
// Share of blocks not recognised from which a displacement is looked for.
static const double SHAKEN_FROM = 0.3;
// Displacements that are taken for shaking, in pixels of the quarter-size scale: 5 % of the width.
enum { REACH = 2 };
// Of the fine scale, every fourth row tells enough.
enum { FINE_ROW_STEP = 4 };
// Blocks that must be recognised before sharpness can be told.
enum { LEAST_SHARP_BLOCKS = 4 };

typedef struct { i32 x, y; } Shift;
typedef struct { double textured, unseen, empty, trace, sharpness; } View;
typedef struct { StepSums fine, middle, coarse; double values[BLOCKS], others[BLOCKS]; u8 seen[BLOCKS]; } Work;
enum { NOT_TEXTURED, SEEN, UNSEEN };

static double quantile(double *values, i32 n, double share) {
  if (n == 0) return 0;
  sort(values, n);
  return values[min((i32)(share * n), n - 1)];
}

// The noise in a frame's steps: what changes since the frame before, but hardly more than the flattest blocks have.
// Blocks without any (masked, clipped) do not tell.
static double noiseOf(const StepSums *sums, Work *work) {
  i32 telling = 0;
  for (i32 block = 0; block < BLOCKS; block++) {
    if (sums->frame[block] <= LEAST_NOISE) continue;
    work->values[telling] = (sums->frame[block] + sums->reference[block] - 2 * sums->shared[block]) / 2;
    work->others[telling++] = sums->frame[block];
  }
  return least(quantile(work->values, telling, 0.5), 1.25 * quantile(work->others, telling, 0.1));
}

EXPORT(structure) void structure(const float *R frame, const float *R before, Structure *R own, Work *R work, i32 w,
    i32 h) {
  blockSums(scaleOf(frame, w, h, 0), scaleOf(before, w, h, 0), &work->fine, 0, 0, FINE_ROW_STEP);
  blockSums(scaleOf(frame, w, h, 1), scaleOf(before, w, h, 1), &work->middle, 0, 0, 1);
  blockSums(scaleOf(frame, w, h, 2), scaleOf(before, w, h, 2), &work->coarse, 0, 0, 1);
  own->fineNoise = noiseOf(&work->fine, work);
  own->noise = noiseOf(&work->middle, work);
  for (i32 block = 0; block < BLOCKS; block++) {
    own->fine[block] = work->fine.frame[block];
    own->middle[block] = most(work->middle.frame[block] - own->noise, 0);
    // White noise: each halving leaves a quarter.
    own->coarse[block] = most(work->coarse.frame[block] - own->noise / 4, 0);
  }
}

EXPORT(textured) i32 textured(const Structure *own) {
  i32 count = 0;
  for (i32 block = 0; block < BLOCKS; block++) count += own->middle[block] + own->coarse[block] >= LEAST_STRUCTURE;
  return count;
}

// A frame and what it is compared with.
typedef struct { const float *frame, *picture; const Structure *own, *known; i32 w, h; Work *work; } Pair;

static void compareAt(const Pair p, i32 scale, StepSums *sums, Shift shift, i32 rowStep) {
  blockSums(scaleOf(p.frame, p.w, p.h, scale), scaleOf(p.picture, p.w, p.h, scale), sums, shift.x, shift.y, rowStep);
}

// Which of the textured blocks are seen, with `frame` displaced by pixels of half size; returns how many are not.
static i32 recognise(const Pair p, Shift shift) {
  const StepSums *middle = &p.work->middle, *coarse = &p.work->coarse;
  compareAt(p, 1, &p.work->middle, shift, 1);
  compareAt(p, 2, &p.work->coarse, (Shift){ (shift.x + 1) >> 1, (shift.y + 1) >> 1 }, 1);
  i32 unseen = 0;
  for (i32 block = 0; block < BLOCKS; block++) {
    p.work->seen[block] = NOT_TEXTURED;
    if (p.known->middle[block] + p.known->coarse[block] < LEAST_STRUCTURE) continue;
    const double known = __builtin_sqrt(middle->reference[block] + coarse->reference[block]);
    const double here = __builtin_sqrt(p.own->middle[block] + p.own->coarse[block]);
    const double shared = __builtin_fabs(middle->shared[block] + coarse->shared[block]);
    const i32 seen = shared > known * most(ALIKE * here, CHANCE * __builtin_sqrt(p.own->noise));
    p.work->seen[block] = seen ? SEEN : UNSEEN;
    unseen += !seen;
  }
  return unseen;
}

// Mean correlation of the blocks: every block counts alike, so that one strong edge does not decide.
static double likeness(const StepSums *sums) {
  double sum = 0;
  for (i32 block = 0; block < BLOCKS; block++)
    sum += sums->shared[block] / __builtin_sqrt(sums->frame[block] * sums->reference[block] + LEAST_STRUCTURE);
  return sum;
}

static Shift best(const Pair p, i32 scale, i32 range, Shift around) {
  Shift found = around;
  double highest = -__builtin_inf();
  for (i32 y = around.y - range; y <= around.y + range; y++) {
    for (i32 x = around.x - range; x <= around.x + range; x++) {
      compareAt(p, scale, &p.work->middle, (Shift){ x, y }, 1);
      const double value = likeness(&p.work->middle);
      if (value > highest) { found = (Shift){ x, y }; highest = value; }
    }
  }
  return found;
}

// The displacement within reach at which frame and reference have most in common; in half-size pixels.
static Shift findShift(const Pair p) {
  const Shift rough = best(p, 2, REACH, (Shift){ 0, 0 });
  return best(p, 1, 1, (Shift){ 2 * rough.x, 2 * rough.y });
}

// Two measures of fine detail against coarse; the greater counts. The frame's own is not fooled by shaking (of which no
// more noise is taken than the scene is known to have), but by noise that ends; what the frame shares with the
// reference is not fooled by noise, but by shaking.
static double sharpness(const Pair p, Shift shift, i32 seen) {
  if (seen < LEAST_SHARP_BLOCKS) return 1;
  Work *work = p.work;
  const StepSums *fine = &work->fine, *coarse = &work->coarse;
  compareAt(p, 0, &work->fine, (Shift){ 2 * shift.x, 2 * shift.y }, FINE_ROW_STEP);
  const double noise = least(p.own->fineNoise, 1.25 * p.known->fineNoise);
  i32 owns = 0, shares = 0;
  for (i32 block = 0; block < BLOCKS; block++) {
    if (work->seen[block] != SEEN) continue;
    const double own = __builtin_sqrt((most(p.own->fine[block] - noise, 0) / p.own->coarse[block])
      / ((p.known->fine[block] - p.known->fineNoise) / p.known->coarse[block]));
    const double shared = (fine->shared[block] / fine->reference[block])
      / (coarse->shared[block] / coarse->reference[block]);
    if (__builtin_isfinite(own)) work->values[owns++] = own;
    if (__builtin_isfinite(shared)) work->others[shares++] = shared;
  }
  if (min(owns, shares) < LEAST_SHARP_BLOCKS) return 1;
  return most(quantile(work->values, owns, 0.5), quantile(work->others, shares, 0.5));
}

static void describe(const Pair p, Shift shift, View *view) {
  const StepSums *middle = &p.work->middle;
  i32 seen = 0, unseen = 0, empty = 0;
  double here = 0, known = 0, shared = 0;
  for (i32 block = 0; block < BLOCKS; block++) {
    seen += p.work->seen[block] == SEEN;
    if (p.work->seen[block] != UNSEEN) continue;
    unseen++;
    // At half size only: what is close to the lens is out of focus, its shading coarse.
    empty += p.own->middle[block] < most(most(LEAST_STRUCTURE / 2, EMPTIED * p.known->middle[block]), p.own->noise);
    here += middle->frame[block];
    known += middle->reference[block];
    shared += middle->shared[block];
  }
  const double together = __builtin_sqrt(here * known);
  view->textured = seen + unseen;
  view->unseen = unseen == 0 ? 0 : unseen / view->textured;
  view->empty = unseen == 0 ? 0 : (double)empty / unseen;
  view->trace = together == 0 ? 0 : __builtin_fabs(shared) / together;
  view->sharpness = sharpness(p, shift, seen);
}

EXPORT(view) void view(const float *R frame, const Structure *R own, const float *R picture, const Structure *R known,
    View *R seen, Work *R work, i32 w, i32 h) {
  const Pair pair = { frame, picture, own, known, w, h, work };
  const Shift still = { 0, 0 };
  Shift shift = still;
  const i32 unseen = recognise(pair, still);
  if (unseen > SHAKEN_FROM * textured(known)) {
    shift = findShift(pair);
    if (recognise(pair, shift) >= unseen) {
      shift = still;
      recognise(pair, still);
    }
  }
  describe(pair, shift, seen);
}
