/** Days as whoever looks at the page counts them: pure. */

/** Whether a text is a day: `2026-11-21`. */
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** Unix seconds from the beginning of the day to that of the next, where the page is looked at. */
export function spanOf(day: string): { readonly from: number; readonly to: number } {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return {
    from: new Date(year, month - 1, date).getTime() / 1000, to: new Date(year, month - 1, date + 1).getTime() / 1000,
  };
}

/** The day that a moment lies in, where the page is looked at: `2026-11-21`. */
export function dayOf(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'))
    .join('-');
}

/** `21 November 2026`, in the habit of `locale`. */
export const dateInWords = (day: string, locale: string): string =>
  new Date(spanOf(day).from * 1000).toLocaleDateString(locale, { day: 'numeric', month: 'long', year: 'numeric' });
