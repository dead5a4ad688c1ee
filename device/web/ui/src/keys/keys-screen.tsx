import { useEffect, useState } from 'preact/hooks';
import type { NewTokenView, TokenView } from '../../../../contract/device-api.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Copied } from '../../../../ui/parts/copied.tsx';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import { dayInWords, readersLocale } from '../../../../ui/words.ts';
import type { Toast } from '../parts/toast.tsx';
import { server } from '../server.ts';

const locale = readersLocale(navigator.languages);

/** The keys with which other programs show the live picture. */
export function KeysScreen({ onToast }: { readonly onToast: (toast: Toast) => void }) {
  const [keys, setKeys] = useState<readonly TokenView[] | undefined>(undefined);
  const [made, setMade] = useState<NewTokenView | undefined>(undefined);
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const load = (): void => {
    server.keys().then(({ tokens }) => setKeys(tokens), (refused: unknown) => setError(inWords(refused)));
  };
  useEffect(load, []);
  const add = async (): Promise<void> => {
    try {
      setMade(await server.addKey(name.trim()));
      setName('');
      setError('');
    } catch (refused) {
      setError(inWords(refused));
    }
    load();
  };
  const remove = async (key: TokenView): Promise<void> => {
    try {
      await server.removeKey(key.id);
      if (made?.id === key.id) setMade(undefined);
      onToast({ tone: 'good', text: `${key.name} may no longer look.` });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
    load();
  };
  return (
    <article class="detail" aria-label="Access keys">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={() => navigate('/')}><Icon name="left" />Live</button>
      </nav>
      <header class="detail-head">
        <h2>Access keys</h2>
        <p>
          With a key, Home Assistant, a dashboard or Prometheus may see the live picture and the figures of this device, and nothing else: no events, no recordings, no switch.
        </p>
      </header>
      <p class="error places-error" role="alert">{error}</p>
      <form class="key-form" onSubmit={(submit) => { submit.preventDefault(); void add(); }}>
        <div class="field-box"><input
          aria-label="What the key is for" placeholder="What is it for?" value={name} maxLength={64} autocomplete="off"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        /></div>
        <button type="submit" class="primary" disabled={name.trim() === ''}>Add a key</button>
      </form>
      {made === undefined ? null : <MadeKey made={made} />}
      {keys?.length === 0 ? <p class="detail-missing">There are none: only you can see this camera.</p> : null}
      <ul class="people">
        {keys?.map((key) => (
          <li key={key.id} class="card">
            <span class="key-words"><strong>{key.name}</strong><span>
              since {dayInWords(key.created, new Date(), locale).replace(
                /^(Today|Yesterday)$/, (word) => word.toLowerCase(),
              )}
            </span></span>
            <button type="button" class="plain" aria-label={`Delete the key of ${key.name}`} onClick={() =>
              void remove(key)}><Icon name="bin" />Delete</button>
          </li>
        ))}
      </ul>
    </article>
  );
}

/** The key itself, and addresses that hold it: shown until the screen is left. */
function MadeKey({ made: { name, token } }: { readonly made: NewTokenView }) {
  const address = (path: string): string => `${location.origin}${path}?token=${token}`;
  return (
    <section class="card key-made" aria-label="The new key">
      <p><strong>The key of {name}.</strong> Copy it now: it is not shown again.</p>
      <Copied label="Key" text={token} />
      <Copied label="Live pictures" text={address('/api/live.mjpeg')} />
      <Copied label="Still picture" text={address('/api/snapshot.jpg')} />
      <Copied label="Metrics for Prometheus" text={address('/metrics')} />
    </section>
  );
}
