import { useState } from 'preact/hooks';
import type { KeptEvent } from '../../../../contract/device-api.ts';
import type { EventFace, TytoEvent } from '../../../../contract/event.ts';
import { inWords } from '../../../../ui/server.ts';
import { pictureOf } from '../events/event-row.tsx';
import { server } from '../server.ts';

/** The face is in the event's picture when both are of one moment, give or take half a frame. */
const SAME_MOMENT_S = 0.05;

export interface NameFacesProps {
  readonly event: TytoEvent;
  /** The event as it is told now: it says the name. */
  readonly onNamed: (event: KeptEvent) => void;
}

/** The unknown faces of an event, each to be given a name. */
export function NameFaces({ event, onNamed }: NameFacesProps) {
  const [named, setNamed] = useState<ReadonlyMap<number, string>>(new Map());
  const shown = event.faces.flatMap((face, index) =>
    (face.person === null || named.has(index) ? [{ face, index }] : []));
  if (shown.length === 0 || event.end_time === null) return null;
  const onDone = (index: number, name: string): void => {
    setNamed((before) => new Map(before).set(index, name));
    server.event(event.id).then(onNamed, () => {}); // the name is taken, whatever the page shows of it
  };
  return (
    <ul class="faces" aria-label="Unknown faces">
      {shown.map(({ face, index }) => (named.has(index)
        ? <li key={index} class="face"><output>{named.get(index)} is recognised from now on.</output></li>
        : <NameFace key={index} event={event} face={face} index={index} onDone={(name) => onDone(index, name)} />))}
    </ul>
  );
}

interface NameFaceProps {
  readonly event: TytoEvent;
  readonly face: EventFace;
  readonly index: number;
  readonly onDone: (name: string) => void;
}

function NameFace({ event, face, index, onDone }: NameFaceProps) {
  const [name, setName] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const isPictured = event.has_snapshot && Math.abs(event.frame_time - face.time) < SAME_MOMENT_S;
  const enrol = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      onDone((await server.enrol(name.trim(), event.id, index)).name);
    } catch (refused) {
      setFault(inWords(refused));
    }
    setBusy(false);
  };
  return (
    <li class="face">
      {isPictured ? <Crop picture={pictureOf(event)} box={face.box} /> : null}
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
      {busy ? <output class="face-busy">The device looks at the face. That takes some seconds.</output> : null}
      <p class="error" role="alert">{fault}</p>
    </li>
  );
}

/** The part of the picture that `box` bounds. */
function Crop({ picture, box: [x, y, width, height] }: { readonly picture: string; readonly box: EventFace['box'] }) {
  const style = {
    width: `${100 / width}%`, height: `${100 / height}%`, left: `${-100 * x / width}%`, top: `${-100 * y / height}%`,
  };
  return <span class="crop"><img src={picture} alt="The face" style={style} /></span>;
}
