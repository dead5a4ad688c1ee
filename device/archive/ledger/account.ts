/** Every second of a span, once, with what became of it. Pure. */
import type { LedgerEntry, LedgerState, LedgerView } from '../../contract/device-api.ts';

/** What is known of a stretch of time, in Unix milliseconds. */
export interface Fact {
  readonly from: number;
  readonly to: number;
  readonly state: LedgerState;
  readonly reason: string;
}

/** The same second may be told of by several: the first of these counts. */
const RANK: readonly LedgerState[] = ['uploaded', 'recorded', 'deleted', 'lost', 'off', 'watched', 'unknown'];

/** More are not told at once. */
const MOST_ENTRIES = 2000;

/** @param span - Unix milliseconds. */
export function account(facts: readonly Fact[], span: { readonly from: number; readonly to: number }): LedgerView {
  const inside = facts.map((fact) =>
    ({ ...fact, from: Math.max(fact.from, span.from), to: Math.min(fact.to, span.to) }))
    .filter(({ from, to }) => to > from);
  const all = joined(swept(inside, span));
  const entries = all.slice(0, MOST_ENTRIES);
  const to = entries.at(-1)?.to ?? span.to;
  return {
    from: span.from / 1000, to: to / 1000, next: all.length > entries.length ? to / 1000 : null,
    seconds: Object.fromEntries(RANK.map((state) => [state, secondsOf(entries, state)])) as LedgerView['seconds'],
    entries: entries.map(({ from, to: end, state, reason }): LedgerEntry =>
      ({ from: from / 1000, to: end / 1000, state, reason })),
  };
}

function* swept(facts: readonly Fact[], { from, to }: { readonly from: number; readonly to: number }): Generator<Fact> {
  const begins = facts.toSorted((a, b) => a.from - b.from);
  const cuts = [...new Set([from, to, ...facts.flatMap((fact) => [fact.from, fact.to])])].sort((a, b) => a - b);
  let open: Fact[] = [];
  let taken = 0;
  for (let index = 0; index + 1 < cuts.length; index++) {
    const [at = 0, until = 0] = [cuts[index], cuts[index + 1]];
    open = open.filter((fact) => fact.to > at);
    for (let next = begins[taken]; next !== undefined && next.from <= at; next = begins[++taken]) open.push(next);
    const best = open.reduce<Fact | undefined>(
      (chosen, fact) => (chosen === undefined || rank(fact) < rank(chosen) ? fact : chosen), undefined,
    );
    yield { from: at, to: until, state: best?.state ?? 'unknown', reason: best?.reason ?? '' };
  }
}

function joined(facts: Iterable<Fact>): Fact[] {
  const all: Fact[] = [];
  for (const fact of facts) {
    const last = all.at(-1);
    if (last?.state === fact.state && last.reason === fact.reason) all[all.length - 1] = { ...last, to: fact.to };
    else all.push(fact);
  }
  return all;
}

const rank = ({ state }: Fact): number => RANK.indexOf(state);

const secondsOf = (entries: readonly Fact[], state: LedgerState): number =>
  entries.reduce((sum, entry) => (entry.state === state ? sum + entry.to - entry.from : sum), 0) / 1000;
