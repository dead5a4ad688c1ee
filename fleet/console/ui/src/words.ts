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

/** `812 bytes`, `2.1 MB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const [unit, size] = bytes < 1e6 ? ['kB', 1e3] as const : bytes < 1e9 ? ['MB', 1e6] as const : ['GB', 1e9] as const;
  return `${(bytes / size).toFixed(bytes / size < 10 ? 1 : 0)} ${unit}`;
}

/** `damaged picture: 12 % of it is missing or made up`. Never 0 %: something is wrong with it. */
export const damageInWords = ({ decoded_share: sound }: ClipDamage): string =>
  `damaged picture: ${Math.max(1, Math.round((1 - sound) * 100))} % of it is missing or made up`;
