import { useEffect, useState } from 'preact/hooks';
import type { AccountSecretView, AccountView, DeviceKeySecretView } from '../../../../../device/contract/vault-api.ts';
import { OwlScene } from '../../../../../device/ui/parts/owl.tsx';
import { inWords } from '../../../../../device/ui/server.ts';
import { server } from '../server.ts';
import { AccountCard } from './account-card.tsx';
import { MadeAccount, MadeDeviceKey } from './made-keys.tsx';
import { NewAccount } from './new-account.tsx';

/** What was made just now: told until the screen is left, and never again. */
type Made = { readonly what: 'account'; readonly view: AccountSecretView }
  | { readonly what: 'device'; readonly view: DeviceKeySecretView };

/** Who may upload over HTTP: accounts, and the keys of devices. */
export function AccountsScreen({ now }: { readonly now: number }) {
  const [accounts, setAccounts] = useState<readonly AccountView[] | undefined>(undefined);
  const [made, setMade] = useState<Made | undefined>(undefined);
  const [error, setError] = useState('');
  const load = async (): Promise<void> => {
    try {
      setAccounts((await server.accounts()).accounts);
    } catch (refused) {
      setError(inWords(refused));
    }
  };
  useEffect(() => void load(), []);
  /** @returns Whether it was done. */
  const act = async (work: () => Promise<Made | undefined>): Promise<boolean> => {
    try {
      const news = await work();
      if (news !== undefined) setMade(news);
      setError('');
      return true;
    } catch (refused) {
      setError(inWords(refused));
      return false;
    } finally {
      await load();
    }
  };
  return (
    <section class="accounts" aria-labelledby="accounts-title">
      <h2 id="accounts-title">Accounts and keys</h2>
      <p class="lead">
        Who may upload here over HTTP. Agents of Kerberos and programs show the access key and the secret of an account;
        a Tyto device shows a key of its own, which lets it put and list below its name, and nothing else.
      </p>
      <p class="error" role="alert">{error}</p>
      {made === undefined ? null
        : made.what === 'account' ? <MadeAccount made={made.view} /> : <MadeDeviceKey made={made.view} />}
      {accounts?.length === 0 ? (
        <div class="empty">
          <OwlScene asleep />
          <strong>Nobody can upload over HTTP</strong>
          <p>There is no account. Devices that upload to a share or a bucket need none.</p>
        </div>
      ) : null}
      <ul>
        {accounts?.map((account) => (
          <AccountCard
            key={account.name} account={account} now={now}
            onChange={(terms) => void act(async () => void (await server.changeAccount(account.name, terms)))}
            onRenew={() => void act(async () => ({ what: 'account', view: await server.renewSecret(account.name) }))}
            onWithdraw={() => void act(async () => void (await server.withdrawAccount(account.name)))}
            onAddKey={(device) =>
              act(async () => ({ what: 'device', view: await server.addDeviceKey({ device, account: account.name }) }))}
            onWithdrawKey={(id) => void act(async () => void (await server.withdrawDeviceKey(id)))}
          />
        ))}
      </ul>
      {accounts === undefined ? null : (
        <NewAccount isFirst={accounts.length === 0} onAdd={(wanted) =>
          act(async () => ({ what: 'account', view: await server.addAccount(wanted) }))} />
      )}
    </section>
  );
}
