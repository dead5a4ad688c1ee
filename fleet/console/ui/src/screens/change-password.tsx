import { useEffect, useRef, useState } from 'preact/hooks';
import { OwnerName, PasswordField } from '../parts/password-field.tsx';
import { inWords, server } from '../server.ts';

/** A dialog; the browser keeps the focus in it and closes it with Escape. */
export function ChangePassword({ onClose }: { readonly onClose: () => void }) {
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
      onClose();
    } catch (refused) {
      setError(inWords(refused));
    }
  };
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="change-title" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="change-title">Change the password</h2>
        <p class="lead">Whoever is signed in anywhere else is signed out.</p>
        <OwnerName />
        <PasswordField label="Present password" kind="current-password" value={present} onValue={setPresent} />
        <PasswordField
          label="New password"
          kind="new-password"
          value={next}
          onValue={setNext}
          hint="At least 10 characters."
        />
        <p class="error" role="alert">
          {error}
        </p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={present === '' || Array.from(next).length < 10}>
            Change it
          </button>
        </div>
      </form>
    </dialog>
  );
}
