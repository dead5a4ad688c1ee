// What the sources of motion-kernel.wasm share. No libc, no globals, no stack arrays: every buffer is the caller's.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define R restrict
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef int16_t i16;
typedef int32_t i32;

static inline i32 min(i32 a, i32 b) { return a < b ? a : b; }
static inline i32 max(i32 a, i32 b) { return a > b ? a : b; }
static inline i32 clamp(i32 v, i32 low, i32 high) { return v < low ? low : v > high ? high : v; }
static inline i32 distance(i32 a, i32 b) { return a > b ? a - b : b - a; }
