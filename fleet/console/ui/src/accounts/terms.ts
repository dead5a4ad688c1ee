/** Quotas as people type them. */
const GB = 1e9;

/** Gigabytes, or nothing for none; undefined for what is no number. */
export function quotaOf(typed: string): number | null | undefined {
  const text = typed.trim().replace(',', '.');
  if (text === '') return null;
  const bytes = Math.round(Number(text) * GB);
  return Number.isSafeInteger(bytes) && bytes >= 1e6 ? bytes : undefined;
}

export const quotaText = (bytes: number | null): string =>
  (bytes === null ? '' : String(Math.round(bytes / GB * 100) / 100));

/** Days, or nothing for ever; undefined for what is none. */
export function daysOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 36_500 ? Number(text) : undefined;
}
