import { useState } from 'preact/hooks';
import { daysOf, quotaOf } from './terms.ts';
import { TermsFields } from './terms-fields.tsx';

export interface WantedAccount {
  readonly name: string;
  readonly quota_bytes: number | null;
  readonly days: number | null;
}

export interface NewAccountProps {
  readonly isFirst: boolean;
  /** @returns Whether it was made. */
  readonly onAdd: (wanted: WantedAccount) => Promise<boolean>;
}

const NOTHING = { quota: '', days: '' };

export function NewAccount({ isFirst, onAdd }: NewAccountProps) {
  const [name, setName] = useState('');
  const [typed, setTyped] = useState(NOTHING);
  const [quota, days] = [quotaOf(typed.quota), daysOf(typed.days)];
  const isReady = name.trim() !== '' && quota !== undefined && days !== undefined;
  const add = async (): Promise<void> => {
    if (quota === undefined || days === undefined) return;
    if (!await onAdd({ name: name.trim(), quota_bytes: quota, days })) return;
    setName('');
    setTyped(NOTHING);
  };
  return (
    <form class="account new-account" aria-label="New account" onSubmit={(submit) => {
      submit.preventDefault();
      void add();
    }}>
      <h3>{isFirst ? 'Make the first account' : 'Another account'}</h3>
      <div class="terms">
        <label class="field">
          <span class="field-name">Name</span>
          <span class="field-box">
            <input
              placeholder="letters, digits, hyphens" value={name} maxLength={64} autocomplete="off" spellcheck={false}
              autocapitalize="none" onInput={({ currentTarget }) => setName(currentTarget.value)}
            />
          </span>
        </label>
        <TermsFields typed={typed} onTyped={setTyped} />
      </div>
      <p class="hint">What is oldest is deleted to make room, and after the days are over.</p>
      <button type="submit" class="primary" disabled={!isReady}>Make the account</button>
    </form>
  );
}
