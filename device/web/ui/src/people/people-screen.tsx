import { useEffect, useRef, useState } from 'preact/hooks';
import type { PersonView } from '../../../../contract/device-api.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import { inWords } from '../../../../ui/server.ts';
import type { Toast } from '../parts/toast.tsx';
import { server } from '../server.ts';
import { PersonPictures } from './person-pictures.tsx';

/** Pictures that no longer help to recognise somebody, and what to do. */
function Unusable({ samples }: Pick<PersonView, 'samples'>) {
  const count = samples.filter(({ usable }) => !usable).length;
  if (count === 0) return null;
  const which = count === samples.length
    ? 'Not recognised any more: these pictures were'
    : `${count} of ${samples.length} pictures ${count === 1 ? 'was' : 'were'}`;
  return <p class="person-note">{which} described by another version of Tyto and {count === 1
    && count !== samples.length ? 'is' : 'are'} not compared with. Name the face in a newer event.</p>;
}

/** Pictures that may show somebody else, and what to do. */
function Unlike({ name, samples }: Pick<PersonView, 'name' | 'samples'>) {
  const [first, ...others] = samples.flatMap(({ unlike }, index) => (unlike ? [index + 1] : []));
  if (first === undefined) return null;
  const what = others.length === 0 ? `Picture ${first} is like none of the others: remove it`
    : others.length + 1 === samples.length ? 'The pictures are not alike: remove one'
      : `Pictures ${first} and ${others.join(', ')} are like none of the others: remove one`;
  return <p class="person-note">{what} if it does not show {name}.</p>;
}

export interface PeopleScreenProps {
  readonly onToast: (toast: Toast) => void;
  /** Recorded events may say another name than before, or none. */
  readonly onRenamed: () => void;
}

/** Everybody who was named, and how to be forgotten. */
export function PeopleScreen({ onToast, onRenamed }: PeopleScreenProps) {
  const [people, setPeople] = useState<readonly PersonView[] | undefined>(undefined);
  const [error, setError] = useState('');
  const [asked, setAsked] = useState<PersonView | undefined>(undefined);
  const dialog = useRef<HTMLDialogElement>(null);
  const load = (): void => {
    server.people().then((view) => setPeople(view.people), (refused: unknown) => setError(inWords(refused)));
  };
  useEffect(load, []);
  const doing = async (work: () => Promise<void>, text: string): Promise<void> => {
    try {
      await work();
      onRenamed();
      onToast({ tone: 'good', text });
    } catch (refused) {
      onToast({ tone: 'bad', text: inWords(refused) });
    }
    load();
  };
  const forget = ({ id, name }: PersonView): void => {
    dialog.current?.close();
    void doing(() => server.forget(id), `${name} is forgotten.`);
  };
  return (
    <article class="detail" aria-label="People">
      <nav class="detail-nav">
        <button type="button" class="plain" onClick={() => navigate('/')}><Icon name="left" />Live</button>
      </nav>
      <header class="detail-head">
        <h2>People</h2>
        <p>
          Whom you name in the face of an event is recognised from then on. Press a picture to see it larger, or to remove one that shows somebody else. What a face is known by never leaves this device; the names that it found go with the events that are uploaded.
        </p>
      </header>
      <p class="error places-error" role="alert">{error}</p>
      {people?.length === 0
        ? <p class="detail-missing">Nobody has been named yet. Open an event that shows a face, and name it there.</p>
        : null}
      <ul class="people">
        {people?.map((person) => (
          <li key={person.id} class="card">
            <PersonPictures person={person} onRemove={(sample) => {
              void doing(() => server.removePicture(person.id, sample), 'The picture is removed.');
            }} />
            <input class="person-name" aria-label="Name" value={person.name} maxLength={256} spellcheck={false}
              onChange={({ currentTarget: { value } }) => {
                if (value.trim() !== '' && value !== person.name)
                  void doing(() => server.rename(person.id, value), 'The name is changed.');
              }} />
            <Unusable samples={person.samples} />
            <Unlike name={person.name} samples={person.samples} />
            <button type="button" class="plain" onClick={() => {
              setAsked(person);
              dialog.current?.showModal();
            }}><Icon name="bin" />Forget</button>
          </li>
        ))}
      </ul>
      <dialog ref={dialog} class="dialog" aria-labelledby="forget-title">
        <h2 id="forget-title">Forget {asked?.name}?</h2>
        <p class="lead">
          The pictures and what the device knows the face by are deleted, and every name that the person had is taken out of all events kept here, and of what was uploaded of them. Clips and pictures stay. What was deleted here and lies in a fleet still names the person: forget them on its page, too.
        </p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={() => dialog.current?.close()}>Keep</button>
          <button type="button" class="primary danger" onClick={() => {
            if (asked !== undefined) forget(asked);
          }}>Forget</button>
        </div>
      </dialog>
    </article>
  );
}
