import { useEffect, useRef, useState } from 'preact/hooks';
import type { KeptEvent } from '../../../../contract/device-api.ts';
import type { TytoEvent } from '../../../../contract/event.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import type { Toast } from '../parts/toast.tsx';
import { beside } from '../route.ts';
import { server } from '../server.ts';

export interface EventKeepProps {
  readonly id: string;
  readonly events: readonly (TytoEvent & { readonly starred?: boolean })[];
  readonly onChanged: (event: KeptEvent) => void;
  readonly onDeleted: (id: string) => void;
  readonly onToast: (toast: Toast) => void;
}

/** What the owner decides of an event: to keep it for good, or to be rid of it. */
export function EventKeep({ id, events, onChanged, onDeleted, onToast }: EventKeepProps) {
  const known = events.find((event) => event.id === id);
  const [event, setEvent] = useState<KeptEvent | undefined>(undefined);
  const asking = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (known?.starred === undefined) server.event(id).then(setEvent, () => setEvent(undefined));
    else setEvent({ ...known, starred: known.starred });
  }, [id, known]);
  if (event?.id !== id || event.end_time === null) return null;
  const star = async (): Promise<void> => {
    try {
      const { starred } = await server.star(id, !event.starred);
      setEvent({ ...event, starred });
      onChanged({ ...event, starred });
      onToast({
        tone: 'good',
        text: starred ? 'Starred: it is kept whatever else has to go.' : 'It may be deleted again when room is needed.',
      });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
  };
  const remove = async (): Promise<void> => {
    asking.current?.close();
    try {
      await server.remove(id);
      onDeleted(id);
      navigate(beside('/'));
      onToast({ tone: 'good', text: 'The event is deleted.' });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
  };
  return (
    <>
      <button type="button" class="plain" aria-pressed={event.starred} onClick={() => void star()}>
        <Icon name={event.starred ? 'starred' : 'star'} />{event.starred ? 'Starred' : 'Star'}
      </button>
      <button type="button" class="plain" disabled={event.starred} aria-describedby="why-kept"
        onClick={() => asking.current?.showModal()}>
        <Icon name="bin" />Delete
      </button>
      {event.starred
        ? <p id="why-kept" class="detail-why">A starred event is kept: take the star away to delete it.</p>
        : null}
      <dialog ref={asking} class="dialog" aria-labelledby="ask-title">
        <h2 id="ask-title">Delete this event?</h2>
        <p class="lead">
          Its clip and picture are deleted from this device for good. What was uploaded already stays where it is.
        </p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => asking.current?.close()}>Keep it</button>
          <button type="button" class="primary danger" onClick={() => void remove()}>Delete</button>
        </div>
      </dialog>
    </>
  );
}
