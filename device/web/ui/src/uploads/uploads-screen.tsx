import { useEffect, useState } from 'preact/hooks';
import type { DeadUpload, UploadsView } from '../../../../contract/uploads-view.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import { dayInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import type { Toast } from '../parts/toast.tsx';
import { eventPath } from '../route.ts';
import { server } from '../server.ts';
import { uploadNotes, uploadsInWords } from './upload-words.ts';

const locale = readersLocale(navigator.languages);
const LOOK_EVERY_MS = 5000;

/** How far what is recorded has gone elsewhere, and what could not. */
export function UploadsScreen({ onToast }: { readonly onToast: (toast: Toast) => void }) {
  const [view, setView] = useState<UploadsView | undefined>(undefined);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const load = (): void => {
    server.uploads().then((next) => { setView(next); setError(''); }, (refused: unknown) => setError(inWords(refused)));
  };
  useEffect(() => {
    load();
    const timer = setInterval(load, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const again = async (event?: string): Promise<void> => {
    setBusy(true);
    try {
      const { redriven } = await server.redriveUploads(event);
      onToast({ tone: 'good', text: `${redriven} tried again.` });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
    setBusy(false);
    load();
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
        {status === null ? null : uploadNotes(status).map((note) => <p key={note}>{note}</p>)}
      </header>
      <p class="error places-error" role="alert">{error}</p>
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
  const began = Number.parseFloat(event);
  const moment = `${dayInWords(began, new Date(), locale)}, ${timeInWords(began, locale)}`;
  return (
    <>
      <span class="key-words output-words">
        <strong><a href={eventPath(event)} onClick={(click) => { click.preventDefault(); navigate(eventPath(event)); }}>
          {moment}
        </a></strong>
        <span>{code} · put aside {dayInWords(time, new Date(), locale)}, {timeInWords(time, locale)}</span>
      </span>
      <button
        type="button" class="plain" disabled={busy} onClick={onAgain} aria-label={`Try the upload of ${moment} again`}
      >
        Try again
      </button>
      <p class="output-problem">{reason}</p>
    </>
  );
}
