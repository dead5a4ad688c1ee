import { useId, useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface PasswordFieldProps {
  readonly label: string;
  readonly kind: 'new-password' | 'current-password';
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: string;
  readonly invalid?: boolean;
  readonly focus?: boolean;
}

/** A password that can be looked at while it is typed. */
export function PasswordField({
  label, kind, value, onValue, hint, invalid = false, focus = false,
}: PasswordFieldProps) {
  const id = useId();
  const [seen, setSeen] = useState(false);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <input
          {...(seen ? SEEN : HIDDEN)}
          id={id} autocomplete={kind} required spellcheck={false} autocapitalize="none" maxLength={200}
          value={value} onInput={(event) => onValue(event.currentTarget.value)} aria-invalid={invalid}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`} ref={focus ? focusOnce : null}
        />
        <button
          type="button" class="ghost" aria-label={seen ? 'Hide the password' : 'Show the password'}
          aria-pressed={seen} onClick={() => setSeen(!seen)}
        >
          <Icon name="eye" />
        </button>
      </div>
      {hint === undefined ? null : <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}

const SEEN = { type: 'text' } as const;
const HIDDEN = { type: 'password' } as const;

const focusOnce = (input: HTMLInputElement | null): void => input?.focus();

/** Tells password managers whose password it is; people see nothing of it. */
export function OwnerName() {
  return <input
    class="unseen" type="text" name="username" autocomplete="username" value="owner" readOnly tabIndex={-1}
    aria-hidden="true"
  />;
}
