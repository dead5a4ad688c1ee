import { useEffect, useState } from 'preact/hooks';
import type { LedgerEntry, LedgerView, StateView } from '../../../../contract/device-api.ts';
import { dayInWords, durationInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import { server } from '../server.ts';

const locale = readersLocale(navigator.languages);
const LOOK_EVERY_MS = 60_000;
/** A camera that connects takes some seconds: told to who asks, but nothing to worry about. */
const BRIEF_S = 10;

/** Whether anything of the last day is missing, and why; and what of the disk needs a person. */
export function LedgerLine({ state }: { readonly state: StateView | null }) {
  const [ledger, setLedger] = useState<LedgerView | undefined>(undefined);
  useEffect(() => {
    const look = (): void => void server.ledger().then(setLedger, () => setLedger(undefined));
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const lost = ledger?.entries.filter((entry) => entry.state === 'lost') ?? [];
  const alarms = state?.storage?.alarms ?? [];
  return (
    <div class="ledger">
      {alarms.map(({ code, message }) => <p key={code} class="ledger-alarm" role="alert">Storage: {message}.</p>)}
      {ledger === undefined ? null : lost.length === 0
        ? <p class="ledger-well">No gaps in the last 24 h</p>
        : <Gaps lost={lost} seconds={ledger.seconds.lost} />}
    </div>
  );
}

function Gaps({ lost, seconds }: { readonly lost: readonly LedgerEntry[]; readonly seconds: number }) {
  const isBrief = lost.every(({ from, to }) => to - from < BRIEF_S);
  return (
    <details class={isBrief ? 'ledger-gaps brief' : 'ledger-gaps'}>
      <summary>{isBrief
        ? `No gap over ${BRIEF_S} s in the last 24 h`
        : `${durationInWords(seconds)} of the last 24 h not recorded`}</summary>
      <ul>
        {lost.toReversed().slice(0, 50).map(({ from, to, reason }) => (
          <li key={from}>
            <span>{dayInWords(from, new Date(), locale)}, {timeInWords(
              from, locale,
            )}, {durationInWords(to - from)}</span>
            <span class="ledger-reason">{reason}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
