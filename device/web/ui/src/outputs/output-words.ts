import type { DeliveryView, OutputCounts } from '../../../../contract/outputs-view.ts';

/** `3 waiting, 41 told, 2 refused`: what there is of it; `nothing told yet` when there is nothing. */
export function countsInWords({ waiting, delivered, dead, throttled, quiet, stale, overflow }: OutputCounts): string {
  const parts = [
    [waiting, 'waiting'], [delivered, 'told'], [dead, 'refused'],
    [throttled, 'held back as too many'], [quiet, 'in quiet hours'],
    [stale + overflow, 'given up'],
  ] as const;
  return parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`).join(', ')
    || 'nothing told yet';
}

const DROPPED: Readonly<Record<string, string>> = {
  throttled: 'held back as too many', quiet: 'in quiet hours',
  stale: 'too old by then', overflow: 'too many were waiting',
};

/** `beginning told in 40 ms: answered with 204`. */
export function deliveryInWords({ phase, state, attempts, ms, result }: DeliveryView): string {
  const what = phase === 'end' ? 'end' : 'beginning';
  if (state === 'dropped') return `${what} not told, ${DROPPED[result] ?? result}`;
  if (state === 'delivered') return `${what} told in ${ms ?? 0} ms: ${result}`;
  return `${what} ${state === 'dead' ? 'refused' : 'failed'} (attempt ${attempts}): ${result}`;
}
