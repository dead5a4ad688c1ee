import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { DeadUpload } from '../../../../contract/uploads-view.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import { useAnswer } from '../../../../ui/use-answer.ts';
import { dayInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import type { Toast } from '../parts/toast.tsx';
import { eventPath } from '../route.ts';
import { server } from '../server.ts';
import { placeInWords, uploadNotes, uploadsInWords } from './upload-words.ts';

const locale = readersLocale(navigator.languages);
const LOOK_EVERY_MS = 5000;

/** How far what is recorded has gone elsewhere, and what could not. */
export function UploadsScreen({ onToast }: { readonly onToast: (toast: Toast) => void }) {
  const { answer: view, error, look } = useAnswer(() => server.uploads(), LOOK_EVERY_MS);
  const [busy, setBusy] = useState(false);
  const again = async (event?: string): Promise<void> => {
    setBusy(true);
    try {
      const { redriven } = await server.redriveUploads(event);
      onToast({ tone: 'good', text: `${redriven} tried again.` });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
    setBusy(false);
    look();
  };
  const status = view?.status ?? null;
  return (
    <article class="detail" aria-label="Uploads">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={() => navigate('/')}><Icon name="left" />Live</button>
      </nav>
      <header class="detail-head">
        <h2>Uploads</h2>
        <p>
          {view === undefined ? '' : status === null ? 'The uploader has not reported yet.' : uploadsInWords(status)}
        </p>
        {status === null || status.to === '' ? null : <p>{placeInWords(status)}</p>}
        {status === null ? null : uploadNotes(status).map((note) => <p key={note}>{note}</p>)}
      </header>
      <p class="error places-error" role="alert">{error}</p>
      {status === null || status.refusals.length === 0 ? null : (
        <>
          <p>These wait for a reason of their own, and are tried again by themselves.</p>
          <ul class="people">
            {status.refusals.map((refusal) => <li key={refusal.event} class="card">
              <EventWords event={refusal.event}>
                {refusal.code} · tried again {timeInWords(refusal.retry_at, locale)}
              </EventWords>
              <p class="output-problem">{refusal.reason}</p>
            </li>)}
          </ul>
        </>
      )}
      {view === undefined || view.dead.length === 0 ? null : (
        <>
          <p>
            These could not be uploaded, for a reason that does not pass by itself. They stay here until they are tried again.
          </p>
          <p><button type="button" class="plain" disabled={busy} onClick={() => void again()}>Try all again</button></p>
          <ul class="people">
            {view.dead.map((dead) => <li key={dead.event} class="card">
              <DeadCard dead={dead} busy={busy} onAgain={() => void again(dead.event)} />
            </li>)}
          </ul>
        </>
      )}
    </article>
  );
}

function DeadCard({
  dead: { event, code, reason, time }, busy, onAgain,
}: { readonly dead: DeadUpload; readonly busy: boolean; readonly onAgain: () => void }) {
  return (
    <>
      <EventWords event={event}>{code} · put aside {momentInWords(time)}</EventWords>
      <button
        type="button" class="plain" disabled={busy} onClick={onAgain}
        aria-label={`Try the upload of ${momentOf(event)} again`}
      >
        Try again
      </button>
      <p class="output-problem">{reason}</p>
    </>
  );
}

/** Which event, with the way to it, and what is said of it. */
function EventWords({ event, children }: { readonly event: string; readonly children: ComponentChildren }) {
  const place = eventPath(event);
  return (
    <span class="key-words output-words">
      <strong>
        <a href={place} onClick={(click) => { click.preventDefault(); navigate(place); }}>{momentOf(event)}</a>
      </strong>
      <span>{children}</span>
    </span>
  );
}

/** @param time - Unix seconds. */
const momentInWords = (time: number): string => `${dayInWords(time, new Date(), locale)}, ${timeInWords(time, locale)}`;

/** When the event began: its id says so. */
const momentOf = (event: string): string => momentInWords(Number.parseFloat(event));
