import { useRef, useState } from 'preact/hooks';
import { inWords } from '../../../../../device/ui/server.ts';
import { server } from '../server.ts';

export interface ForgetPersonProps {
  readonly name: string;
  /** Only in its events; undefined for those of all. */
  readonly device: string | undefined;
  readonly onForgotten: () => void;
}

/** Takes a name out of the library, once that was asked for twice. */
export function ForgetPerson({ name, device, onForgotten }: ForgetPersonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState('');
  const forget = (): void => {
    setIsBusy(true);
    setError('');
    server.forget(name, device).then(() => {
      dialog.current?.close();
      onForgotten();
    }, (refused: unknown) => setError(inWords(refused))).finally(() => setIsBusy(false));
  };
  return (
    <>
      <button type="button" class="plain" onClick={() => dialog.current?.showModal()}>Forget {name}</button>
      <dialog ref={dialog} class="dialog" aria-labelledby="forget-title">
        <h2 id="forget-title">Forget {name}?</h2>
        <p class="lead">
          The name is taken out of all events {device === undefined ? 'here' : `of ${device} here`}. Clips and pictures stay. A device that still knows the person goes on to tell the name: forget the person there, too.
        </p>
        <p class="error" role="alert">{error}</p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>Keep</button>
          <button type="button" class="primary" disabled={isBusy} onClick={forget}>Forget</button>
        </div>
      </dialog>
    </>
  );
}
