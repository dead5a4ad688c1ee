/** What was probably meant by a name that is none, for a slip of the pen. */

/** @returns The one of `names` that is spelt most like `wanted`; undefined when none is alike. */
export function nearName(wanted: string, names: readonly string[]): string | undefined {
  const most = wanted.length > 4 ? 2 : wanted.length > 2 ? 1 : 0;
  const near = names.map((name) => ({ name, off: differences(name, wanted) })).filter(({ off }) => off <= most);
  return near.toSorted((a, b) => a.off - b.off)[0]?.name;
}

/** Levenshtein's distance. */
function differences(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
