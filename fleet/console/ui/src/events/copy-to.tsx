import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../../../../../device/ui/parts/icon.tsx';
import { inWords } from '../../../../../device/ui/server.ts';
import { server } from '../server.ts';

/** Has an event copied to a store that does not take everything by itself; nothing where there is none. */
export function CopyTo({ device, id }: { readonly device: string; readonly id: string }) {
  const [names, setNames] = useState<readonly string[]>([]);
  const [asked, setAsked] = useState<readonly string[]>([]);
  const [error, setError] = useState('');
  useEffect(() => {
    server.stores().then(
      ({ replicas }) => setNames(replicas.filter((one) => !one.takes_all).map(({ name }) => name)),
      () => {}, // whoever cannot be asked has a banner
    );
  }, []);
  const copy = async (name: string): Promise<void> => {
    try {
      await server.copyTo(name, device, id);
      setAsked((before) => [...before, name]);
      setError('');
    } catch (refused) {
      setError(inWords(refused));
    }
  };
  return (
    <div class="copy-to" aria-live="polite">
      {names.map((name) => (
        <button key={name} type="button" class="plain" disabled={asked.includes(name)} onClick={() => void copy(name)}>
          <Icon name="copy" /> {asked.includes(name) ? `On its way to ${name}` : `Copy to ${name}`}
        </button>
      ))}
      {error === '' ? null : <p class="error" role="alert">{error}</p>}
    </div>
  );
}
