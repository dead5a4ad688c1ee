import { useState } from 'preact/hooks';
import type { OutputView } from '../../../../contract/outputs-view.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import { useAnswer } from '../../../../ui/use-answer.ts';
import { dayInWords, readersLocale, timeInWords } from '../../../../ui/words.ts';
import type { Toast } from '../parts/toast.tsx';
import { server } from '../server.ts';
import { countsInWords, deliveryInWords } from './output-words.ts';

const locale = readersLocale(navigator.languages);
const LOOK_EVERY_MS = 5000;

/** Whom the device tells of events, and whether they hear it. */
export function OutputsScreen({ onToast }: { readonly onToast: (toast: Toast) => void }) {
  const { answer, error, look } = useAnswer(() => server.outputs(), LOOK_EVERY_MS);
  const outputs = answer?.outputs;
  return (
    <article class="detail" aria-label="Outputs">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={() => navigate('/')}><Icon name="left" />Live</button>
      </nav>
      <header class="detail-head">
        <h2>Outputs</h2>
        <p>Whom this device tells of events: phones, servers, programs, wires. They are set up in the setting <code>
          outputs
        </code>.</p>
      </header>
      <p class="error places-error" role="alert">{error}</p>
      {outputs?.length === 0 ? <p class="detail-missing">There are none: nobody is told.</p> : null}
      <ul class="people">
        {outputs?.map((output) =>
          <li key={output.name} class="card"><OutputCard output={output} onToast={onToast} onChanged={look} /></li>)}
      </ul>
    </article>
  );
}

interface CardProps {
  readonly output: OutputView;
  readonly onToast: (toast: Toast) => void;
  readonly onChanged: () => void;
}

function OutputCard({ output: { name, type, counts, problem, last }, onToast, onChanged }: CardProps) {
  const [busy, setBusy] = useState(false);
  const does = async (work: () => Promise<Toast>): Promise<void> => {
    setBusy(true);
    try {
      onToast(await work());
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
    setBusy(false);
    onChanged();
  };
  const test = () => does(async () => {
    const { ok, result } = await server.testOutput(name);
    return { tone: ok ? 'good' : 'bad', text: `${name}: ${result}` };
  });
  const again = () => does(async () => {
    const { redriven } = await server.redriveOutput(name);
    return { tone: 'good', text: `${redriven} tried again.` };
  });
  const day = (time: number): string => dayInWords(time, new Date(), locale);
  const when = (time: number): string =>
    (day(time) === 'Today' ? timeInWords(time, locale) : `${day(time)}, ${timeInWords(time, locale)}`);
  return (
    <>
      <span class="key-words output-words"><strong>{name}</strong><span>{type} · {countsInWords(counts)}</span></span>
      {counts.dead === 0 ? null : <button type="button" class="plain" disabled={busy} onClick={() =>
        void again()} aria-label={`Try again what ${name} refused`}>Try again</button>}
      <button type="button" class="plain" disabled={busy} onClick={() => void test()} aria-label={`Test ${name}`}>
        <Icon name="play" />
        Test
      </button>
      {problem === null ? null
        : <p class="output-problem">Does not work since {when(problem.since)}: {problem.message}</p>}
      {last.length === 0 ? null : (
        <details class="output-log">
          <summary>Latest deliveries</summary>
          <ul>
            {last.map((delivery) =>
              <li key={`${delivery.event} ${delivery.phase}`}>{when(delivery.time)}: {deliveryInWords(delivery)}</li>)}
          </ul>
        </details>
      )}
    </>
  );
}
