import { useEffect, useRef, useState } from 'preact/hooks';
import { OwnerName, PasswordField } from '../parts/password-field.tsx';
import { inWords, type OwnerCalls } from '../server.ts';
import { SHORTEST } from './door.tsx';

export interface ChangePasswordProps {
  readonly server: OwnerCalls;
  readonly onClose: (changed: boolean) => void;
}

/** A dialog; the browser keeps the focus in it and closes it with Escape. */
export function ChangePassword({ server, onClose }: ChangePasswordProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [present, setPresent] = useState('');
  const [next, setNext] = useState('');
  const [error, setError] = useState<string | undefined>(undefined);
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLInputElement>('input[type=password]')?.focus();
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await server.changePassword(present, next);
      onClose(true);
    } catch (refused) {
      setError(inWords(refused));
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="change-title" onClose={() => onClose(false)}>
      <form onSubmit={(event) => void submit(event)} onInput={() => setError(undefined)}>
        <h2 id="change-title">Change the password</h2>
        <p class="lead">Whoever is signed in anywhere else is signed out.</p>
        <OwnerName />
        <PasswordField label="Present password" kind="current-password" value={present} onValue={setPresent} />
        <PasswordField
          label="New password" kind="new-password" value={next} onValue={setNext}
          hint={`At least ${SHORTEST} characters.`}
        />
        <p class="error" role="alert">{error}</p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>Cancel</button>
          <button type="submit" class="primary" disabled={present === '' || Array.from(next).length < SHORTEST}>
            Change it
          </button>
        </div>
      </form>
    </dialog>
  );
}
