import type { RejectedView } from '../../../../../device/contract/fleet-api.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { Older } from '../../../../../device/ui/parts/older.tsx';
import { OwlScene } from '../../../../../device/ui/parts/owl.tsx';
import type { Pages } from '../use-pages.ts';
import { agoInWords, sizeInWords } from '../words.ts';

/** What ingest would not take, and why. */
export function RejectedList({ pages, now }: { readonly pages: Pages<RejectedView>; readonly now: number }) {
  if (pages.rows.length === 0) return <NoneRejected pages={pages} />;
  return (
    <section class="rejections" aria-labelledby="rejected-title">
      <h2 id="rejected-title">Rejected uploads</h2>
      <p class="lead">
        Each of these was found unsound and is shown nowhere. The files are kept in the quarantine, with the reason
        beside them.
      </p>
      <ul>
        {pages.rows.map((row) => (
          <Rejection key={row.key} row={row} now={now} />
        ))}
      </ul>
      {pages.more ? <Older status={pages.status} onLoad={pages.loadOlder} /> : null}
    </section>
  );
}

function Rejection({ row, now }: { readonly row: RejectedView; readonly now: number }) {
  const lost = row.objects.filter(({ kept }) => !kept).length;
  return (
    <li class="rejection">
      <span class="rejection-sign">
        <Icon name="refused" />
      </span>
      <div class="rejection-words">
        <p class="rejection-head">
          <strong>{row.device === '' ? 'Unknown device' : row.device}</strong>
          <time dateTime={new Date(row.rejected_at * 1000).toISOString()}>{agoInWords(row.rejected_at, now)}</time>
        </p>
        <p>{capitalised(row.reason.message)}.</p>
        <details>
          <summary>
            <code>{row.reason.code}</code>
          </summary>
          <dl>
            <dt>Landing</dt>
            <dd>
              <code>{row.key}</code>
            </dd>
            <dt>Quarantine</dt>
            <dd>
              <code>{row.folder}</code>
            </dd>
            <dt>Files</dt>
            <dd>
              {row.objects.length === 0 ? 'none' : row.objects.map(({ bytes }) => sizeInWords(bytes)).join(', ')}
              {lost === 0 ? '' : `; ${lost} too large to be kept`}
            </dd>
          </dl>
        </details>
      </div>
    </li>
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const EXPLANATION =
  'Every upload is checked before it is shown: is it really a video, all of it, and what the device announced? ' +
  'What fails stands here, with the reason.';

function NoneRejected({ pages }: { readonly pages: Pages<RejectedView> }) {
  if (pages.status === 'loading') return <output class="empty">Loading…</output>;
  return (
    <div class="empty">
      <OwlScene asleep={pages.status === 'ready'} />
      <strong>{pages.status === 'failed' ? 'The list could not be loaded' : 'Nothing was rejected'}</strong>
      <p>
        {pages.status === 'failed'
          ? pages.error
          : EXPLANATION}
      </p>
      {pages.status === 'failed' ? (
        <button type="button" class="plain" onClick={pages.again}>
          Try again
        </button>
      ) : null}
    </div>
  );
}
