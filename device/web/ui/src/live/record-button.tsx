import { useEffect, useMemo, useState } from 'preact/hooks';
import type { StateView } from '../../../../contract/device-api.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import type { Toast } from '../parts/toast.tsx';
import { server } from '../server.ts';
import { clockInWords } from './clock-words.ts';

/** Records now, whether or not anything moves; shows for how long, and stops. */
export function RecordButton({
  state, onToast,
}: { readonly state: StateView | null; readonly onToast: (toast: Toast) => void }) {
  const [busy, setBusy] = useState(false);
  const manual = state?.manual ?? null;
  const passed = useSecondsSince(manual?.since ?? null, state);
  const press = async (): Promise<void> => {
    setBusy(true);
    try {
      await (manual === null ? server.record() : server.stopRecording());
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    } finally {
      setBusy(false);
    }
  };
  const lasts = manual?.since == null || manual.until === null ? ''
    : ` of ${clockInWords(manual.until - manual.since)}`;
  return (
    <button type="button" class={manual === null ? 'record-button' : 'record-button on'} disabled={busy
      || state?.camera?.state !== 'online'} aria-busy={busy} onClick={() => void press()}>
      <Icon name={manual === null ? 'record' : 'stop'} />
      {manual === null ? 'Record' : 'Stop'}
      {passed === undefined ? null : <span class="record-time">{clockInWords(passed)}{lasts}</span>}
    </button>
  );
}

/** By the device's clock: this one may be wrong. */
function useSecondsSince(since: number | null, state: StateView | null): number | undefined {
  const ahead = useMemo(() => (state === null ? 0 : Date.now() / 1000 - state.time), [state]);
  const [, setTurn] = useState(0);
  useEffect(() => {
    if (since === null) return undefined;
    const timer = setInterval(() => setTurn((turn) => turn + 1), 500);
    return () => clearInterval(timer);
  }, [since]);
  return since === null ? undefined : Math.max(0, Date.now() / 1000 - ahead - since);
}
