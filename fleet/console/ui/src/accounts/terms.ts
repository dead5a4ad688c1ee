/** Quotas as people type them. */
export interface QuotaUnit {
  readonly name: 'GB' | 'GiB';
  readonly base: 1000 | 1024;
}

const GB: QuotaUnit = { name: 'GB', base: 1000 };
const GIB: QuotaUnit = { name: 'GiB', base: 1024 };
/** What is typed here has no finer steps. */
const STEP = 1e7;

/** Of a quota that was given elsewhere as `100G`, powers of 1024, it is shown as that; of any other, gigabytes. */
export const unitOf = (bytes: number | null): QuotaUnit =>
  (bytes !== null && bytes % 1024 ** 2 === 0 && bytes % STEP !== 0 ? GIB : GB);

/** So many of `unit`, or nothing for none; undefined for what is no number. */
export function quotaOf(typed: string, unit = GB): number | null | undefined {
  const text = typed.trim().replace(',', '.');
  if (text === '') return null;
  const bytes = Math.round(Number(text) * unit.base ** 3);
  return Number.isSafeInteger(bytes) && bytes >= 1e6 ? bytes : undefined;
}

export const quotaText = (bytes: number | null): string =>
  (bytes === null ? '' : String(Math.round(bytes / unitOf(bytes).base ** 3 * 100) / 100));

/** Days, or nothing for ever; undefined for what is none. */
export function daysOf(typed: string): number | null | undefined {
  const text = typed.trim();
  if (text === '') return null;
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 36_500 ? Number(text) : undefined;
}
