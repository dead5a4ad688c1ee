import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { navigate } from '../../../../../device/ui/navigation.ts';
import { inWords } from '../../../../../device/ui/server.ts';
import { durationInWords } from '../../../../../device/ui/words.ts';
import { REQUESTS_PATH } from '../route.ts';
import { server } from '../server.ts';

const USUALLY_S = 15 * 60;
const LONGEST_S = 86_400;

/** A dialog: footage of one device, from one moment to another, by the clock of who reads this. */
export function AskFootage({
  device, now, onClose,
}: { readonly device: string; /** Unix seconds. */ readonly now: number; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [from, setFrom] = useState(() => asInput(now - USUALLY_S));
  const [to, setTo] = useState(() => asInput(now));
  const [error, setError] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const span = { from: inSeconds(from), to: inSeconds(to) };
  const fault = faultOf(span, now);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await server.ask(device, span);
      navigate(REQUESTS_PATH);
      onClose();
    } catch (refused) {
      setError(inWords(refused));
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="ask-title" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} onInput={() => setError('')}>
        <h2 id="ask-title">Ask {device} for footage</h2>
        <p class="lead">Everything that it recorded then and still has, continuous recording included.</p>
        <div class="ask-times">
          <Moment label="From" value={from} onValue={setFrom} />
          <Moment label="To" value={to} onValue={setTo} />
        </div>
        <p class={error === '' && fault === '' ? 'hint' : 'error'} role="alert">
          {error || fault || `${durationInWords(span.to - span.from)}. It comes as the device's upload rules allow.`}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>Cancel</button>
          <button type="submit" class="primary" disabled={fault !== ''}>Ask for it</button>
        </div>
      </form>
    </dialog>
  );
}

function Moment({
  label, value, onValue,
}: { readonly label: string; readonly value: string; readonly onValue: (value: string) => void }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <input id={id} type="datetime-local" required value={value} onInput={(event) =>
          onValue(event.currentTarget.value)} />
      </div>
    </div>
  );
}

function faultOf({ from, to }: { readonly from: number; readonly to: number }, now: number): string {
  if (Number.isNaN(from) || Number.isNaN(to)) return 'Choose both times.';
  if (from >= to) return 'The end must come after the beginning.';
  if (to - from > LONGEST_S) return 'A day at most: ask for each day by itself.';
  return from > now ? 'That lies ahead: there is no footage of it yet.' : '';
}

/** `2026-11-21T14:05`, by the reader's clock. */
function asInput(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const inSeconds = (text: string): number => Math.round(new Date(text).getTime() / 1000);
