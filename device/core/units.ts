/** Units as types: a number that went through its constructor cannot be mistaken for one of another unit. */

declare const unit: unique symbol;

/** A duration, or a point on a clock, in milliseconds. Wall-clock points count from the Unix epoch. */
export type Millis = number & { readonly [unit]: 'ms' };
/** A share from 0 to 1. */
export type Ratio = number & { readonly [unit]: 'ratio' };
/** A size in bytes. */
export type Bytes = number & { readonly [unit]: 'bytes' };

export const millis = (value: number): Millis => value as Millis;
export const seconds = (value: number): Millis => (value * 1000) as Millis;
export const minutes = (value: number): Millis => (value * 60_000) as Millis;
export const hours = (value: number): Millis => (value * 3_600_000) as Millis;
export const bytes = (value: number): Bytes => value as Bytes;
export const mebibytes = (value: number): Bytes => (value * 1024 * 1024) as Bytes;

/** @throws {RangeError} When `value` is not from 0 to 1. */
export function ratio(value: number): Ratio {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a ratio is from 0 to 1, got ${value}`);
  return value as Ratio;
}

/** A duration as a number of seconds, for wires and files that speak seconds. */
export const inSeconds = (duration: Millis): number => duration / 1000;
