import { useEffect, useState } from 'preact/hooks';
import type { LedgerEntry, LedgerView, StateView } from '../../../../contract/device-api.ts';
import { dayInWords, durationInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import { server } from '../server.ts';

const locale = readersLocale(navigator.languages);
const LOOK_EVERY_MS = 60_000;
/** What has changed stands in the ledger within seconds. */
const SOON_MS = 5000;
/** A camera that connects takes some seconds: told to who asks, but nothing to worry about. */
const BRIEF_S = 10;

interface Looked {
  readonly ledger: LedgerView;
  /** Whether all could be recorded when it was asked for. */
  readonly wasWell: boolean;
}

export interface LedgerLineProps {
  readonly state: StateView | null;
  /** Whether the device can be reached. */
  readonly connected: boolean;
}

/** Whether anything of the last day is missing, and why; and what of the disk needs a person. */
export function LedgerLine({ state, connected }: LedgerLineProps) {
  const [looked, setLooked] = useState<Looked | undefined>(undefined);
  // While the camera is away, or nothing can be recorded, nobody may say that nothing is missing.
  const isWell = connected && state?.camera?.state === 'online' && state.camera.loss === null;
  useEffect(() => {
    const look = (): void => void server.ledger()
      .then((ledger) => setLooked({ ledger, wasWell: isWell }), () => setLooked(undefined));
    look();
    const timers = [setTimeout(look, SOON_MS), setInterval(look, LOOK_EVERY_MS)];
    return () => timers.forEach(clearTimeout);
  }, [isWell]);
  const ledger = looked?.ledger;
  const lost = ledger?.entries.filter((entry) => entry.state === 'lost') ?? [];
  const alarms = state?.storage?.alarms ?? [];
  return (
    <div class="ledger">
      {alarms.map(({ code, message }) => <p key={code} class="ledger-alarm" role="alert">Storage: {message}.</p>)}
      {ledger === undefined || ((!isWell || looked?.wasWell === false) && isBrief(lost)) ? null : lost.length === 0
        ? <p class="ledger-well">No gaps in the last 24 h</p>
        : <Gaps lost={lost} seconds={ledger.seconds.lost} />}
    </div>
  );
}

const isBrief = (lost: readonly LedgerEntry[]): boolean => lost.every(({ from, to }) => to - from < BRIEF_S);

function Gaps({ lost, seconds }: { readonly lost: readonly LedgerEntry[]; readonly seconds: number }) {
  return (
    <details class={isBrief(lost) ? 'ledger-gaps brief' : 'ledger-gaps'}>
      <summary>{isBrief(lost)
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
