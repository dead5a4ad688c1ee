import { useRef, useState } from 'preact/hooks';
import type { PersonSample, PersonView } from '../../../../contract/device-api.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { dayInWords, readersLocale } from '../../../../ui/words.ts';

const locale = readersLocale(navigator.languages);
const OF_EVENT = 'The event that it came from then has a face without a name again, to be named anew; other events';
const UNUSABLE = 'Described by another version of Tyto: it is not compared with';

export interface PersonPicturesProps {
  readonly person: PersonView;
  readonly onRemove: (sample: string) => void;
}

/** The pictures that a person is known by, each to be looked at and removed. */
export function PersonPictures({ person, onRemove }: PersonPicturesProps) {
  const [shown, setShown] = useState<PersonSample | undefined>(undefined);
  const dialog = useRef<HTMLDialogElement>(null);
  const address = ({ id }: PersonSample): string => `/api/people/${person.id}/samples/${id}`;
  const isLast = person.samples.length === 1;
  const close = (): void => dialog.current?.close();
  const title = `picture-${person.id}`;
  return (
    <>
      <ul class="person-pictures">
        {person.samples.map((sample, index) => (
          <li key={sample.id}>
            <button
              type="button" class="person-picture" aria-label={`Picture ${index + 1} of ${person.name}`}
              title={sample.usable ? undefined : UNUSABLE} onClick={() => {
                setShown(sample);
                dialog.current?.showModal();
              }}
            >
              <img class={sample.usable ? undefined : 'unusable'} src={address(sample)} alt="" width="56" height="56" />
            </button>
          </li>
        ))}
      </ul>
      <dialog ref={dialog} class="dialog" aria-labelledby={title}>
        <h2 id={title}>A picture of {person.name}</h2>
        {shown === undefined ? null : <Shown sample={shown} picture={address(shown)} />}
        <p class="lead">{isLast
          ? `It is the only one. If it does not show ${person.name}, forget ${person.name} and name the face anew.`
          : `If it does not show ${person.name}, remove it. ${shown?.event === null ? 'Events' : OF_EVENT} keep the `
            + 'names that they have.'}</p>
        <div class="dialog-buttons">
          <button type="button" class="plain" onClick={close}>{isLast ? 'Close' : 'Keep'}</button>
          {isLast ? null : (
            <button type="button" class="primary danger" onClick={() => {
              close();
              if (shown !== undefined) onRemove(shown.id);
            }}>Remove</button>
          )}
        </div>
      </dialog>
    </>
  );
}

function Shown({ sample: { taken, usable, event }, picture }: {
  readonly sample: PersonSample; readonly picture: string;
}) {
  return (
    <figure class="person-shown">
      <img class={usable ? undefined : 'unusable'} src={picture} alt="The face" width="160" height="160" />
      <figcaption>
        {dayInWords(taken, new Date(), locale)}
        {event === null ? null : (
          <button type="button" class="plain" onClick={() => navigate(`/events/${event}`)}>Show event</button>
        )}
      </figcaption>
    </figure>
  );
}
