import { useId } from 'preact/hooks';
import { LONGEST_PLACE_NAME } from '../../../../contract/place-name.ts';
import type { CountingLine, Zone } from '../../../../contract/places.ts';
import { Icon } from '../../../../ui/parts/icon.tsx';
import type { Place, PlaceRef } from './drawing.ts';
import { Sensitivity } from './sensitivity.tsx';

export interface PlaceFieldsProps {
  readonly selected: PlaceRef;
  readonly place: Place;
  /** Of the whole picture. */
  readonly sensitivity: number;
  /** What keeps its name from being stored. */
  readonly complaint: string | undefined;
  /** What keeps it from being stored as it is drawn. */
  readonly shapeComplaint: string | undefined;
  readonly onChange: (change: Partial<Zone & CountingLine>) => void;
  readonly onRemove: () => void;
}

/** What is to be said of the selected one besides where it lies. */
export function PlaceFields(
  { selected, place, sensitivity, complaint, shapeComplaint, onChange, onRemove }: PlaceFieldsProps,
) {
  return (
    <div class="place-fields">
      <div class="field">
        <div class="field-box"><input
          aria-label="Name" value={place.name} maxLength={LONGEST_PLACE_NAME} spellcheck={false}
          aria-invalid={complaint !== undefined} aria-describedby="place-complaint"
          onInput={({ currentTarget }) => onChange({ name: currentTarget.value })}
        /></div>
        <p id="place-complaint" class="error" role="alert">{complaint}</p>
        <p class="error" role="alert">{shapeComplaint === undefined ? '' : sentence(shapeComplaint)}</p>
      </div>
      {selected.kind === 'zones' && 'polygon' in place
        ? <ZoneFields zone={place as Zone} others={sensitivity} onChange={onChange} /> : null}
      {'from' in place ? (
        <div class="place-line">
          <p class="hint">Who steps over the line the way the short stroke points is counted <b>
            in
          </b>, the other way <b>out</b>.</p>
          <button type="button" class="plain" onClick={() => onChange({ from: place.to, to: place.from })}>
            Turn round
          </button>
        </div>
      ) : null}
      {selected.kind === 'privacy_masks'
        ? <p class="hint">
          Black in every picture, and never analysed. Video that the camera encodes itself is stored as the camera sends it: mask it in the camera too.
        </p>
        : null}
      <button type="button" class="plain" onClick={onRemove}><Icon name="bin" />Remove</button>
    </div>
  );
}

interface ZoneFieldsProps {
  readonly zone: Zone;
  /** The sensitivity of zones without their own. */
  readonly others: number;
  readonly onChange: PlaceFieldsProps['onChange'];
}

function ZoneFields({ zone, others, onChange }: ZoneFieldsProps) {
  const id = useId();
  const own = zone.sensitivity !== undefined;
  return (
    <>
      <div class="place-types" role="radiogroup" aria-label="What the zone does">
        {TYPES.map(({ type, words }) => (
          <label key={type}><input type="radio" name={`${id}-type`} checked={zone.type === type} onChange={() =>
            onChange({ type })} />{words}</label>
        ))}
      </div>
      {zone.type === 'exclude' ? null : (
        <div class="field">
          <label><input type="checkbox" checked={own} onChange={() =>
            onChange({ sensitivity: own ? undefined : others })} /> Own sensitivity</label>
          {own ? (
            <Sensitivity label="Sensitivity" value={zone.sensitivity ?? others} onChange={(sensitivity) =>
              onChange({ sensitivity })} />
          ) : null}
        </div>
      )}
    </>
  );
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

const TYPES = [
  { type: 'include', words: 'Motion counts here' },
  { type: 'exclude', words: 'Motion never counts here' },
] as const;
