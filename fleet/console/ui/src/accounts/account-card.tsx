import { useState } from 'preact/hooks';
import type { AccountView, DeviceKeyView } from '../../../../../device/contract/vault-api.ts';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { agoInWords, sizeInWords } from '../words.ts';
import { daysOf, quotaOf, quotaText, unitOf } from './terms.ts';
import { TermsFields } from './terms-fields.tsx';

export interface AccountCardProps {
  readonly account: AccountView;
  readonly now: number;
  readonly onChange: (
    terms: { readonly quota_bytes?: number | null; readonly days?: number | null; readonly disabled?: boolean },
  ) => void;
  readonly onRenew: () => void;
  readonly onWithdraw: () => void;
  /** @returns Whether it was made. */
  readonly onAddKey: (device: string) => Promise<boolean>;
  readonly onWithdrawKey: (id: string) => void;
}

export function AccountCard({
  account, now, onChange, onRenew, onWithdraw, onAddKey, onWithdrawKey,
}: AccountCardProps) {
  return (
    <li class="account" data-disabled={account.disabled}>
      <header class="account-head">
        <h3>{account.name}</h3>
        {account.disabled ? <span class="account-off">switched off</span> : null}
        <code>{account.access_key}</code>
      </header>
      <Usage account={account} />
      <ul class="account-devices" aria-label={`Devices of ${account.name}`}>
        {account.devices.map(({ device, last_seen: seen }) => (
          <DeviceLine key={device} device={device} seen={agoInWords(
            seen, now,
          )} keys={account.device_keys.filter((key) => key.device === device)} onWithdrawKey={onWithdrawKey} />
        ))}
      </ul>
      <AddKey onAdd={onAddKey} />
      <details class="account-more">
        <summary>Change</summary>
        <Terms account={account} onChange={onChange} />
        <div class="account-buttons">
          <button type="button" class="plain" onClick={() => onChange({ disabled: !account.disabled })}>
            {account.disabled ? 'Switch on' : 'Switch off'}
          </button>
          <Sure label="New secret" question="The secret in use opens nothing any more." onSure={onRenew} />
          <Sure
            label="Withdraw"
            question={`For good: the keys of ${account.name} and of its devices open nothing any more. What it uploaded stays.`}
            onSure={onWithdraw}
          />
        </div>
      </details>
    </li>
  );
}

function Usage({
  account: { filed_bytes: filed, pending_bytes: pending, quota_bytes: quota, events, days },
}: { readonly account: AccountView }) {
  const held = filed + pending;
  const { base } = unitOf(quota);
  return (
    <div class="account-usage">
      <p>
        {sizeInWords(held, base)}{quota === null ? ''
          : ` of ${sizeInWords(quota, base)}`} · {events.toLocaleString('en')} {events === 1 ? 'event' : 'events'}
        {days === null ? '' : ` · kept ${days} ${days === 1 ? 'day' : 'days'}`}
      </p>
      {quota === null ? null
        : <meter min={0} max={quota} high={quota * 0.95} value={Math.min(
          held, quota,
        )} aria-label="Used of what it may hold" />}
    </div>
  );
}

function DeviceLine({ device, seen, keys, onWithdrawKey }: {
  readonly device: string; readonly seen: string;
  readonly keys: readonly DeviceKeyView[]; readonly onWithdrawKey: (id: string) => void;
}) {
  return (
    <li>
      <span class="account-device"><Icon name="camera" /><strong>{device}</strong><span>{seen}</span></span>
      {keys.map(({ id }) => (
        <span key={id} class="account-key">
          <Icon name="key" /><code>{id}</code>
          <Sure
            label="Withdraw" name={`Withdraw the key ${id} of ${device}`}
            question="The device can upload nothing with it any more." onSure={() => onWithdrawKey(id)}
          />
        </span>
      ))}
    </li>
  );
}

function AddKey({ onAdd }: { readonly onAdd: (device: string) => Promise<boolean> }) {
  const [device, setDevice] = useState('');
  const add = async (): Promise<void> => { if (await onAdd(device.trim())) setDevice(''); };
  return (
    <form class="account-add" onSubmit={(submit) => { submit.preventDefault(); void add(); }}>
      <div class="field-box"><input
        aria-label="Name of a device" placeholder="Name of a Tyto device" value={device} maxLength={64}
        autocomplete="off" spellcheck={false} autocapitalize="none"
        onInput={({ currentTarget }) => setDevice(currentTarget.value)}
      /></div>
      <button type="submit" class="plain" disabled={device.trim() === ''}><Icon name="key" />Make its key</button>
    </form>
  );
}

function Terms({ account, onChange }: Pick<AccountCardProps, 'account' | 'onChange'>) {
  const [typed, setTyped] = useState({
    quota: quotaText(account.quota_bytes), days: account.days === null ? '' : String(account.days),
  });
  const unit = unitOf(account.quota_bytes);
  const [quota, days] = [
    typed.quota === quotaText(account.quota_bytes) ? account.quota_bytes : quotaOf(typed.quota, unit),
    daysOf(typed.days),
  ];
  const isNews = quota !== account.quota_bytes || days !== account.days;
  return (
    <form onSubmit={(submit) => {
      submit.preventDefault();
      if (quota !== undefined && days !== undefined) onChange({ quota_bytes: quota, days });
    }}>
      <div class="terms"><TermsFields typed={typed} unit={unit.name} onTyped={setTyped} /></div>
      <button type="submit" class="primary" disabled={!isNews || quota === undefined || days === undefined}>
        Save
      </button>
    </form>
  );
}

/** What cannot be taken back is asked twice. */
function Sure({
  label, name = label, question, onSure,
}: { readonly label: string; readonly name?: string; readonly question: string; readonly onSure: () => void }) {
  const [isAsked, setAsked] = useState(false);
  if (!isAsked)
    return <button type="button" class="plain" aria-label={name} onClick={() => setAsked(true)}>{label}</button>;
  return (
    <span class="sure" role="alert">
      <span>{question}</span>
      <button type="button" class="primary danger" onClick={() => { setAsked(false); onSure(); }}>{label}</button>
      <button type="button" class="plain" onClick={() => setAsked(false)}>Cancel</button>
    </span>
  );
}
