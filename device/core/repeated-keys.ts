/** Keys that stand twice in an object of a JSON text, where a parser silently takes the last. Pure. */

export interface RepeatedKey {
  /** Where in the document: `motion.sensitivity`; of what stands in a list, the number: `zones.0.name`. */
  readonly path: string;
  /** Lines from 1: of the first, and of each that follows. */
  readonly lines: readonly number[];
}

interface Open {
  /** Undefined in a list. */
  readonly keys: Map<string, number[]> | undefined;
  readonly path: string;
  /** The key, or the number, of what comes now. */
  at: string;
  isKeyNext: boolean;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:\n]/g;

/** @param text - Sound JSON. */
export function repeatedKeys(text: string): readonly RepeatedKey[] {
  const found: RepeatedKey[] = [];
  const stack: Open[] = [];
  let line = 1;
  for (const [token] of text.matchAll(TOKEN)) {
    const open = stack.at(-1);
    if (token === '\n') line++;
    else if (token === '{' || token === '[') stack.push(begun(token === '{', open));
    else if (token === '}' || token === ']') found.push(...repeatedIn(stack.pop()));
    else if (token === ',' && open !== undefined) goOn(open);
    else if (token.startsWith('"') && open?.isKeyNext === true) takeKey(open, String(JSON.parse(token)), line);
  }
  return found;
}

function begun(isObject: boolean, around: Open | undefined): Open {
  const path = around === undefined ? '' : `${around.path}${around.at}.`;
  return isObject ? { keys: new Map(), path, at: '', isKeyNext: true }
    : { keys: undefined, path, at: '0', isKeyNext: false };
}

function goOn(open: Open): void {
  if (open.keys === undefined) open.at = String(Number(open.at) + 1);
  else open.isKeyNext = true;
}

function takeKey(open: Open, key: string, line: number): void {
  open.keys?.set(key, [...open.keys.get(key) ?? [], line]);
  open.at = key;
  open.isKeyNext = false;
}

function repeatedIn(closed: Open | undefined): readonly RepeatedKey[] {
  const repeated = [...closed?.keys ?? []].filter(([, lines]) => lines.length > 1);
  return repeated.map(([key, lines]) => ({ path: `${closed?.path ?? ''}${key}`, lines }));
}
