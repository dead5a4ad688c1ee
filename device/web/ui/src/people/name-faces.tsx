import { useState } from 'preact/hooks';
import type { KeptEvent, PersonView } from '../../../../contract/device-api.ts';
import type { EventFace, TytoEvent } from '../../../../contract/event.ts';
import { navigate } from '../../../../ui/navigation.ts';
import { inWords } from '../../../../ui/server.ts';
import { server } from '../server.ts';
import { FaceCrop } from './face-crop.tsx';

export interface NameFacesProps {
  readonly event: TytoEvent;
  /** The event as it is told now: it says the name. */
  readonly onNamed: (event: KeptEvent) => void;
}

/** The unknown faces of an event, each to be seen and given a name. */
export function NameFaces({ event, onNamed }: NameFacesProps) {
  const [named, setNamed] = useState<ReadonlyMap<number, PersonView>>(new Map());
  const [unseen, setUnseen] = useState<ReadonlyMap<number, string>>(new Map());
  const shown = event.faces.flatMap((face, index) =>
    (face.person === null || named.has(index) ? [{ face, index }] : []));
  if (shown.length === 0 || event.end_time === null) return null;
  const onDone = (index: number, person: PersonView): void => {
    setNamed((before) => new Map(before).set(index, person));
    server.event(event.id).then(onNamed, () => {}); // the name is taken, whatever the page shows of it
  };
  return (
    <ul class="faces" aria-label="Unknown faces">
      {shown.filter(({ index }) => !unseen.has(index)).map(({ face, index }) => {
        const person = named.get(index);
        return person === undefined
          ? <NameFace
              key={index} event={event} face={face} index={index} onDone={(known) => onDone(index, known)}
              onUnseen={(why) => setUnseen((before) => new Map(before).set(index, why))}
            />
          : <Named key={index} person={person} event={event} />;
      })}
      <Unseen reasons={[...unseen.values()]} />
    </ul>
  );
}

function Named({ person: { name, samples }, event }: { readonly person: PersonView; readonly event: TytoEvent }) {
  const isDoubted = samples.some((sample) => sample.unlike && sample.event === event.id);
  return (
    <li class="face">
      <output>{name} is recognised from now on.</output>
      {isDoubted ? (
        <p class="face-doubt" role="alert">
          This face is like none of the other pictures of {name}. If it is somebody else, remove it there:
          <button type="button" class="plain" onClick={() => navigate('/people')}>Show people</button>
        </p>
      ) : null}
    </li>
  );
}

/** Whom nobody can see nobody can name rightly. */
function Unseen({ reasons: [reason, ...others] }: { readonly reasons: readonly string[] }) {
  if (reason === undefined) return null;
  const count = others.length === 0 ? 'One face' : `${others.length + 1} faces`;
  return <li class="face-busy">{count} cannot be shown, and so not be named. {reason}</li>;
}

interface NameFaceProps {
  readonly event: TytoEvent;
  readonly face: EventFace;
  readonly index: number;
  readonly onDone: (person: PersonView) => void;
  /** There is no picture of it, and why. */
  readonly onUnseen: (why: string) => void;
}

function NameFace({ event, face, index, onDone, onUnseen }: NameFaceProps) {
  const [name, setName] = useState('');
  const [isSeen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const enrol = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      onDone(await server.enrol(name.trim(), event.id, index));
    } catch (refused) {
      setFault(inWords(refused));
    }
    setBusy(false);
  };
  return (
    <li class="face">
      <FaceCrop
        picture={server.facePicture(event.id, index)} box={face.box} onShown={() => setSeen(true)}
        onFailed={() => { void server.whyNoFace(event.id, index).then(onUnseen); }}
      />
      {isSeen ? (
        <form class="face-form" onSubmit={(submit) => {
          submit.preventDefault();
          if (!busy) void enrol();
        }}>
          <div class="field-box"><input
            aria-label="Name of this face" placeholder="Who is this?" value={name} maxLength={64} autocomplete="off"
            readOnly={busy} onInput={({ currentTarget }) => setName(currentTarget.value)}
          /></div>
          <button type="submit" class="plain" disabled={name.trim() === '' || busy} aria-busy={busy}>
            {busy ? 'Naming…' : 'Name'}
          </button>
        </form>
      ) : <span class="face-waits">Its picture comes in a moment.</span>}
      {busy ? <output class="face-busy">The device looks at the face. That takes some seconds.</output> : null}
      <p class="error" role="alert">{fault}</p>
    </li>
  );
}
