/** @returns `0.6` for `60%`: how a share that was written in percent is to be written; undefined for other text. */
export function ratioMeant(text: string): string | undefined {
  const [, percent] = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text) ?? [];
  return percent === undefined ? undefined : String(Number((Number(percent) / 100).toFixed(6)));
}
