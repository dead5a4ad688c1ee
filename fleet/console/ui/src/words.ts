/** Ages, sizes and damage in words: pure. */
import type { ClipDamage } from '../../../../device/contract/clip-damage.ts';

/** How long ago: `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function agoInWords(unixSeconds: number, nowSeconds: number): string {
  const minutes = Math.floor(Math.max(0, nowSeconds - unixSeconds) / 60);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} days ago`;
}

/** `812 bytes`, `2.1 MB`; in powers of 1024 `2.0 MiB`. */
export function sizeInWords(bytes: number, base: 1000 | 1024 = 1000): string {
  if (bytes < base) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const power = bytes < base ** 2 ? 1 : bytes < base ** 3 ? 2 : 3;
  const size = bytes / base ** power;
  return `${size.toFixed(size < 10 ? 1 : 0)} ${UNITS[base][power - 1]}`;
}

const UNITS = { 1000: ['kB', 'MB', 'GB'], 1024: ['KiB', 'MiB', 'GiB'] } as const;

/** `damaged picture: 12 % of it is missing or made up`. Never 0 %: something is wrong with it. */
export const damageInWords = ({ decoded_share: sound }: ClipDamage): string =>
  `damaged picture: ${Math.max(1, Math.round((1 - sound) * 100))} % of it is missing or made up`;
