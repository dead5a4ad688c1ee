import { useState } from 'preact/hooks';
import type { EventFace, TytoEvent } from '../../../../contract/event.ts';
import { inWords } from '../../../../ui/server.ts';
import { pictureOf } from '../events/event-row.tsx';
import { server } from '../server.ts';

/** The face is in the event's picture when both are of one moment, give or take half a frame. */
const SAME_MOMENT_S = 0.05;

/** The unknown faces of an event, each to be given a name. */
export function NameFaces({ event }: { readonly event: TytoEvent }) {
  const unknown = event.faces.flatMap((face, index) => (face.person === null ? [{ face, index }] : []));
  if (unknown.length === 0 || event.end_time === null) return null;
  return (
    <ul class="faces" aria-label="Unknown faces">
      {unknown.map(({ face, index }) =>
        <NameFace key={`${event.id}-${index}`} event={event} face={face} index={index} />)}
    </ul>
  );
}

function NameFace({
  event, face, index,
}: { readonly event: TytoEvent; readonly face: EventFace; readonly index: number }) {
  const [name, setName] = useState('');
  const [told, setTold] = useState<{ readonly good: boolean; readonly text: string } | undefined>(undefined);
  const isPictured = event.has_snapshot && Math.abs(event.frame_time - face.time) < SAME_MOMENT_S;
  const enrol = async (): Promise<void> => {
    try {
      await server.enrol(name.trim(), event.id, index);
      setTold({ good: true, text: `${name.trim()} is recognised from now on.` });
    } catch (refused) {
      setTold({ good: false, text: inWords(refused) });
    }
  };
  if (told?.good === true) return <li class="face"><output>{told.text}</output></li>;
  return (
    <li class="face">
      {isPictured ? <Crop picture={pictureOf(event)} box={face.box} /> : null}
      <form class="face-form" onSubmit={(submit) => { submit.preventDefault(); void enrol(); }}>
        <div class="field-box"><input
          aria-label="Name of this face" placeholder="Who is this?" value={name} maxLength={64} autocomplete="off"
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        /></div>
        <button type="submit" class="plain" disabled={name.trim() === ''}>Name</button>
      </form>
      <p class="error" role="alert">{told?.text}</p>
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
