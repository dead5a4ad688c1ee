import { useState } from 'preact/hooks';
import type { RequestTrailView, RequestView } from '../../../../../device/contract/fleet-api.ts';
import { Icon, type IconName } from '../../../../../device/ui/parts/icon.tsx';
import { Older } from '../../../../../device/ui/parts/older.tsx';
import { OwlScene } from '../../../../../device/ui/parts/owl.tsx';
import { inWords } from '../../../../../device/ui/server.ts';
import { dayInWords, readersLocale, timeInWords } from '../../../../../device/ui/words.ts';
import { Link } from '../parts/link.tsx';
import { eventPath } from '../route.ts';
import { server } from '../server.ts';
import type { Pages } from '../use-pages.ts';
import { agoInWords } from '../words.ts';
import { Progress } from './progress.tsx';
import { isOpen, spanInWords, stateInWords, STATE_WORDS, whoInWords } from './request-words.ts';

const locale = readersLocale(navigator.languages);
/** Of the recordings that came for a time; more stand in the list of events. */
const MOST_LINKS = 6;

/** What was asked of devices: by whom, when, and what became of it. */
export function RequestList({ pages, now }: { readonly pages: Pages<RequestView>; readonly now: number }) {
  if (pages.rows.length === 0) return <NoneAsked pages={pages} />;
  return (
    <section class="requests" aria-labelledby="requests-title">
      <h2 id="requests-title">Requests for footage</h2>
      <ul>
        {pages.rows.map((row) => <Request key={row.id} row={row} now={now} onChanged={pages.again} />)}
      </ul>
      {pages.more ? <Older status={pages.status} onLoad={pages.loadOlder} /> : null}
    </section>
  );
}

const SIGNS: Readonly<Record<RequestView['state'], IconName>> = {
  asked: 'up', accepted: 'download', sending: 'download', done: 'check', refused: 'refused',
  expired: 'off', withdrawn: 'off',
};

function Request({
  row, now, onChanged,
}: { readonly row: RequestView; readonly now: number; readonly onChanged: () => void }) {
  const [error, setError] = useState('');
  const takeBack = (): void => {
    server.withdraw(row.id).then(onChanged, (refused: unknown) => setError(inWords(refused)));
  };
  return (
    <li class="request" data-state={row.state}>
      <span class="request-sign"><Icon name={SIGNS[row.state]} /></span>
      <div class="request-words">
        <p class="request-head">
          <strong>{row.device}</strong>
          <span class="request-state">{STATE_WORDS[row.state]}</span>
        </p>
        <p><Wanted row={row} /></p>
        <p class="request-told">{stateInWords(row)}</p>
        <Progress request={row} />
        {row.event === null && row.state === 'done' ? <Recordings row={row} /> : null}
        <p class="error" role="alert">{error}</p>
        <div class="request-foot">
          <Trail row={row} now={now} />
          {isOpen(row) ? <button type="button" class="plain" onClick={takeBack}>Take back</button> : null}
        </div>
      </div>
    </li>
  );
}

/** An id begins with the time of its event. */
const momentOf = (event: string): string => {
  const at = Number.parseFloat(event);
  return `${dayInWords(at, new Date(), locale)}, ${timeInWords(at, locale)}`;
};

function Wanted({ row }: { readonly row: RequestView }) {
  if (row.event !== null)
    return <Link to={eventPath({ device: row.device, id: row.event }, {})}>
      {`Event: ${momentOf(row.event)}`}
    </Link>;
  return <>{spanInWords(row.from ?? 0, row.to ?? 0, new Date(), locale)}</>;
}

function Recordings({ row }: { readonly row: RequestView }) {
  const more = row.events.length - MOST_LINKS;
  return (
    <ul class="request-recordings">
      {row.events.slice(0, MOST_LINKS).map((id) => (
        <li key={id}><Link to={eventPath({ device: row.device, id }, {})}>
          {timeInWords(Number.parseFloat(id), locale)}
        </Link></li>
      ))}
      {more > 0 ? <li>{`and ${more} more`}</li> : null}
    </ul>
  );
}

/** Who asked and when; opened, everything that ever happened to it. */
function Trail({ row, now }: { readonly row: RequestView; readonly now: number }) {
  const [lines, setLines] = useState<RequestTrailView['trail'] | undefined>(undefined);
  const load = (open: boolean): void => {
    if (open) server.request(row.id).then(({ trail }) => setLines(trail), () => setLines([]));
  };
  return (
    <details onToggle={({ currentTarget }) => load(currentTarget.open)}>
      <summary>{`Asked by ${whoInWords(row.who)} ${agoInWords(row.asked_at, now)}`}</summary>
      <dl>
        {(lines ?? []).map(({ at, who, what, detail }) => [
          <dt key={`${at} ${what}`}>{`${dayInWords(at, new Date(), locale)}, ${timeInWords(at, locale)}`}</dt>,
          <dd key={`${at} ${what} words`}>
            {`${TRAIL_WORDS[what] ?? what} (${whoInWords(who)})${detail === '' ? '' : `: ${detail}`}`}
          </dd>,
        ])}
      </dl>
    </details>
  );
}

const TRAIL_WORDS: Readonly<Record<string, string>> = {
  ...STATE_WORDS, put: 'laid out for the device', removed: 'removed from the landing',
};

const EXPLANATION =
  'A device may keep its clips and send only pictures. Open an event and press "Get the clip", or choose a device and ask it for a time: '
    +
    'what was asked, and what became of it, stands here.';

function NoneAsked({ pages }: { readonly pages: Pages<RequestView> }) {
  if (pages.status === 'loading') return <output class="empty">Loading…</output>;
  const isFailed = pages.status === 'failed';
  return (
    <div class="empty">
      <OwlScene asleep={!isFailed} />
      <strong>{isFailed ? 'The list could not be loaded' : 'Nothing was asked for'}</strong>
      <p>{isFailed ? pages.error : EXPLANATION}</p>
      {isFailed ? <button type="button" class="plain" onClick={pages.again}>Try again</button> : null}
    </div>
  );
}
